/* SPDX-License-Identifier: MIT */
/* lease_state.c: a worker's state, used on the caller's own thread. */
#define _XOPEN_SOURCE 700
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <pooltoy.h>

/* example: lease_state */
/* A random generator: too small a job to be worth a hop. */
struct generator {
	unsigned short seed[3];
};

static long roll(struct pooltoy_pool *generators)
{
	struct pooltoy_lease lease;
	void *state;
	long number = -1;

	if (pooltoy_checkout(generators, 100, &lease))
		return -1;
	if (pooltoy_lease_state(&lease, &state) == 0) {
		struct generator *mine = state;

		number = nrand48(mine->seed); /* it is ours alone */
		pooltoy_lease_state_done(&lease);
	}
	pooltoy_checkin(&lease);
	return number;
}
/* end */

static int generator_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct generator *generator = calloc(1, sizeof *generator);

	(void)argument;
	if (generator == NULL)
		return pooltoy_worker_fail(self, "out of memory");
	generator->seed[0] = (unsigned short)pooltoy_worker_index(self);
	*state = generator;
	return 0;
}

static void generator_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	free(state);
}

static const struct pooltoy_worker_ops generator =
	POOLTOY_WORKER_OPS(.init = generator_init, .terminate = generator_terminate);

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	long number;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "generators", .worker = &generator, .size = 2),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	while ((number = roll(pool)) < 0) /* until the first is up */
		warnx("%s", pooltoy_last_error());
	printf("%ld\n", number);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
