/* SPDX-License-Identifier: MIT */
/*
 * loop.c: the server's loop on libuv: a uv_poll_t for each descriptor. (A uv_stream_t that is not read does
 * not tell of a client that leaves.)
 */
#include "../epoll/loop.h"

#include <err.h>
#include <stdlib.h>
#include <uv.h>

struct loop {
	uv_loop_t uv;
};

struct watch {
	uv_poll_t poll; /* the first member */
	watch_ready *ready;
	void *owner;
};

struct loop *loop_open(void)
{
	struct loop *loop = malloc(sizeof *loop);
	int code = loop ? uv_loop_init(&loop->uv) : UV_ENOMEM;

	if (code)
		errx(1, "uv_loop_init: %s", uv_strerror(code));
	return loop;
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

void loop_close(struct loop *loop)
{
	int code;

	uv_run(&loop->uv, UV_RUN_DEFAULT); /* each closed handle's last callback */
	code = uv_loop_close(&loop->uv);
	if (code)
		errx(1, "uv_loop_close: %s", uv_strerror(code));
	free(loop);
}

static void polled(uv_poll_t *poll, int status, int uv_events)
{
	const struct watch *watch = (const struct watch *)poll;
	unsigned events = 0;

	if (uv_events & UV_READABLE)
		events |= WATCH_READ;
	if (uv_events & UV_WRITABLE)
		events |= WATCH_WRITE;
	if (uv_events & UV_DISCONNECT || status < 0)
		events |= WATCH_LEFT;
	watch->ready(watch->owner, events);
}

static void free_watch(uv_handle_t *handle)
{
	free(handle);
}

struct watch *watch_open(struct loop *loop, int descriptor, unsigned events, watch_ready *ready,
			 void *owner)
{
	struct watch *watch = malloc(sizeof *watch);

	if (!watch)
		return NULL;
	watch->ready = ready;
	watch->owner = owner;
	if (uv_poll_init(&loop->uv, &watch->poll, descriptor)) {
		free(watch);
		return NULL;
	}
	watch_change(watch, events);
	return watch;
}

void watch_change(struct watch *watch, unsigned events)
{
	int uv_events = UV_DISCONNECT;

	if (events & WATCH_READ)
		uv_events |= UV_READABLE;
	if (events & WATCH_WRITE)
		uv_events |= UV_WRITABLE;
	uv_poll_start(&watch->poll, uv_events, polled);
}

void watch_close(struct watch *watch)
{
	uv_close((uv_handle_t *)watch, free_watch);
}
