/* SPDX-License-Identifier: MIT */
/* first.c: the smallest program that has a worker answer. */
/* example: first */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

static int greet(struct pooltoy_worker *self, void *state,
		 const void *request, size_t length)
{
	char text[64];
	int n;

	(void)state;
	if (length > 32)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	n = snprintf(text, sizeof text, "%.*s, says worker %u",
		     (int)length, (const char *)request,
		     pooltoy_worker_index(self));
	return pooltoy_reply(self, text, (size_t)n + 1);
}

static const struct pooltoy_worker_ops greeter =
	POOLTOY_WORKER_OPS(.handle_call = greet);

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	char answer[64];
	size_t length = sizeof answer;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "greeters",
						 .worker = &greeter,
						 .size = 3),
			       &pool) ||
	    pooltoy_checkout(pool, 1000, &lease))
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_call(&lease, "hello", 5, answer, &length, 1000))
		warnx("%s", pooltoy_last_error());
	else
		puts(answer);
	pooltoy_checkin(&lease);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
/* end */
