/* SPDX-License-Identifier: MIT */
/* watched.c: one server: a thread that looks at it, hears of its events, and puts both into the stream. */
#include "watched.h"

#include "text.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SILENT_MS = 3000 /* after so long it is said that a server does not answer */ };

/* Puts the server's state into the stream; it uses up `tree` and `last`. */
static void publish_state_locked(struct watched *watched, json_t *tree, json_t *last, bool times)
{
	const json_t *greeting = watched->server.greeting;
	json_t *state =
		json_pack("{s:s, s:O?, s:O?, s:O?, s:s, s:I, s:I, s:I, s:b, s:b, s:o?}", "id",
			  watched->id, "pid", json_object_get(greeting, "pid"), "program",
			  json_object_get(greeting, "program"), "version",
			  json_object_get(greeting, "version"), "socket", watched->path, "now",
			  (json_int_t)clock_ms(CLOCK_REALTIME), "silent",
			  (json_int_t)watched->silent_ms, "ended", (json_int_t)watched->ended_ms,
			  "times", times, "tells", watched->events.fd >= 0, "tree", tree);

	if (state) {
		json_decref(watched->state);
		watched->state = json_copy(state);
		json_object_set(state, "last", last);
		watch_publish_locked(watched->watch, "server", state);
	}
	json_decref(last);
	json_decref(state);
}

/* As it was when it was looked at last, but for what has become of it. */
static void publish_last_state_locked(struct watched *watched)
{
	publish_state_locked(watched, json_incref(json_object_get(watched->state, "tree")),
			     json_object(), json_is_true(json_object_get(watched->state, "times")));
}

/* Looking. */

static const json_t *histograms_of(const json_t *histograms, const char *pool)
{
	json_t *of_pool;
	size_t index;

	json_array_foreach (json_object_get(histograms, "pools"), index, of_pool) {
		if (strcmp(string_of(of_pool, "pool"), pool) == 0)
			return of_pool;
	}
	return NULL;
}

/* By pool; it takes a sample of each. */
static json_t *sample_locked(struct watched *watched, const json_t *tree, const json_t *histograms)
{
	int64_t now = clock_ms(CLOCK_REALTIME);
	json_t *last = json_object(), *pool;
	size_t index;

	json_array_foreach (json_object_get(tree, "pools"), index, pool) {
		const char *name = string_of(pool, "pool");
		struct samples *samples = samples_of(&watched->samples, name);

		if (!samples)
			continue;
		samples_take(samples, pool, histograms_of(histograms, name), now);
		json_object_set_new(last, name, samples_last(samples));
	}
	samples_forget(&watched->samples, now);
	return last;
}

/* A server that was stopped may go on. */
static void note_silence(struct watched *watched, int64_t waited_ms)
{
	pthread_mutex_lock(&watched->watch->lock);
	if (!watched->silent_ms) {
		watched->silent_ms = clock_ms(CLOCK_REALTIME) - waited_ms;
		publish_last_state_locked(watched);
	}
	pthread_mutex_unlock(&watched->watch->lock);
}

/* However long it takes; NULL: the server has ended, or all is to end. */
static json_t *await_answer(struct watched *watched)
{
	int64_t asked_ms = clock_ms(CLOCK_MONOTONIC), until_ms = asked_ms + SILENT_MS, now_ms;
	struct pollfd answered = { .fd = watched->server.fd, .events = POLLIN };
	json_t *answer;

	while (!(answer = server_read(&watched->server, 0))) {
		if (server_has_ended(&watched->server))
			return NULL;
		now_ms = clock_ms(CLOCK_MONOTONIC);
		if (now_ms >= until_ms) {
			note_silence(watched, now_ms - asked_ms);
			until_ms = now_ms + SILENT_MS;
		}
		if (!watch_wait_until(watched->watch, until_ms, &answered))
			return NULL;
	}
	return answer;
}

/* The result of the method; NULL: the server has none of that name. False: it answers no more. */
static bool look_for(struct watched *watched, const char *method, json_t **result)
{
	bool asked = server_request(&watched->server, json_pack("{s:s}", "method", method));
	json_t *answer = asked ? await_answer(watched) : NULL;

	*result = json_incref(json_object_get(answer, "result"));
	json_decref(answer);
	return answer != NULL;
}

/* False: the server has ended. */
static bool look(struct watched *watched)
{
	json_t *tree = NULL, *histograms = NULL, *last;

	if (!look_for(watched, "tree", &tree) || !look_for(watched, "histograms", &histograms)) {
		json_decref(tree);
		return false;
	}
	pthread_mutex_lock(&watched->watch->lock);
	watched->silent_ms = 0;
	last = sample_locked(watched, tree, histograms);
	publish_state_locked(watched, tree, last, histograms != NULL);
	pthread_mutex_unlock(&watched->watch->lock);
	json_decref(histograms);
	return true;
}

