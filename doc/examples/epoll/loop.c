/* SPDX-License-Identifier: MIT */
/* loop.c: the server's loop on epoll. */
#include "loop.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 64 };

struct loop {
	int epoll;
	bool stopped;
	struct watch *closed; /* to be freed */
};

struct watch {
	struct loop *loop;
	int descriptor;
	watch_ready *ready; /* NULL: closed */
	void *owner;
	struct watch *next_closed;
};

struct loop *loop_open(void)
{
	struct loop *loop = calloc(1, sizeof *loop);

	if (!loop)
		err(1, "loop");
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		err(1, "epoll_create1");
	return loop;
}

/* Events that epoll_wait has returned may lead to a watch that was closed by one before them: it is there
 * until all of them have been looked at. */
static void free_closed(struct loop *loop)
{
	struct watch *watch;

	while ((watch = loop->closed)) {
		loop->closed = watch->next_closed;
		free(watch);
	}
}

static void handle(const struct epoll_event *event)
{
	const struct watch *watch = event->data.ptr;
	unsigned events = 0;

	if (event->events & EPOLLIN)
		events |= WATCH_READ;
	if (event->events & EPOLLOUT)
		events |= WATCH_WRITE;
	if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		events |= WATCH_LEFT;
	if (watch->ready)
		watch->ready(watch->owner, events);
}

void loop_run(struct loop *loop)
{
	struct epoll_event events[EVENTS];

	while (!loop->stopped) {
		int count = epoll_wait(loop->epoll, events, EVENTS, -1);

		if (count < 0 && errno != EINTR)
			err(1, "epoll_wait");
		for (int i = 0; i < count; i++)
			handle(&events[i]);
		free_closed(loop);
	}
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

void loop_close(struct loop *loop)
{
	free_closed(loop);
	close(loop->epoll);
	free(loop);
}

static int control(struct watch *watch, int operation, unsigned events)
{
	struct epoll_event event = { .events = EPOLLRDHUP, .data.ptr = watch };

	if (events & WATCH_READ)
		event.events |= EPOLLIN;
	if (events & WATCH_WRITE)
		event.events |= EPOLLOUT;
	return epoll_ctl(watch->loop->epoll, operation, watch->descriptor, &event);
}

struct watch *watch_open(struct loop *loop, int descriptor, unsigned events, watch_ready *ready,
			 void *owner)
{
	struct watch *watch = malloc(sizeof *watch);

	if (!watch)
		return NULL;
	*watch = (struct watch){ loop, descriptor, ready, owner, NULL };
	if (control(watch, EPOLL_CTL_ADD, events)) {
		free(watch);
		return NULL;
	}
	return watch;
}

void watch_change(struct watch *watch, unsigned events)
{
	control(watch, EPOLL_CTL_MOD, events);
}

void watch_close(struct watch *watch)
{
	control(watch, EPOLL_CTL_DEL, 0);
	watch->ready = NULL;
	watch->next_closed = watch->loop->closed;
	watch->loop->closed = watch;
}
