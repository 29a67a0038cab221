/* SPDX-License-Identifier: MIT */
/* events.c: a receiver of a server's own, for its metrics and its log. */
#include <err.h>
#include <stdatomic.h>
#include <stdio.h>
#include <pooltoy.h>

/* example: events */
struct metrics {
	atomic_ulong worker_deaths;
	atomic_ulong lost; /* events that did not fit into the ring */
};

static void on_event(const struct pooltoy_event *event, void *argument)
{
	struct metrics *metrics = argument;
	char line[256];

	atomic_fetch_add(&metrics->lost, event->dropped);
	if (event->type == POOLTOY_EVENT_WORKER_DIED)
		atomic_fetch_add(&metrics->worker_deaths, 1);
	if (event->severity >= POOLTOY_WARNING) {
		pooltoy_event_format(event, line, sizeof line);
		fprintf(stderr, "myserver: %s\n", line);
	}
}

static int start(struct metrics *metrics, struct pooltoy_supervisor **sup)
{
	return pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = on_event,
					.event_argument = metrics),
		sup);
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

int main(void)
{
	static struct metrics metrics;
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	if (start(&metrics, &sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 2),
			       &pool) ||
	    pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_kill_worker(pool, pooltoy_lease_worker(&lease)) ||
	    pooltoy_checkout(pool, 1000, &lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	if (pooltoy_supervisor_stop(sup, 5000))
		errx(1, "%s", pooltoy_last_error());
	printf("%lu worker deaths\n", atomic_load(&metrics.worker_deaths));
	return atomic_load(&metrics.worker_deaths) != 1;
}
