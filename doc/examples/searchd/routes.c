/* SPDX-License-Identifier: MIT */
/* routes.c: GET /search, GET /status, POST /notes, POST /snippet, POST /kill/POOL/VICTIM. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "routes.h"
#include "search_pool.h"
#include "snippet_pool.h"
#include "status_json.h"
#include "writer_pool.h"

enum { USUAL_HITS = 10 };

/* With a newline, for those who read it in a terminal. */
static struct http_answer answer_text(unsigned status, const char *text, size_t length)
{
	struct http_answer answer = { status, malloc(length + 2) };

	if (!text || !answer.json) {
		free(answer.json);
		return (struct http_answer){ 500, NULL };
	}
	memcpy(answer.json, text, length);
	memcpy(answer.json + length, "\n", 2);
	return answer;
}

/* Uses the JSON up. */
static struct http_answer answer_json(unsigned status, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	struct http_answer answer = answer_text(status, text, text ? strlen(text) : 0);

	free(text);
	json_decref(json);
	return answer;
}

static struct http_answer answer_problem(unsigned status, const char *text)
{
	return answer_json(status, json_pack("{ss}", "error", text));
}

/* The pool could not serve. Its code goes along, since clients may know what to do about it. */
static struct http_answer answer_code(int code)
{
	unsigned status = code == POOLTOY_EINVAL      ? 400
			  : code == POOLTOY_ENOENT    ? 404
			  : code == POOLTOY_ETIMEDOUT ? 504
						      : 503;

	return answer_json(status, json_pack("{ss ss}", "code", code_name(code), "error",
					     pooltoy_last_error()));
}

/* The number in an argument of the URL, or `otherwise`. */
static int number_argument(const struct http_request *request, const char *name, int otherwise)
{
	const char *text = http_argument(request, name);
	char *end;
	long number;

	if (!text || *text < '0' || *text > '9')
		return otherwise;
	number = strtol(text, &end, 10);
	return *end || number > INT_MAX ? otherwise : (int)number;
}

static struct http_answer get_search(struct server *server, const struct http_request *request)
{
	const char *query = http_argument(request, "q");
	struct http_answer answer;
	struct reply reply;
	int code;

	if (!query || !*query)
		return answer_problem(400, "what for? /search?q=WORDS");
	code = search_pool_find(server, query, number_argument(request, "max", USUAL_HITS), &reply);
	if (code == 0)
		answer = answer_text(200, reply.bytes, reply.length);
	else if (code == SEARCHD_EQUERY)
		answer = answer_json(400, json_pack("{ss%}", "error", reply.bytes, reply.length));
	else
		answer = answer_code(code);
	free(reply.bytes);
	return answer;
}

static struct http_answer store_note(struct server *server, const char *id, const char *text)
{
	int stored_before;
	int code = writer_pool_store(server, id, text, &stored_before);

	if (code == SEARCHD_ECONFLICT)
		return answer_problem(409, "another note has this id");
	if (code)
		return answer_code(code);
	return answer_json(stored_before ? 200 : 201,
			   json_pack("{ss sb}", "id", id, "stored_before", stored_before));
}

static struct http_answer post_notes(struct server *server, const struct http_request *request)
{
	json_t *note = json_loads(request->body, 0, NULL);
	struct http_answer answer;
	const char *id, *text;

	if (json_unpack(note, "{ss ss}", "id", &id, "text", &text) || !*id)
		answer = answer_problem(400, "not a note: {\"id\": ..., \"text\": ...}");
	else
		answer = store_note(server, id, text);
	json_decref(note);
	return answer;
}

static struct http_answer answer_html(const struct reply *reply)
{
	json_t *json = json_pack("{ss%}", "html", reply->bytes, reply->length);

	return json ? answer_json(200, json) : answer_problem(400, "not UTF-8");
}

static struct http_answer post_snippet(struct server *server, const struct http_request *request)
{
	struct http_answer answer;
	struct reply reply;
	int code = snippet_pool_render(server, request->body, &reply);

	answer = code ? answer_code(code) : answer_html(&reply);
	free(reply.bytes);
	return answer;
}

static struct http_answer get_status(struct server *server, const struct http_request *request)
{
	(void)request;
	return answer_json(200, status_json(server));
}

static int kill_in_pool(struct pooltoy_pool *pool, const char *victim, int index)
{
	if (strcmp(victim, "manager") == 0)
		return pooltoy_kill_manager(pool);
	return pooltoy_kill_worker(pool, index);
}

/* POST /kill/POOL/manager, POST /kill/POOL/worker, POST /kill/POOL/worker?index=N */
static struct http_answer post_kill(struct server *server, const struct http_request *request)
{
	char name[64], victim[64];
	struct pooltoy_pool *pool;
	int code;

	if (sscanf(request->path, "/kill/%63[^/]/%63s", name, victim) != 2 ||
	    (strcmp(victim, "manager") != 0 && strcmp(victim, "worker") != 0))
		return answer_problem(404, "POST /kill/POOL/manager or /kill/POOL/worker");
	code = pooltoy_find_pool(server->supervisor, name, &pool);
	if (code)
		return answer_code(code);
	code = kill_in_pool(pool, victim, number_argument(request, "index", -1));
	pooltoy_pool_release(pool);
	if (code)
		return answer_code(code);
	return answer_json(202, json_pack("{ss ss}", "pool", name, "killed", victim));
}

static const struct route {
	const char *method;
	const char *path; /* if it ends with '/', all below it too */
	struct http_answer (*respond)(struct server *server, const struct http_request *request);
} routes[] = {
	{ "GET", "/search", get_search }, { "GET", "/status", get_status },
	{ "POST", "/notes", post_notes }, { "POST", "/snippet", post_snippet },
	{ "POST", "/kill/", post_kill },
};

static int path_matches(const struct route *route, const char *path)
{
	size_t length = strlen(route->path);

	if (route->path[length - 1] == '/')
		return strncmp(path, route->path, length) == 0;
	return strcmp(path, route->path) == 0;
}

struct http_answer routes_respond(const struct http_request *request, void *argument)
{
	unsigned status = 404;

	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!path_matches(&routes[i], request->path))
			continue;
		if (strcmp(routes[i].method, request->method) == 0)
			return routes[i].respond(argument, request);
		status = 405;
	}
	return answer_problem(status,
			      "GET /search?q=WORDS, GET /status, POST /notes, "
			      "POST /snippet, POST /kill/POOL/manager, POST /kill/POOL/worker");
}
