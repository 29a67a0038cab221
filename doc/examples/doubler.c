/* SPDX-License-Identifier: MIT */
/* doubler.c: two pools of workers that double numbers. */
/* example: doubler */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return pooltoy_reply_error(self, POOLTOY_EINVAL); /* the client's fault, not ours */
	n = *(const int *)request * 2;
	return pooltoy_reply(self, &n, sizeof n);
}

static const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = doubler_call);

static void ask(struct pooltoy_pool *pool, int n)
{
	struct pooltoy_lease lease;
	int answer;
	size_t length = sizeof answer;

	if (pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_call(&lease, &n, sizeof n, &answer, &length, 1000))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_checkin(&lease);
	printf("%s: %d doubled is %d\n", pooltoy_pool_name(pool), n, answer);
}

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *poolio, *pooly;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3), &poolio) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 3), &pooly))
		errx(1, "%s", pooltoy_last_error());
	ask(poolio, 21);
	pooltoy_kill_worker(poolio, -1); /* reported on stderr; the pool goes on */
	ask(poolio, 4);
	ask(pooly, 100);
	pooltoy_pool_release(pooly);
	pooltoy_pool_release(poolio);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
/* end */
