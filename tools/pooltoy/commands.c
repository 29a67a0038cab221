/* SPDX-License-Identifier: MIT */
/* commands.c: what is asked of a server once, and what it is told to do. */
#include "dispatcher.h"
#include "server.h"
#include "show.h"
#include "text.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_none(char **arguments)
{
	return !arguments[0];
}

/* The shell's own supervisor is asked without a socket. */
static json_t *ask_own(struct pooltoy_supervisor *own, json_t *request, int *status)
{
	struct dispatch dispatch = { .supervisor = own };
	char *line = json_dumps(request, JSON_COMPACT);
	json_t *answer = line ? dispatcher_answer(&dispatch, line, strlen(line)) : NULL;

	free(line);
	json_decref(request);
	return answer_result(answer, status);
}

static json_t *ask_server(const struct options *options, json_t *request, int *status)
{
	struct server server;
	json_t *result = NULL;

	*status = server_choose(&server, options);
	if (*status) {
		json_decref(request);
		return NULL;
	}
	result = server_ask(&server, request, status);
	server_close(&server);
	return result;
}

static json_t *ask_uncleaned(const struct options *options, json_t *request, int *status)
{
	return options->own ? ask_own(options->own, request, status)
			    : ask_server(options, request, status);
}

/* The result, which is the caller's; cleaned if it is for people. NULL: it has been said why. */
static json_t *ask(const struct options *options, json_t *request, int *status)
{
	json_t *result = ask_uncleaned(options, request, status);

	if (!options->json)
		clean_value(result);
	return result;
}

/* Looking. */

static void list_one(const char *path, void *servers)
{
	struct server server;
	char why[256];

	if (server_open(&server, path, why, sizeof why)) {
		json_array_append_new(servers, json_pack("{s:I, s:s, s:s, s:s}", "pid",
							 (json_int_t)server_pid(&server), "program",
							 server_program(&server), "version",
							 string_of(server.greeting, "version"),
							 "path", path));
		server_close(&server);
	} else if (why[0]) {
		fail(UNREACHABLE, "%s: %s", path, why);
	}
}

int command_ls(const struct options *options, char **arguments)
{
	json_t *servers;

	if (!has_none(arguments))
		return wrong_use("ls");
	servers = json_array();
	server_each(list_one, servers);
	if (options->json) {
		print_json(servers);
	} else if (json_array_size(servers) == 0) {
		fail(DONE, "no server with a control socket");
	} else {
		clean_value(servers);
		show_servers(stdout, servers);
	}
	json_decref(servers);
	return DONE;
}

int command_tree(const struct options *options, char **arguments)
{
	json_t *tree;
	int status;

	if (!has_none(arguments))
		return wrong_use("tree");
	tree = ask(options, json_pack("{s:s}", "method", "tree"), &status);
	if (tree && options->json)
		print_json(tree);
	else if (tree)
		show_tree(stdout, tree);
	json_decref(tree);
	return status;
}

int command_status(const struct options *options, char **arguments)
{
	const char *pool = arguments[0];
	json_t *result, *pools;
	int status;

	if (pool && arguments[1])
		return wrong_use("status");
	result = ask(options,
		     pool ? json_pack("{s:s, s:s}", "method", "status", "pool", pool)
			  : json_pack("{s:s}", "method", "status"),
		     &status);
	pools = json_object_get(result, "pools");
	if (result && options->json)
		print_json(pool ? json_array_get(pools, 0) : pools);
	else if (result && pool)
		show_pool(stdout, json_array_get(pools, 0));
	else if (result)
		show_pools(stdout, pools);
	json_decref(result);
	return status;
}

static void print_text(const char *text)
{
	char *copy = strdup(text);

	if (copy) {
		clean_text(copy);
		fputs(copy, stdout);
	}
	free(copy);
}