/* Events. */

static void add_event(const struct watched *watched, json_t *told, const json_t *event)
{
	json_t *with = json_copy((json_t *)event);

	json_object_set_new(with, "server", json_string(watched->id));
	json_object_set_new(
		with, "at_ms",
		json_integer(real_time_of((uint64_t)number_of(event, "time_ns")) / 1000000));
	json_array_append_new(told, with);
}

/* A crash stays with the pool's samples, however much is told after it. */
static void note_crash_locked(struct watched *watched, const json_t *event)
{
	const char *type = string_of(event, "type");
	bool whole = strcmp(type, "pool_crashed") == 0;
	struct samples *samples;

	if (!whole && strcmp(type, "worker_died") != 0)
		return;
	samples = samples_of(&watched->samples, string_of(event, "pool"));
	if (samples)
		samples_note_crash(samples, whole, number_of(event, "at_ms"));
}

static void publish_told(struct watched *watched, json_t *told)
{
	struct watch *watch = watched->watch;
	size_t index;
	json_t *event;

	if (json_array_size(told) > 0) {
		pthread_mutex_lock(&watch->lock);
		json_array_foreach (told, index, event) {
			told_add(&watched->told, event);
			note_crash_locked(watched, event);
		}
		watch_publish_locked(watch, "told", told);
		pthread_mutex_unlock(&watch->lock);
	}
	json_decref(told);
}

/* What is there, up to as many as are kept. */
static json_t *take_events(struct watched *watched)
{
	json_t *told = json_array(), *line;

	while (json_array_size(told) < TOLD_MOST && (line = server_read(&watched->events, 0))) {
		json_t *event = json_object_get(line, "event");

		if (event)
			add_event(watched, told, event);
		json_decref(line);
	}
	return told;
}

/* A connection that is none. */
static void close_events(struct watched *watched)
{
	if (watched->events.fd >= 0)
		server_close(&watched->events);
	watched->events = (struct server){ .fd = -1 };
}

/* False: the server tells no more: it has ended, or is being stopped. */
static bool listen_to(struct watched *watched)
{
	bool full;

	do {
		json_t *told = take_events(watched);

		full = json_array_size(told) == TOLD_MOST;
		publish_told(watched, told);
	} while (full);
	return !server_has_ended(&watched->events);
}

static void subscribe(struct watched *watched)
{
	char why[256];
	json_t *answer;

	if (!server_open(&watched->events, watched->path, why, sizeof why)) {
		watched->events = (struct server){ .fd = -1 };
		return;
	}
	answer = server_exchange(&watched->events, json_pack("{s:s}", "method", "events"));
	if (!json_object_get(answer, "result"))
		close_events(watched);
	json_decref(answer);
}

/* A server's thread. */

/* Until then, or until the server tells no more. False: all is to end. */
static bool listen_until(struct watched *watched, int64_t until_ms)
{
	while (clock_ms(CLOCK_MONOTONIC) < until_ms) {
		struct pollfd told = { .fd = watched->events.fd, .events = POLLIN };

		if (!watch_wait_until(watched->watch, until_ms, &told))
			return false;
		if (told.revents && !listen_to(watched)) {
			close_events(watched);
			return true;
		}
	}
	return true;
}

static void *watch_server(void *argument)
{
	struct watched *watched = argument;
	struct watch *watch = watched->watch;
	int64_t next_ms;

	subscribe(watched);
	do {
		next_ms = clock_ms(CLOCK_MONOTONIC) + watch->interval_ms;
	} while (look(watched) && listen_until(watched, next_ms));
	pthread_mutex_lock(&watch->lock);
	watched->ended_ms = clock_ms(CLOCK_REALTIME);
	publish_last_state_locked(watched);
	watched->over = true;
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

bool watched_start(struct watched *watched)
{
	watched->events.fd = -1;
	return pthread_create(&watched->thread, NULL, watch_server, watched) == 0;
}

void watched_free(struct watched *watched)
{
	close_events(watched);
	server_close(&watched->server);
	json_decref(watched->state);
	samples_free(&watched->samples);
	told_free(&watched->told);
	free(watched);
}

json_t *watched_history_locked(const struct watched *watched)
{
	json_t *state = json_copy(watched->state), *history = json_object(),
	       *crashes = json_object();

	for (const struct samples *samples = watched->samples; samples; samples = samples->next) {
		json_object_set_new(history, samples->pool, samples_all(samples));
		json_object_set_new(crashes, samples->pool, samples_crashes(samples));
	}
	json_object_set_new(state, "history", history);
	json_object_set_new(state, "crashes", crashes);
	return state;
}
