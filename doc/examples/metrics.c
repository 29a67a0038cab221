/* SPDX-License-Identifier: MIT */
/* metrics.c: how long a pool's clients wait, and hold its workers. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <pooltoy.h>

/* example: quantiles */
static void print_duration(struct pooltoy_pool *pool,
			   enum pooltoy_duration duration)
{
	struct pooltoy_histogram all = POOLTOY_HISTOGRAM_INIT;

	if (pooltoy_pool_histogram(pool, duration, &all))
		return;
	printf("%s: %" PRIu64 ", half within %" PRIu64
	       " ns, 99 %% within %" PRIu64 " ns, none over %" PRIu64
	       " ns\n",
	       pooltoy_duration_name(duration), all.count,
	       pooltoy_histogram_quantile(&all, 0.5),
	       pooltoy_histogram_quantile(&all, 0.99), all.max_ns);
}
/* end */

/* example: buckets */
static void print_buckets(const struct pooltoy_histogram *all)
{
	const uint64_t *counts = all->buckets;

	for (int i = 0; i < POOLTOY_HISTOGRAM_BUCKETS; i++)
		if (counts[i] > 0)
			printf("\tup to %" PRIu64 " ns: %" PRIu64 "\n",
			       pooltoy_histogram_bound(i),
			       counts[i] * (unsigned)all->sampled);
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

int main(void)
{
	struct pooltoy_histogram hold = POOLTOY_HISTOGRAM_INIT;
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 1),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	for (int turns = 0; turns < 1000; turns++)
		if (pooltoy_checkout(pool, 1000, &lease) || pooltoy_checkin(&lease))
			errx(1, "%s", pooltoy_last_error());
	print_duration(pool, POOLTOY_DURATION_WAIT);
	print_duration(pool, POOLTOY_DURATION_HOLD);
	if (pooltoy_pool_histogram(pool, POOLTOY_DURATION_HOLD, &hold))
		errx(1, "%s", pooltoy_last_error());
	print_buckets(&hold);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