int command_metrics(const struct options *options, char **arguments)
{
	const char *method = options->json ? "histograms" : "metrics";
	json_t *result;
	int status;

	if (!has_none(arguments))
		return wrong_use("metrics");
	result = ask_uncleaned(options, json_pack("{s:s}", "method", method), &status);
	if (result && options->json)
		print_json(json_object_get(result, "pools"));
	else if (result)
		print_text(string_of(result, "openmetrics"));
	json_decref(result);
	return status;
}

/* Following. */

static bool is_of(const json_t *event, const char *pool)
{
	return event && (!pool || strcmp(string_of(event, "pool"), pool) == 0);
}

/* Until the server ends the connection, or so many have been shown. */
static int follow(struct server *server, const struct options *options, const char *pool)
{
	long shown = 0;
	json_t *line;

	while (!ferror(stdout) && (options->count == 0 || shown < options->count)) {
		json_t *event;

		line = server_read(server, -1);
		if (!line)
			return fail(UNREACHABLE, "%s (%ld) has ended, or closed the connection",
				    server_program(server), server_pid(server));
		event = json_object_get(line, "event");
		if (is_of(event, pool)) {
			shown++;
			if (options->json) {
				print_json_line(event);
			} else {
				clean_value(event);
				show_event(stdout, event);
			}
		}
		json_decref(line);
	}
	return DONE;
}

int command_events(const struct options *options, char **arguments)
{
	struct server server;
	int status;

	if (arguments[0] && arguments[1])
		return wrong_use("events");
	status = server_choose(&server, options);
	if (status)
		return status;
	json_decref(server_ask(&server, json_pack("{s:s}", "method", "events"), &status));
	if (!status)
		status = follow(&server, options, arguments[0]);
	server_close(&server);
	return status;
}

/* Doing. */

static int tell(const struct options *options, json_t *request, const char *said)
{
	json_t *result;
	int status;

	result = ask(options, request, &status);
	if (result && options->json)
		print_json(result);
	else if (result && json_object_get(result, "max_overflow"))
		printf("%s, overflow %lld\n", said, (long long)number_of(result, "max_overflow"));
	else if (result && strcmp(string_of(result, "did"), "revive") == 0)
		puts("revived");
	else if (result)
		puts(said);
	json_decref(result);
	return status;
}

static int kill_worker(const struct options *options, const char *pool, const char *worker)
{
	char *end;
	long index = strtol(worker, &end, 10);
	char said[64] = "a worker is told to die";

	if (strcmp(worker, "any") == 0)
		index = -1;
	else if (*end || end == worker || index < 0)
		return fail(USAGE, "no such thing to kill: %s; a worker's number, any, or manager",
			    worker);
	else
		snprintf(said, sizeof said, "worker %ld is told to die", index);
	return tell(options,
		    json_pack("{s:s, s:s, s:I}", "method", "kill_worker", "pool", pool, "worker",
			      (json_int_t)index),
		    said);
}

int command_kill(const struct options *options, char **arguments)
{
	const char *first = arguments[0], *second = first ? arguments[1] : NULL;

	if (!first || (second && arguments[2]))
		return wrong_use("kill");
	if (!second && strcmp(first, "supervisor") == 0)
		return tell(options, json_pack("{s:s}", "method", "kill_supervisor"),
			    "the supervisor's thread is told to die");
	if (!second)
		return wrong_use("kill");
	if (strcmp(second, "manager") == 0)
		return tell(options,
			    json_pack("{s:s, s:s}", "method", "kill_manager", "pool", first),
			    "the manager is told to die");
	return kill_worker(options, first, second);
}

int command_restart(const struct options *options, char **arguments)
{
	if (!arguments[0] || arguments[1])
		return wrong_use("restart");
	return tell(options, json_pack("{s:s, s:s}", "method", "restart", "pool", arguments[0]),
		    "the manager is told to die; a new instance follows");
}

static bool take_number(const char *text, json_int_t *number)
{
	char *end;

	*number = strtol(text, &end, 10);
	return *text && !*end && *number >= 0;
}

