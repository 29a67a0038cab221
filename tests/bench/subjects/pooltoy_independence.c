/* SPDX-License-Identifier: MIT */
/*
 * pooltoy_independence.c: a pool's client while another pool of the same supervisor crashes as fast as
 * it can.
 *
 * Pool B's client has a CPU of its own, everything else is kept on another: so what is seen is what
 * the pools share inside the library and the kernel, not that CPUs are few. Each round measures B
 * alone, beside A's crashes, and beside a thread that creates and joins bare threads, which shows how
 * much of it is the kernel's doing.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/pooltoy.h"

enum { TIMED_TURNS = 100000, A_WORKERS = 3 };
/* More than there are in a millisecond: no restart is one too many. */
enum { RESTARTS = 1000 };

struct independence {
	struct pool_set *set; /* pool0 is B */
	struct pooltoy_pool *a;
	uint64_t turns;
	uint64_t cpu_ns; /* that B's client took for them */
	struct samples times;
	atomic_bool stop;
	atomic_ulong events;
};

static void take_turn(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	if (pooltoy_checkout(pool, -1, &lease) || pooltoy_checkin(&lease))
		must(-1, "turn");
}

static void make_turns(void *argument, unsigned thread)
{
	struct independence *both = argument;
	uint64_t before = thread_cpu_ns();

	(void)thread;
	for (uint64_t i = 0; i < both->turns; i++)
		take_turn(both->set->pools[0]);
	both->cpu_ns = thread_cpu_ns() - before;
}

static void make_timed_turns(void *argument, unsigned thread)
{
	struct independence *both = argument;

	(void)thread;
	for (int i = 0; i < TIMED_TURNS; i++) {
		uint64_t began = now_ns();

		take_turn(both->set->pools[0]);
		samples_add(&both->times, now_ns() - began);
	}
}

static uint64_t once(void *argument, uint64_t turns)
{
	struct independence *both = argument;

	both->turns = turns;
	return run_pinned(1, make_turns, both);
}

/* Kills A's manager as soon as its instance serves, again and again. */
static void *crash_a(void *argument)
{
	struct independence *both = argument;

	pin_to(1);
	while (!atomic_load(&both->stop)) {
		struct pooltoy_lease lease;

		must(pooltoy_checkout(both->a, -1, &lease), "checkout");
		must(pooltoy_kill_manager(both->a), "kill");
		while (pooltoy_lease_worker(&lease) != POOLTOY_ESTALE)
			sched_yield();
		atomic_fetch_add(&both->events, 1);
	}
	return NULL;
}

static void *do_nothing(void *argument)
{
	return argument;
}

static void *create_threads(void *argument)
{
	struct independence *both = argument;

	pin_to(1);
	while (!atomic_load(&both->stop)) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, do_nothing, NULL))
			errx(1, "no thread to be had");
		pthread_join(thread, NULL);
		atomic_fetch_add(&both->events, 1);
	}
	return NULL;
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.init = NULL);

static void *independence_open(const struct order *order)
{
	struct independence *both = must_alloc(sizeof *both);
	cpu_set_t all;

	sched_getaffinity(0, sizeof all, &all);
	pin_to(1);
	both->set = open_pools(1, order->workers);
	must(pooltoy_start_pool(both->set->supervisor,
				POOLTOY_POOL_SPEC(.name = "a", .worker = &ops, .size = A_WORKERS,
						  .max_restarts = RESTARTS, .restart_period = 1),
				&both->a),
	     "start");
	sched_setaffinity(0, sizeof all, &all);
	samples_init(&both->times, TIMED_TURNS);
	both->turns = calibrate(once, both, order->ms);
	return both;
}

struct names {
	const char *ns, *cpu_ns, *throughput, *p999, *longest, *events;
};

static void measure(struct independence *both, const struct names *names, struct answer *found)
{
	double ns = (double)once(both, both->turns) / (double)both->turns;
	double cpu = (double)both->cpu_ns / (double)both->turns;

	both->times.count = 0;
	run_pinned(1, make_timed_turns, both);
	samples_sort(&both->times);
	answer(found, names->ns, ns);
	answer(found, names->cpu_ns, cpu);
	answer(found, names->throughput, 1e9 / ns);
	answer(found, names->p999, (double)samples_at(&both->times, 999));
	answer(found, names->longest, (double)samples_at(&both->times, 1000));
}

static void measure_beside(struct independence *both, void *(*other)(void *argument),
			   const struct names *names, struct answer *found)
{
	pthread_t thread;
	uint64_t began = now_ns();

	atomic_store(&both->stop, false);
	atomic_store(&both->events, 0);
	if (pthread_create(&thread, NULL, other, both))
		errx(1, "no thread to be had");
	measure(both, names, found);
	atomic_store(&both->stop, true);
	pthread_join(thread, NULL);
	answer(found, names->events,
	       1e9 * (double)atomic_load(&both->events) / (double)(now_ns() - began));
}

static void independence_round(void *context, struct answer *found)
{
	static const struct names alone = { "ns@alone",          "cpu_ns@alone",
					    "throughput@alone",  "ns_p999@alone",
					    "turn_max_ns@alone", NULL };
	static const struct names beside = { "ns",      "cpu_ns",      "throughput",
					     "ns_p999", "turn_max_ns", "crashes_per_s" };
	static const struct names beside_threads = {
		"ns@beside_threads",          "cpu_ns@beside_threads",
		"throughput@beside_threads",  "ns_p999@beside_threads",
		"turn_max_ns@beside_threads", "threads_per_s@beside_threads"
	};

	measure(context, &alone, found);
	measure_beside(context, crash_a, &beside, found);
	measure_beside(context, create_threads, &beside_threads, found);
}

static void independence_close(void *context)
{
	struct independence *both = context;

	close_pools(both->set);
	pooltoy_pool_release(both->a);
	samples_free(&both->times);
	free(both);
}

const struct scenario independence_scenario = { "independence", independence_open,
						independence_round, independence_close };
