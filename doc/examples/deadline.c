/* SPDX-License-Identifier: MIT */
/* deadline.c: one deadline over checkout and call, and a request that its client takes back. */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <pooltoy.h>

static int echo(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)state;
	return pooltoy_reply(self, request, length);
}

static const struct pooltoy_worker_ops echoer = POOLTOY_WORKER_OPS(.handle_call = echo);

/* example: deadline */
/* A request of one of the server's clients; `cancel` lasts as long. */
struct request {
	struct pooltoy_pool *pool;
	struct pooltoy_cancel_token *cancel;
	const char *text;
	size_t length;
	int rc;
};

/* All of it within a quarter of a second, unless it is cancelled. */
static void *serve(void *argument)
{
	struct request *request = argument;
	uint64_t deadline = pooltoy_deadline_after(250);
	struct pooltoy_lease lease;

	request->rc = pooltoy_checkout_with(
		request->pool,
		POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline,
					 .cancel = request->cancel),
		&lease);
	if (request->rc)
		return NULL;
	request->rc = pooltoy_call_with(
		&lease, request->text, request->length, NULL, NULL,
		POOLTOY_CALL_OPTIONS(.deadline = deadline,
				     .cancel = request->cancel));
	pooltoy_checkin(&lease); /* stale if the worker has died */
	return NULL;
}

/* By the thread that sees the client hang up. */
static void hung_up(struct request *request)
{
	pooltoy_cancel_token_cancel(request->cancel);
}
/* end */

/* example: priority */
/* An operator's question: it comes rarely, and first. */
static int is_well(struct pooltoy_pool *pool)
{
	uint64_t deadline = pooltoy_deadline_after(1000);
	struct pooltoy_lease lease;
	int rc;

	rc = pooltoy_checkout_with(
		pool,
		POOLTOY_CHECKOUT_OPTIONS(
				.priority = POOLTOY_PRIORITY_HIGH,
				.deadline = deadline),
		&lease);
	if (rc)
		return 0;
	rc = pooltoy_call_with(
		&lease, "ping", 4, NULL, NULL,
		POOLTOY_CALL_OPTIONS(.deadline = deadline));
	pooltoy_checkin(&lease);
	return rc == 0;
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct request request = { .text = "hello", .length = 5 };
	pthread_t server;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &echoer, .size = 2),
			       &request.pool) ||
	    pooltoy_cancel_token_open(&request.cancel))
		errx(1, "%s", pooltoy_last_error());
	if (pthread_create(&server, NULL, serve, &request))
		errx(1, "no thread");
	hung_up(&request);
	pthread_join(server, NULL);
	pooltoy_cancel_token_close(request.cancel);
	if (!is_well(request.pool))
		warnx("%s", pooltoy_last_error());
	pooltoy_pool_release(request.pool);
	if (request.rc && request.rc != POOLTOY_ECANCELLED && request.rc != POOLTOY_ETIMEDOUT)
		errx(1, "%s", pooltoy_strerror(request.rc));
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