int command_resize(const struct options *options, char **arguments)
{
	json_int_t size, overflow = 0;
	json_t *request;
	char said[64];

	if (!arguments[0] || !arguments[1] || (arguments[2] && arguments[3]))
		return wrong_use("resize");
	if (!take_number(arguments[1], &size) ||
	    (arguments[2] && !take_number(arguments[2], &overflow)))
		return fail(USAGE, "a size, and an overflow, are numbers");
	snprintf(said, sizeof said, "the manager is told: size %lld", (long long)size);
	request = json_pack("{s:s, s:s, s:I}", "method", "resize", "pool", arguments[0], "size",
			    size);
	if (arguments[2])
		json_object_set_new(request, "max_overflow", json_integer(overflow));
	return tell(options, request, said);
}

static json_t *request_of(const char *method, const char *pool)
{
	return json_pack("{s:s, s:s}", "method", method, "pool", pool);
}

int command_pause(const struct options *options, char **arguments)
{
	if (!arguments[0] || arguments[1])
		return wrong_use("pause");
	return tell(options, request_of("pause", arguments[0]), "paused");
}

int command_resume(const struct options *options, char **arguments)
{
	if (!arguments[0] || arguments[1])
		return wrong_use("resume");
	return tell(options, request_of("resume", arguments[0]), "resumed");
}

/* How many workers are not back yet; -1: it has been said what is wrong. */
static int64_t workers_out(const struct options *options, const char *pool, int *status)
{
	json_t *result = ask(options, request_of("status", pool), status);
	const json_t *figures = json_array_get(json_object_get(result, "pools"), 0);
	const char *state = string_of(figures, "state");
	int64_t out = number_of(figures, "leased") + number_of(figures, "resetting") +
		      number_of(figures, "stopping");

	if (!result) {
		out = -1;
	} else if (strcmp(state, "paused") != 0 && strcmp(state, "draining") != 0) {
		*status = fail(REFUSED, "pool %s is not paused any more: %s", pool, state);
		out = -1;
	}
	json_decref(result);
	return out;
}

/* Paused; whether its workers are at rest. */
static bool drain(const struct options *options, const char *pool, int *status)
{
	json_t *result = ask(options, request_of("drain", pool), status);
	bool drained = json_is_true(json_object_get(result, "drained"));

	json_decref(result);
	return drained;
}

int command_drain(const struct options *options, char **arguments)
{
	enum { LOOKS_A_SECOND = 10 };
	json_int_t seconds = -1;
	int64_t out;
	int status;
	bool drained;

	if (!arguments[0] || (arguments[1] && arguments[2]))
		return wrong_use("drain");
	if (arguments[1] && !take_number(arguments[1], &seconds))
		return fail(USAGE, "not a number of seconds: %s", arguments[1]);
	drained = drain(options, arguments[0], &status);
	for (json_int_t looks = 0; !status && !drained; looks++) {
		out = workers_out(options, arguments[0], &status);
		if (out == 0)
			drained = drain(options, arguments[0], &status);
		if (out < 0 || status || drained)
			break;
		if (seconds >= 0 && looks / LOOKS_A_SECOND >= seconds)
			return fail(REFUSED, "%lld worker%s not back yet; pool %s is paused",
				    (long long)out, out == 1 ? " is" : "s are", arguments[0]);
		poll(NULL, 0, 1000 / LOOKS_A_SECOND);
	}
	if (drained)
		puts(options->json ? "{}" : "drained, and paused");
	return status;
}

int command_replace_workers(const struct options *options, char **arguments)
{
	json_int_t at_once = 1;

	if (!arguments[0] || (arguments[1] && arguments[2]))
		return wrong_use("replace-workers");
	if (arguments[1] && !take_number(arguments[1], &at_once))
		return fail(USAGE, "not a number of workers: %s", arguments[1]);
	return tell(options,
		    json_pack("{s:s, s:s, s:I}", "method", "replace_workers", "pool", arguments[0],
			      "at_once", at_once),
		    "the manager is told; each ends when it is idle");
}
