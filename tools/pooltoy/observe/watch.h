/* SPDX-License-Identifier: MIT */
/*
 * watch.h: looks at servers again and again, and puts what it sees into a stream:
 *
 *   server    a server as it is now; that it does not answer; or that it has ended
 *   told      events, as the server tells them
 *   gone      a server that ended is forgotten
 *   beat      each second, whether there is a server or not
 *   history   (to one reader, at first) all servers, with their last minutes and crashes; the last events, in no
 *             order; and how many looks are kept, and how long they are apart
 *
 * Threads: all functions but start and stop from any.
 */
#ifndef OBSERVE_WATCH_H
#define OBSERVE_WATCH_H

#include "server.h"
#include "stream.h"
#include "told.h"

#include <poll.h>
#include <pthread.h>

enum { WATCHED_MOST = 32 };

struct watched;

struct watch {
	char **wanted; /* PIDs, programs, paths; ended by NULL; empty: all */
	long interval_ms;
	struct stream *stream;
	int stop; /* an eventfd, which is readable once all is to end */
	pthread_t finder;

	pthread_mutex_t lock; /* guards what follows; the stream's is taken inside it */
	struct watched *servers;
	struct told told; /* of servers that are forgotten */
};

/* False: no thread or descriptor. */
bool watch_start(struct watch *watch, char **wanted, long interval_ms, struct stream *stream);
void watch_stop(struct watch *watch);

/* What a new reader gets first, and the number of the stream's message that follows it; NULL: no memory. */
struct message *watch_history(struct watch *watch, uint64_t *position);
/*
 * The path of the server of that id, or program; of the only one that runs if it is NULL. False: there is
 * none, or more than one.
 */
bool watch_find(struct watch *watch, const char *name, char path[SERVER_PATH]);

/*
 * Whether a debugger may look at the server, which stands still meanwhile: none does, nor did within the last second,
 * so that whoever asks again and again does not hold it up. True: watch_debugged is to follow.
 */
bool watch_debug(struct watch *watch, const struct server *server);
void watch_debugged(struct watch *watch, const struct server *server);

/* Until then, as CLOCK_MONOTONIC goes; false: all is to end. What else is polled is looked at by the caller. */
bool watch_wait_until(const struct watch *watch, int64_t until_ms, struct pollfd *also);
/* With the lock. */
void watch_publish_locked(struct watch *watch, const char *event, const json_t *data);

#endif
