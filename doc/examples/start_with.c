/* SPDX-License-Identifier: MIT */
/* start_with.c: a request on an event loop: one deadline and one token for all that is started for it. */
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <pooltoy.h>

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static const struct pooltoy_worker_ops echoer = POOLTOY_WORKER_OPS(.handle_call = echo);

/* example: request */
/* A request of one of the server's clients. */
struct request {
	struct pooltoy_cancel_token *cancel;
	uint64_t deadline;
	const char *text;
	size_t length;
	int rc; /* 1: under way */
};

/* It is to be served within a quarter of a second. */
static int begin(struct pooltoy_completion_queue *queue,
		 struct pooltoy_pool *pool, struct request *request)
{
	request->deadline = pooltoy_deadline_after(250);
	return pooltoy_checkout_start_with(
		queue, pool,
		POOLTOY_CHECKOUT_OPTIONS(.deadline = request->deadline,
					 .cancel = request->cancel),
		request, NULL);
}

static int go_on(struct pooltoy_completion_queue *queue,
		 const struct pooltoy_lease *lease,
		 struct request *request)
{
	return pooltoy_call_start_with(
		queue, lease, request->text, request->length,
		POOLTOY_CALL_OPTIONS(.deadline = request->deadline,
				     .cancel = request->cancel),
		request, NULL);
}

/* The client hung up: what waits or runs for it is over, and its
 * completions are in the queue. */
static void hung_up(struct request *request)
{
	pooltoy_cancel_token_cancel(request->cancel);
}
/* end */

static void take(struct pooltoy_completion_queue *queue, const struct pooltoy_completion *told)
{
	struct request *request = told->tag;
	int code = told->code;

	if (told->type == POOLTOY_COMPLETION_CHECKOUT && !code) {
		code = go_on(queue, &told->lease, request);
		if (!code)
			return;
	}
	request->rc = code;
	if (told->type == POOLTOY_COMPLETION_CALL || code != told->code)
		(void)pooltoy_checkin(&told->lease);
}

static void loop(struct pooltoy_completion_queue *queue, const struct request *request)
{
	struct pollfd poller = { .fd = pooltoy_completion_queue_fd(queue), .events = POLLIN };
	const struct pooltoy_completion *told;

	while (request->rc > 0) {
		poll(&poller, 1, -1);
		if (pooltoy_completion_queue_drain(queue, &told, 1) == 1) {
			take(queue, told);
			pooltoy_completion_release(told);
		}
	}
}

static int serve(struct pooltoy_completion_queue *queue, struct pooltoy_pool *pool, int leaves)
{
	struct request request = { .text = "hello", .length = 5, .rc = 1 };

	if (pooltoy_cancel_token_open(&request.cancel) || begin(queue, pool, &request))
		errx(1, "%s", pooltoy_last_error());
	if (leaves)
		hung_up(&request);
	loop(queue, &request);
	pooltoy_cancel_token_close(request.cancel);
	return request.rc;
}

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_completion_queue *queue;
	struct pooltoy_lease lease;
	int served, left;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &echoer, .size = 1),
			       &pool) ||
	    pooltoy_completion_queue_open(&queue))
		errx(1, "%s", pooltoy_last_error());
	served = serve(queue, pool, 0);
	if (pooltoy_checkout(pool, 5000, &lease))
		errx(1, "%s", pooltoy_last_error());
	left = serve(queue, pool, 1);
	pooltoy_checkin(&lease);
	printf("served: %s; left: %s\n", pooltoy_strerror(served), pooltoy_strerror(left));
	if (served || left != POOLTOY_ECANCELLED)
		errx(1, "that is not what was expected");
	pooltoy_completion_queue_close(queue);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
