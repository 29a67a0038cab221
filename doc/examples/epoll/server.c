/* SPDX-License-Identifier: MIT */
/*
 * server.c: a server whose only thread never waits for a worker.
 *
 * server [ADDRESS [CONNECTIONS [SESSIONS [WAITING]]]]: where it listens, how many connections it has at most,
 * of which so many are in a session, and so many wait for one.
 */
#include "connection.h"
#include "listener.h"
#include "loop.h"
#include "workers.h"

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { BATCH = 64, DOUBLERS = 2 };

static struct watch *watch_for_reading(struct server *server, int descriptor, watch_ready *ready)
{
	struct watch *watch = watch_open(server->loop, descriptor, WATCH_READ, ready, server);

	if (!watch)
		err(1, "no watch of a descriptor");
	return watch;
}

static void drain(void *owner, unsigned events)
{
	struct server *server = owner;
	const struct pooltoy_completion *batch[BATCH];
	int count;

	(void)events;
	do {
		count = pooltoy_completion_queue_drain(server->queue, batch, BATCH);
		for (int i = 0; i < count; i++) {
			connection_completed(batch[i]);
			pooltoy_completion_release(batch[i]);
		}
	} while (count == BATCH);
}

/* SIGINT and SIGTERM as a descriptor; before there is another thread that could get them. */
static int open_signals(void)
{
	sigset_t set;
	int descriptor;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	descriptor = signalfd(-1, &set, SFD_CLOEXEC);
	if (descriptor < 0)
		err(1, "signalfd");
	return descriptor;
}

static void stop(void *owner, unsigned events)
{
	(void)events;
	loop_stop(((struct server *)owner)->loop);
}

/* As many descriptors as the system lets it have: the default is for programs that use select(). */
static void raise_limit(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* That clients leave in the middle of a session is nothing to be told of here. */
static void tell(const struct pooltoy_event *event, void *argument)
{
	if (event->type == POOLTOY_EVENT_WORKER_STARTED || event->type == POOLTOY_EVENT_CLIENT_DIED)
		return;
	pooltoy_event_log_stderr(event, argument);
}

static int number_or(const char *argument, int otherwise)
{
	return argument ? (int)strtol(argument, NULL, 10) : otherwise;
}

static void serve(struct server *server, const char *address, int signals)
{
	struct watch *queue, *signal;

	server->loop = loop_open();
	queue = watch_for_reading(server, pooltoy_completion_queue_fd(server->queue), drain);
	signal = watch_for_reading(server, signals, stop);
	listener_open(server, address);
	printf("listening on %s\n", listener_address(server));
	fflush(stdout);
	loop_run(server->loop);

	listener_close(server);
	watch_close(signal);
	watch_close(queue);
	pooltoy_completion_queue_close(server->queue); /* whatever is under way has no completion */
	connection_close_all(server);
	loop_close(server->loop);
}

int main(int argc, char **argv)
{
	const char *arguments[5] = { NULL };
	struct pooltoy_supervisor *sup;
	struct server server = { 0 };
	int signals = open_signals(), waiting, stopped;

	for (int i = 1; i < argc && i < 5; i++)
		arguments[i] = argv[i];
	server.maximum = number_or(arguments[2], 1000);
	waiting = number_or(arguments[4], 100);
	raise_limit();
	if (pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = tell), &sup) ||
	    pooltoy_start_pool(
		    sup,
		    POOLTOY_POOL_SPEC(.name = "doublers", .worker = &doubler, .size = DOUBLERS),
		    &server.doublers) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "sessions", .worker = &session,
						 .size = number_or(arguments[3], 2),
						 .max_queue = waiting),
			       &server.sessions) ||
	    pooltoy_completion_queue_open(&server.queue))
		errx(1, "%s", pooltoy_last_error());
	serve(&server, arguments[1] ? arguments[1] : "7000", signals);
	close(signals);
	pooltoy_pool_release(server.sessions);
	pooltoy_pool_release(server.doublers);
	stopped = pooltoy_supervisor_stop(sup, 5000);
	if (stopped)
		errx(1, "%s", pooltoy_last_error());
	return 0;
}
