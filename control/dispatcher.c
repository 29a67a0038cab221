/* SPDX-License-Identifier: MIT */
/* dispatcher.c: one request in, one answer out. */
#include "dispatcher.h"

#include "openmetrics.h"
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <pooltoy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What an answer is made of: a result, or a code and its story. */
struct outcome {
	json_t *result;
	int code;
	char message[512];
};

static void refuse(struct outcome *outcome, int code, const char *message)
{
	outcome->code = code;
	snprintf(outcome->message, sizeof outcome->message, "%s", message);
}

/* A call of the library has given `code`. */
static void conclude(struct outcome *outcome, int code)
{
	if (code)
		refuse(outcome, code, pooltoy_last_error());
	else
		outcome->result = json_object();
}

/* The pool that the request names, with a handle of the caller's; NULL: refused. */
static struct pooltoy_pool *find_pool(const struct dispatch *dispatch, const json_t *request,
				      struct outcome *outcome)
{
	const char *name = json_string_value(json_object_get(request, "pool"));
	struct pooltoy_pool *pool = NULL;
	int code;

	if (!name) {
		refuse(outcome, POOLTOY_EINVAL, "the request names no pool");
		return NULL;
	}
	code = pooltoy_find_pool(dispatch->supervisor, name, &pool);
	if (code)
		refuse(outcome, code, pooltoy_last_error());
	return code ? NULL : pool;
}

/* The methods. */

static void answer_hello(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	(void)dispatch;
	(void)request;
	outcome->result = dispatcher_greeting();
}

static void answer_tree(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	(void)request;
	outcome->result = report_tree(dispatch->supervisor);
}

/* An array of one status; NULL: refused, or no memory. */
static json_t *status_of_one(struct dispatch *dispatch, const json_t *request,
			     struct outcome *outcome)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *pool = find_pool(dispatch, request, outcome);
	json_t *pools = NULL;
	int code;

	if (!pool)
		return NULL;
	code = pooltoy_pool_status(pool, &status);
	if (code)
		refuse(outcome, code, pooltoy_last_error());
	else
		pools = json_pack("[o]", report_status(pooltoy_pool_name(pool), &status));
	pooltoy_pool_release(pool);
	return pools;
}

static void answer_status(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	json_t *pools = json_object_get(request, "pool") ? status_of_one(dispatch, request, outcome)
							 : report_pools(dispatch->supervisor);

	if (pools)
		outcome->result = json_pack("{s:o}", "pools", pools);
}

static json_t *histograms_of_one(struct dispatch *dispatch, const json_t *request,
				 struct outcome *outcome)
{
	struct pooltoy_pool *pool = find_pool(dispatch, request, outcome);
	json_t *pools;

	if (!pool)
		return NULL;
	pools = json_pack("[o]", report_histograms(pool));
	pooltoy_pool_release(pool);
	return pools;
}

static void answer_histograms(struct dispatch *dispatch, const json_t *request,
			      struct outcome *outcome)
{
	json_t *pools = json_object_get(request, "pool")
				? histograms_of_one(dispatch, request, outcome)
				: report_all_histograms(dispatch->supervisor);

	if (pools)
		outcome->result = json_pack("{s:o}", "pools", pools);
}

static void answer_metrics(struct dispatch *dispatch, const json_t *request,
			   struct outcome *outcome)
{
	json_t *status = report_pools(dispatch->supervisor);
	json_t *histograms = report_all_histograms(dispatch->supervisor);
	char *text = status && histograms ? openmetrics_text(status, histograms) : NULL;

	(void)request;
	if (text)
		outcome->result = json_pack("{s:s}", "openmetrics", text);
	free(text);
	json_decref(histograms);
	json_decref(status);
}

static void answer_events(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	(void)request;
	dispatch->subscribe = true;
	outcome->result = json_object();
}

static void answer_kill_supervisor(struct dispatch *dispatch, const json_t *request,
				   struct outcome *outcome)
{
	(void)request;
	conclude(outcome, pooltoy_kill_supervisor(dispatch->supervisor));
}

/* A method that is a function of the library. */
static void do_to_pool(struct dispatch *dispatch, const json_t *request, struct outcome *outcome,
		       int (*function)(struct pooltoy_pool *pool))
{
	struct pooltoy_pool *pool = find_pool(dispatch, request, outcome);

	if (!pool)
		return;
	conclude(outcome, function(pool));
	pooltoy_pool_release(pool);
}

