/* SPDX-License-Identifier: MIT */
/* worker_ops.c: a worker that asks a peer over a line, and gives up in time. */
#define _GNU_SOURCE 1
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <pooltoy.h>

struct line {
	int in, out; /* from and to the peer */
	int wake;    /* an eventfd: get up from poll */
};

/* The peer of this example is the line itself: what is sent comes back. */
static struct line *line_open(void)
{
	struct line *line = malloc(sizeof *line);
	int ends[2];

	if (line == NULL)
		return NULL;
	line->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (line->wake >= 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
		line->in = ends[0];
		line->out = ends[1];
		return line;
	}
	if (line->wake >= 0)
		close(line->wake);
	free(line);
	return NULL;
}

static void line_close(struct line *line)
{
	close(line->in);
	close(line->out);
	close(line->wake);
	free(line);
}

/* example: worker_ops */
static int line_init(struct pooltoy_worker *self, void *argument,
		     void **state)
{
	(void)argument;
	*state = line_open();
	if (*state == NULL)
		return pooltoy_worker_fail(self, "open: %s",
					   strerror(errno));
	return 0;
}

static int line_call(struct pooltoy_worker *self, void *state,
		     const void *request, size_t length)
{
	struct line *line = state;
	struct pollfd fds[] = { { line->in, POLLIN, 0 },
				{ line->wake, POLLIN, 0 } };
	char answer[128];
	uint64_t wakes;
	ssize_t n;

	if (length == 0 || length > sizeof answer)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	if (write(line->out, request, length) != (ssize_t)length)
		return pooltoy_worker_fail(self, "write: %s",
					   strerror(errno));
	do {
		poll(fds, 2, pooltoy_worker_time_left(self));
		n = read(line->in, answer, sizeof answer);
		if (n > 0)
			return pooltoy_reply(self, answer, (size_t)n);
		if (n == 0 || errno != EAGAIN)
			return pooltoy_worker_fail(self, "line is down");
		(void)!read(line->wake, &wakes, sizeof wakes);
	} while (!pooltoy_worker_stopping(self) &&
		 pooltoy_worker_time_left(self) != 0);
	/* An answer that comes late must not go to the next client. */
	return pooltoy_worker_fail(self, "no answer in time");
}

/* The client died: nobody wants to read what it left behind. */
static int line_reset(struct pooltoy_worker *self, void *state)
{
	struct line *line = state;
	char left[128];

	(void)self;
	while (read(line->in, left, sizeof left) > 0)
		;
	return 0;
}

/* While no client has the worker: nobody should speak, nor hang up. */
static int line_ping(struct pooltoy_worker *self, void *state)
{
	struct line *line = state;
	struct pollfd fd = { line->in, POLLIN, 0 };

	if (poll(&fd, 1, 0) == 0)
		return 0;
	return pooltoy_worker_fail(self, "line is down");
}

/* Runs on another thread, beside line_call: write(2) is fit for that. */
static void line_interrupt(struct pooltoy_worker *self, void *state)
{
	struct line *line = state;
	uint64_t one = 1;

	(void)self;
	if (write(line->wake, &one, sizeof one) < 0)
		warn("interrupt");
}

static void line_terminate(struct pooltoy_worker *self, void *state,
			   int reason)
{
	(void)self;
	(void)reason;
	line_close(state);
}

static const struct pooltoy_worker_ops line =
	POOLTOY_WORKER_OPS(.init = line_init,
			   .handle_call = line_call,
			   .reset = line_reset,
			   .interrupt = line_interrupt,
			   .terminate = line_terminate,
			   .ping = line_ping);
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	char answer[128];
	size_t length = sizeof answer;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "lines", .worker = &line, .size = 2, .ping_interval = 60000, .validate_after = 5000), &pool) ||
	    pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_call(&lease, "ping", 4, answer, &length, 1000) ||
	    pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	printf("%.*s\n", (int)length, answer);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
