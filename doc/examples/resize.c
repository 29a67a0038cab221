/* SPDX-License-Identifier: MIT */
/* resize.c: a pool that is made larger by day, and smaller by night. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

/* example: resize */
/* From any thread, while the pool is in use. */
static void size_for(struct pooltoy_pool *pool, int hour)
{
	int by_day = hour >= 8 && hour < 20;

	if (pooltoy_pool_resize(pool, by_day ? 16 : 2, 4))
		warnx("%s", pooltoy_last_error());
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

/* example: elastic */
/*
 * Connections to a server that is slow to accept them: none before it is
 * wanted; then one stays, the other for ten minutes, overflow for five
 * seconds; and never are there three logins at once.
 */
static int start_elastic(struct pooltoy_supervisor *sup,
			 struct pooltoy_pool **pool)
{
	struct pooltoy_pool_spec spec = POOLTOY_POOL_SPEC_INIT;

	spec.name = "poolio";
	spec.worker = &idler;
	spec.size = 2;
	spec.max_overflow = 4;
	spec.lazy = 1;
	spec.min_size = 1;
	spec.idle_ttl = 600000;
	spec.overflow_ttl = 5000;
	spec.max_starting = 2;
	return pooltoy_start_pool(sup, &spec, pool);
}
/* end */

static void print_size(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	if (pooltoy_pool_status(pool, &status))
		errx(1, "%s", pooltoy_last_error());
	printf("%s: of %d workers, and %d more while they are needed\n", pooltoy_pool_name(pool),
	       status.size, status.max_overflow);
}

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;

	if (pooltoy_supervisor_start(&sup) ||
	    start_elastic(sup, &pool))
		errx(1, "%s", pooltoy_last_error());
	for (int hour = 6; hour <= 22; hour += 8) {
		size_for(pool, hour);
		print_size(pool);
	}
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