static void answer_kill_manager(struct dispatch *dispatch, const json_t *request,
				struct outcome *outcome)
{
	do_to_pool(dispatch, request, outcome, pooltoy_kill_manager);
}

static void answer_pause(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	do_to_pool(dispatch, request, outcome, pooltoy_pool_pause);
}

static void answer_resume(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	do_to_pool(dispatch, request, outcome, pooltoy_pool_resume);
}

static void answer_kill_worker(struct dispatch *dispatch, const json_t *request,
			       struct outcome *outcome)
{
	const json_t *worker = json_object_get(request, "worker");
	json_int_t index = json_integer_value(worker);
	struct pooltoy_pool *pool;

	if (!json_is_integer(worker) || index < -1 || index > INT_MAX) {
		refuse(outcome, POOLTOY_EINVAL,
		       "the request names no worker: an index, or -1 for any");
		return;
	}
	pool = find_pool(dispatch, request, outcome);
	if (!pool)
		return;
	conclude(outcome, pooltoy_kill_worker(pool, (int)index));
	pooltoy_pool_release(pool);
}

/* It is paused, and at rest or not; who asks does so again, since nobody is waited for here. */
static void answer_drain(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	struct pooltoy_pool *pool = find_pool(dispatch, request, outcome);
	int code;

	if (!pool)
		return;
	code = pooltoy_pool_drain(pool, 0);
	conclude(outcome, code == POOLTOY_ETIMEDOUT ? POOLTOY_OK : code);
	pooltoy_pool_release(pool);
	if (outcome->result)
		json_object_set_new(outcome->result, "drained", json_boolean(code == POOLTOY_OK));
}

/* A pool that has given up, or waits to try again, is revived; one that runs loses its manager. */
static void answer_restart(struct dispatch *dispatch, const json_t *request,
			   struct outcome *outcome)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_pool *pool = find_pool(dispatch, request, outcome);
	bool revive;

	if (!pool)
		return;
	pooltoy_pool_status(pool, &status);
	revive = status.state == POOLTOY_POOL_FAILED || status.state == POOLTOY_POOL_BACKOFF;
	conclude(outcome, revive ? pooltoy_pool_revive(pool) : pooltoy_kill_manager(pool));
	pooltoy_pool_release(pool);
	if (outcome->result)
		json_object_set_new(outcome->result, "did",
				    json_string(revive ? "revive" : "kill_manager"));
}

/* A number of workers; false: it is missing, or none. */
static bool take_number(const json_t *request, const char *key, int *number)
{
	const json_t *value = json_object_get(request, key);
	json_int_t given = json_integer_value(value);

	*number = (int)given;
	return json_is_integer(value) && given >= 0 && given <= INT_MAX;
}

/* Without a max_overflow it stays as it is; the result has what it is. */
static void answer_resize(struct dispatch *dispatch, const json_t *request, struct outcome *outcome)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	bool keep = !json_object_get(request, "max_overflow");
	struct pooltoy_pool *pool;
	int size, max_overflow = 0;

	if (!take_number(request, "size", &size) ||
	    (!keep && !take_number(request, "max_overflow", &max_overflow))) {
		refuse(outcome, POOLTOY_EINVAL,
		       "the request has no size, or a max_overflow that is no number of workers");
		return;
	}
	pool = find_pool(dispatch, request, outcome);
	if (!pool)
		return;
	if (keep) {
		pooltoy_pool_status(pool, &status);
		max_overflow = status.max_overflow;
	}
	conclude(outcome, pooltoy_pool_resize(pool, size, max_overflow));
	pooltoy_pool_release(pool);
	if (outcome->result)
		json_object_set_new(outcome->result, "max_overflow", json_integer(max_overflow));
}

static void answer_replace_workers(struct dispatch *dispatch, const json_t *request,
				   struct outcome *outcome)
{
	struct pooltoy_pool *pool;
	int at_once = 0;

	if (json_object_get(request, "at_once") && !take_number(request, "at_once", &at_once)) {
		refuse(outcome, POOLTOY_EINVAL, "at_once is no number of workers");
		return;
	}
	pool = find_pool(dispatch, request, outcome);
	if (!pool)
		return;
	conclude(outcome, pooltoy_pool_replace_workers(pool, at_once));
	pooltoy_pool_release(pool);
}

