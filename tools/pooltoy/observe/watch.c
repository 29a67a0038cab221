/* SPDX-License-Identifier: MIT */
/* watch.c: which servers are looked at: a thread finds them, and forgets those that have ended. */
#include "watch.h"

#include "text.h"
#include "watched.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FIND_MS = 1000, FORGET_MS = 5 * 60 * 1000, REST_MS = 1000 };

bool watch_wait_until(const struct watch *watch, int64_t until_ms, struct pollfd *also)
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

void watch_publish_locked(struct watch *watch, const char *event, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT);

	if (text)
		stream_put(watch->stream, event, text);
	free(text);
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
	told_bequeath(&watched->told, &watch->told);
	watch_publish_locked(watch, "gone", id);
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
	snprintf(watched->path, sizeof watched->path, "%s", server->path);
	choose_id_locked(watch, watched);
	if (!watched_start(watched)) {
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
	watch_publish_locked(watch, "beat", now);
	pthread_mutex_unlock(&watch->lock);
	json_decref(now);
}

static void *find_servers(void *argument)
{
	struct watch *watch = argument;

	do {
		find(watch);
		beat(watch);
	} while (watch_wait_until(watch, clock_ms(CLOCK_MONOTONIC) + FIND_MS, NULL));
	return NULL;
}

/* The whole. */

bool watch_start(struct watch *watch, char **wanted, long interval_ms, struct stream *stream)
{
	memset(watch, 0, sizeof *watch);
	watch->wanted = wanted;
	watch->interval_ms = interval_ms;
	watch->stream = stream;
	watch->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&watch->lock, NULL);
	if (watch->stop >= 0 && pthread_create(&watch->finder, NULL, find_servers, watch) == 0)
		return true;
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
	told_free(&watch->told);
	close(watch->stop);
	pthread_mutex_destroy(&watch->lock);
}

/* For readers. */

struct message *watch_history(struct watch *watch, uint64_t *position)
{
	json_t *servers = json_array(), *told = json_array(), *history;
	struct message *message = NULL;
	char *text;

	pthread_mutex_lock(&watch->lock);
	told_report(&watch->told, told);
	for (const struct watched *watched = watch->servers; watched; watched = watched->next) {
		told_report(&watched->told, told);
		if (watched->state)
			json_array_append_new(servers, watched_history_locked(watched));
	}
	history = json_pack("{s:o, s:o, s:I, s:I, s:i, s:i}", "servers", servers, "told", told,
			    "now", (json_int_t)clock_ms(CLOCK_REALTIME), "interval_ms",
			    (json_int_t)watch->interval_ms, "looks", SAMPLES, "window",
			    SAMPLES_WINDOW);
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

/* Not just now, nor a moment ago; by whichever of its sockets it is asked. */
static bool may_be_debugged_locked(const struct watch *watch, long pid)
{
	int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

	for (const struct watched *watched = watch->servers; watched; watched = watched->next)
		if (server_pid(&watched->server) == pid &&
		    (watched->debugged || watched->rests_until_ms > now_ms))
			return false;
	return true;
}

bool watch_debug(struct watch *watch, const struct server *server)
{
	struct watched *watched;
	bool may;

	pthread_mutex_lock(&watch->lock);
	watched = watched_at_locked(watch, server->path);
	may = watched && may_be_debugged_locked(watch, server_pid(server));
	if (may)
		watched->debugged = true;
	pthread_mutex_unlock(&watch->lock);
	return may;
}

void watch_debugged(struct watch *watch, const struct server *server)
{
	struct watched *watched;

	pthread_mutex_lock(&watch->lock);
	watched = watched_at_locked(watch, server->path);
	if (watched) { /* else it has ended meanwhile */
		watched->debugged = false;
		watched->rests_until_ms = clock_ms(CLOCK_MONOTONIC) + REST_MS;
	}
	pthread_mutex_unlock(&watch->lock);
}
