/* SPDX-License-Identifier: MIT */
/* watch.c: looks at servers again and again: one thread finds them, and each has one of its own. */
#include "watch.h"

#include "text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIND_MS = 1000, FORGET_MS = 5 * 60 * 1000 };

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until then, as CLOCK_MONOTONIC goes; false: all is to end. What else is polled is looked at by the caller. */
static bool wait_until(const struct watch *watch, int64_t until_ms, struct pollfd *also)
{
	int64_t left = until_ms - clock_ms(CLOCK_MONOTONIC);
	struct pollfd polled[2] = { { .fd = watch->stop, .events = POLLIN }, { .fd = -1 } };

	if (also)
		polled[1] = *also;
	if (poll(polled, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
		return false;
	if (also)
		also->revents = polled[1].revents;
	return polled[0].revents == 0;
}

/* Publishing. */

static void publish_locked(struct watch *watch, const char *event, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT);

	if (text)
		stream_put(watch->stream, event, text);
	free(text);
}

/* Puts the server's state into the stream; it uses up `tree` and `last`. */
static void publish_state_locked(struct watched *watched, json_t *tree, json_t *last, bool times)
{
	const json_t *greeting = watched->server.greeting;
	json_t *state = json_pack(
		"{s:s, s:O?, s:O?, s:O?, s:s, s:I, s:I, s:b, s:b, s:o?}", "id", watched->id, "pid",
		json_object_get(greeting, "pid"), "program", json_object_get(greeting, "program"),
		"version", json_object_get(greeting, "version"), "socket", watched->path, "now",
		(json_int_t)clock_ms(CLOCK_REALTIME), "ended", (json_int_t)watched->ended_ms,
		"times", times, "tells", watched->events.fd >= 0, "tree", tree);

	if (state) {
		json_decref(watched->state);
		watched->state = json_copy(state);
		json_object_set(state, "last", last);
		publish_locked(watched->watch, "server", state);
	}
	json_decref(last);
	json_decref(state);
}

/* Looking. */

static const json_t *histograms_of(const json_t *histograms, const char *pool)
{
	json_t *of_pool;
	size_t index;

	json_array_foreach(json_object_get(histograms, "pools"), index, of_pool)
	{
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

	json_array_foreach(json_object_get(tree, "pools"), index, pool)
	{
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

/* The result of the method; NULL: the server has none of that name. False: it answers no more. */
static bool look_for(struct watched *watched, const char *method, json_t **result)
{
	json_t *answer = server_exchange(&watched->server, json_pack("{s:s}", "method", method));

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

static void publish_told(struct watched *watched, json_t *told)
{
	struct watch *watch = watched->watch;
	size_t index;
	json_t *event;

	if (json_array_size(told) > 0) {
		pthread_mutex_lock(&watch->lock);
		json_array_foreach(told, index, event)
		{
			json_array_append(watch->told, event);
			if (json_array_size(watch->told) > TOLD_MOST)
				json_array_remove(watch->told, 0);
		}
		publish_locked(watch, "told", told);
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
	char byte;

	do {
		json_t *told = take_events(watched);

		full = json_array_size(told) == TOLD_MOST;
		publish_told(watched, told);
	} while (full);
	return recv(watched->events.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
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

		if (!wait_until(watched->watch, until_ms, &told))
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
	publish_state_locked(watched, json_incref(json_object_get(watched->state, "tree")),
			     json_object(), json_is_true(json_object_get(watched->state, "times")));
	watched->over = true;
	pthread_mutex_unlock(&watch->lock);
	return NULL;
}

static void watched_free(struct watched *watched)
{
	close_events(watched);
	server_close(&watched->server);
	json_decref(watched->state);
	samples_free(&watched->samples);
	free(watched);
}

/* Finding. */

static bool is_wanted(const struct watch *watch, const struct server *server)
{
	char pid[32];

	snprintf(pid, sizeof pid, "%ld", server_pid(server));
	for (char **wanted = watch->wanted; *wanted; wanted++)
		if (strcmp(*wanted, pid) == 0 || strcmp(*wanted, server->path) == 0 ||
		    strcmp(*wanted, server_program(server)) == 0)
			return true;
	return !watch->wanted[0];
}

static struct watched *watched_at_locked(struct watch *watch, const char *path)
{
	struct watched *watched = watch->servers;

	while (watched && (watched->over || strcmp(watched->path, path) != 0))
		watched = watched->next;
	return watched;
}

static void choose_id_locked(struct watch *watch, struct watched *watched)
{
	long pid = server_pid(&watched->server);
	int number = 1;
	const struct watched *other;

	snprintf(watched->id, sizeof watched->id, "%ld", pid);
	do {
		for (other = watch->servers; other; other = other->next)
			if (strcmp(other->id, watched->id) == 0)
				break;
		if (other)
			snprintf(watched->id, sizeof watched->id, "%ld-%d", pid, ++number);
	} while (other);
}

static void forget_locked(struct watch *watch, struct watched **place)
{
	struct watched *watched = *place;
	json_t *id = json_pack("{s:s}", "id", watched->id);

	*place = watched->next;
	publish_locked(watch, "gone", id);
	json_decref(id);
	pthread_join(watched->thread, NULL);
	watched_free(watched);
}

/* One that has ended is there to be seen for a while, or until the same program runs again. */
static void forget_ended_locked(struct watch *watch, const char *program)
{
	int64_t before_ms = clock_ms(CLOCK_REALTIME) - FORGET_MS;
	struct watched **place = &watch->servers;

	while (*place) {
		struct watched *watched = *place;

		if (watched->over &&
		    (watched->ended_ms < before_ms ||
		     (program && strcmp(server_program(&watched->server), program) == 0)))
			forget_locked(watch, place);
		else
			place = &watched->next;
	}
}

static unsigned count_locked(const struct watch *watch)
{
	unsigned count = 0;

	for (const struct watched *watched = watch->servers; watched; watched = watched->next)
		count++;
	return count;
}

static void watch_it_locked(struct watch *watch, const struct server *server)
{
	struct watched *watched = calloc(1, sizeof *watched), **end = &watch->servers;

	if (!watched)
		return;
	watched->watch = watch;
	watched->server = *server;
	watched->events.fd = -1;
	snprintf(watched->path, sizeof watched->path, "%s", server->path);
	choose_id_locked(watch, watched);
	if (pthread_create(&watched->thread, NULL, watch_server, watched)) {
		watched_free(watched);
		return;
	}
	while (*end)
		end = &(*end)->next;
	*end = watched;
}

static void consider(const char *path, void *argument)
{
	struct watch *watch = argument;
	struct server server;
	char why[256];
	bool known;

	pthread_mutex_lock(&watch->lock);
	known = watched_at_locked(watch, path) != NULL;
	pthread_mutex_unlock(&watch->lock);
	if (known || !server_open(&server, path, why, sizeof why))
		return;
	pthread_mutex_lock(&watch->lock);
	if (is_wanted(watch, &server)) {
		forget_ended_locked(watch, server_program(&server));
		if (count_locked(watch) < WATCHED_MOST) {
			watch_it_locked(watch, &server);
			pthread_mutex_unlock(&watch->lock);
			return;
		}
	}
	pthread_mutex_unlock(&watch->lock);
	server_close(&server);
}

static void find(struct watch *watch)
{
	server_each(consider, watch);
	for (char **wanted = watch->wanted; *wanted; wanted++)
		if (strchr(*wanted, '/'))
			consider(*wanted, watch);
}

static void beat(struct watch *watch)
{
	json_t *now;

	pthread_mutex_lock(&watch->lock);
	forget_ended_locked(watch, NULL);
	now = json_pack("{s:I}", "now", (json_int_t)clock_ms(CLOCK_REALTIME));
	publish_locked(watch, "beat", now);
	pthread_mutex_unlock(&watch->lock);
	json_decref(now);
}

static void *find_servers(void *argument)
{
	struct watch *watch = argument;

	do {
		find(watch);
		beat(watch);
	} while (wait_until(watch, clock_ms(CLOCK_MONOTONIC) + FIND_MS, NULL));
	return NULL;
}

/* The whole. */

bool watch_start(struct watch *watch, char **wanted, long interval_ms, struct stream *stream)
{
	memset(watch, 0, sizeof *watch);
	watch->wanted = wanted;
	watch->interval_ms = interval_ms;
	watch->stream = stream;
	watch->told = json_array();
	watch->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&watch->lock, NULL);
	if (watch->told && watch->stop >= 0 &&
	    pthread_create(&watch->finder, NULL, find_servers, watch) == 0)
		return true;
	json_decref(watch->told);
	if (watch->stop >= 0)
		close(watch->stop);
	return false;
}

void watch_stop(struct watch *watch)
{
	uint64_t one = 1;
	ssize_t written = write(watch->stop, &one, sizeof one);

	(void)written; /* it can only be full, and is readable then */
	pthread_join(watch->finder, NULL);
	while (watch->servers) {
		struct watched *watched = watch->servers;

		watch->servers = watched->next;
		pthread_join(watched->thread, NULL);
		watched_free(watched);
	}
	json_decref(watch->told);
	close(watch->stop);
	pthread_mutex_destroy(&watch->lock);
}

/* For readers. */

static json_t *report_history_locked(const struct watched *watched)
{
	json_t *state = json_copy(watched->state), *history = json_object();

	for (const struct samples *samples = watched->samples; samples; samples = samples->next)
		json_object_set_new(history, samples->pool, samples_all(samples));
	json_object_set_new(state, "history", history);
	return state;
}

struct message *watch_history(struct watch *watch, uint64_t *position)
{
	json_t *servers = json_array(), *history;
	struct message *message = NULL;
	char *text;

	pthread_mutex_lock(&watch->lock);
	for (const struct watched *watched = watch->servers; watched; watched = watched->next)
		if (watched->state)
			json_array_append_new(servers, report_history_locked(watched));
	history = json_pack("{s:o, s:O, s:I, s:I}", "servers", servers, "told", watch->told, "now",
			    (json_int_t)clock_ms(CLOCK_REALTIME), "interval_ms",
			    (json_int_t)watch->interval_ms);
	text = json_dumps(history, JSON_COMPACT);
	json_decref(history);
	*position = stream_position(watch->stream);
	pthread_mutex_unlock(&watch->lock);
	if (text)
		message = stream_message("history", text);
	free(text);
	return message;
}

bool watch_find(struct watch *watch, const char *name, char path[SERVER_PATH])
{
	unsigned matches = 0;

	pthread_mutex_lock(&watch->lock);
	for (const struct watched *watched = watch->servers; watched; watched = watched->next) {
		if (watched->ended_ms || (name && strcmp(watched->id, name) != 0 &&
					  strcmp(server_program(&watched->server), name) != 0))
			continue;
		matches++;
		memcpy(path, watched->path, SERVER_PATH);
	}
	pthread_mutex_unlock(&watch->lock);
	return matches == 1;
}