static const struct method {
	const char *name;
	void (*answer)(struct dispatch *dispatch, const json_t *request, struct outcome *outcome);
} methods[] = { { "drain", answer_drain },
		{ "events", answer_events },
		{ "hello", answer_hello },
		{ "histograms", answer_histograms },
		{ "kill_manager", answer_kill_manager },
		{ "kill_supervisor", answer_kill_supervisor },
		{ "kill_worker", answer_kill_worker },
		{ "metrics", answer_metrics },
		{ "pause", answer_pause },
		{ "replace_workers", answer_replace_workers },
		{ "resize", answer_resize },
		{ "restart", answer_restart },
		{ "resume", answer_resume },
		{ "status", answer_status },
		{ "tree", answer_tree } };

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

static void answer_request(struct dispatch *dispatch, const json_t *request,
			   struct outcome *outcome)
{
	const char *name = json_string_value(json_object_get(request, "method"));
	const struct method *method = name ? find_method(name) : NULL;
	char message[128];

	if (!json_is_object(request)) {
		refuse(outcome, POOLTOY_EINVAL, "the request is no JSON object");
	} else if (!name) {
		refuse(outcome, POOLTOY_EINVAL, "the request has no method");
	} else if (!method) {
		snprintf(message, sizeof message, "no such method: %.64s", name);
		refuse(outcome, POOLTOY_EVERSION, message);
	} else if (!dispatch->supervisor) {
		refuse(outcome, POOLTOY_ESTOPPED, "the supervisor is being stopped");
	} else {
		method->answer(dispatch, request, outcome);
	}
}

/* As they are written in pooltoy/error.h; those that an answer can have. */
static const char *code_name(int code)
{
	switch (code) {
	case POOLTOY_EINVAL:
		return "EINVAL";
	case POOLTOY_ENOMEM:
		return "ENOMEM";
	case POOLTOY_EAGAIN:
		return "EAGAIN";
	case POOLTOY_EPERM:
		return "EPERM";
	case POOLTOY_ESTARTING:
		return "ESTARTING";
	case POOLTOY_EFAILED:
		return "EFAILED";
	case POOLTOY_ESTOPPED:
		return "ESTOPPED";
	case POOLTOY_ENOENT:
		return "ENOENT";
	case POOLTOY_ECANCELLED:
		return "ECANCELLED";
	case POOLTOY_EVERSION:
		return "EVERSION";
	default:
		return "ERROR";
	}
}

json_t *dispatcher_error(json_t *id, int code, const char *message)
{
	return json_pack("{s:o, s:{s:s, s:i, s:o}}", "id", id ? json_incref(id) : json_null(),
			 "error", "code", code_name(code), "number", code, "message",
			 report_text(message));
}

json_t *dispatcher_answer(struct dispatch *dispatch, const char *line, size_t length)
{
	struct outcome outcome = { .result = NULL };
	json_error_t mistake;
	json_t *request, *answer, *id;

	request = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &mistake);
	id = json_object_get(request, "id");
	if (!request)
		refuse(&outcome, POOLTOY_EINVAL, mistake.text);
	else
		answer_request(dispatch, request, &outcome);
	if (!outcome.result && !outcome.code)
		refuse(&outcome, POOLTOY_ENOMEM, "no memory for the answer");
	if (outcome.result)
		answer = json_pack("{s:o, s:o}", "id", id ? json_incref(id) : json_null(), "result",
				   outcome.result);
	else
		answer = dispatcher_error(id, outcome.code, outcome.message);
	json_decref(request);
	return answer;
}

json_t *dispatcher_greeting(void)
{
	return json_pack("{s:i, s:s, s:i, s:o}", "pooltoy", CONTROL_PROTOCOL, "version",
			 pooltoy_version(), "pid", (int)getpid(), "program",
			 report_text(program_invocation_short_name));
}

char *dispatcher_line(json_t *object, size_t *length)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL, *line;

	json_decref(object);
	if (!text)
		return NULL;
	*length = strlen(text) + 1;
	line = realloc(text, *length + 1);
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + *length - 1, "\n", 2);
	return line;
}
