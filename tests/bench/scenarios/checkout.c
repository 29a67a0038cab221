/* SPDX-License-Identifier: MIT */
/*
 * checkout.c: checkout and checkin with nobody in the way.
 *
 * Where the case is not the plain one, of one thread and a pool of 8, each round measures that, too: to
 * be compared with, it must be of the same minute.
 */
#include <assert.h>
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "scenarios/scenario.h"
#include "subjects/subject.h"

struct checkout {
	struct order order;
	void *set;
	uint64_t turns;
	struct checkout *plain; /* NULL: this is it */
	/* A thread that holds all that the order wants leased. */
	pthread_t holder;
	sem_t holds, release;
	/* `moving`: what the measuring thread holds, and how long it took, but for getting hold. */
	struct holding *held;
	unsigned holdings;
	uint64_t moved_ns;
};

static void *hold(void *argument)
{
	struct checkout *checkout = argument;
	struct holding *held = must_alloc(checkout->order.leased * sizeof *held);

	for (unsigned i = 0; i < checkout->order.leased; i++)
		subject.pool->checkout(checkout->set, &held[i]);
	sem_post(&checkout->holds);
	sem_wait(&checkout->release);
	for (unsigned i = 0; i < checkout->order.leased; i++)
		subject.pool->checkin(checkout->set, &held[i]);
	free(held);
	return NULL;
}

static void make_turns(void *argument, unsigned thread)
{
	const struct checkout *checkout = argument;

	(void)thread;
	subject.pool->turns(checkout->set, checkout->turns);
}

/* Takes the only idle worker, and gives another one back, any of those held. */
static void move(void *argument, unsigned thread)
{
	struct checkout *checkout = argument;
	uint64_t random = 1, began;

	(void)thread;
	assert(checkout->holdings > 0);
	for (unsigned i = 0; i < checkout->holdings; i++)
		subject.pool->checkout(checkout->set, &checkout->held[i]);
	began = now_ns();
	for (uint64_t i = 0; i < checkout->turns; i++) {
		struct holding taken;
		unsigned any;

		random = random * 6364136223846793005u + 1442695040888963407u;
		any = (unsigned)((random >> 33) % checkout->holdings);
		subject.pool->checkout(checkout->set, &taken);
		subject.pool->checkin(checkout->set, &checkout->held[any]);
		checkout->held[any] = taken;
	}
	checkout->moved_ns = now_ns() - began;
	for (unsigned i = 0; i < checkout->holdings; i++)
		subject.pool->checkin(checkout->set, &checkout->held[i]);
}

static uint64_t once(void *argument, uint64_t turns)
{
	struct checkout *checkout = argument;

	checkout->turns = turns;
	if (!checkout->held)
		return run_pinned(checkout->order.threads, make_turns, checkout);
	run_pinned(1, move, checkout);
	return checkout->moved_ns;
}

static bool is_plain(const struct order *order)
{
	return order->threads == 1 && order->pools == 1 && order->workers == 8;
}

static void *checkout_open(const struct order *order)
{
	const struct order plain = { .threads = 1, .pools = 1, .workers = 8, .ms = order->ms };
	struct checkout *checkout;

	if (!subject.pool || (order->leased > 0 && !subject.pool->checkout) ||
	    (order->moving && !subject.pool->checkout))
		return NULL;
	checkout = must_alloc(sizeof *checkout);
	checkout->order = *order;
	checkout->set = subject.pool->open(order);
	if (order->leased > 0) {
		sem_init(&checkout->holds, 0, 0);
		sem_init(&checkout->release, 0, 0);
		if (pthread_create(&checkout->holder, NULL, hold, checkout))
			errx(1, "no thread to be had");
		sem_wait(&checkout->holds);
	}
	if (order->moving) {
		checkout->holdings = order->workers - 1;
		checkout->held = must_alloc(checkout->holdings * sizeof *checkout->held);
	}
	checkout->turns = calibrate(once, checkout, order->ms);
	if (!is_plain(order))
		checkout->plain = checkout_open(&plain);
	return checkout;
}

static void checkout_round(void *context, struct answer *found)
{
	struct checkout *checkout = context;
	uint64_t cpu = cpu_ns();
	uint64_t taken = once(checkout, checkout->turns);
	double ns = (double)taken / (double)checkout->turns;

	cpu = cpu_ns() - cpu;
	answer(found, "ns", ns);
	if (!checkout->held)
		answer(found, "cpu_ns",
		       (double)cpu / (double)checkout->turns / checkout->order.threads);
	answer(found, "throughput", checkout->order.threads * 1e9 / ns);
	if (checkout->plain) {
		ns = (double)once(checkout->plain, checkout->plain->turns) /
		     (double)checkout->plain->turns;
		answer(found, "plain_ns", ns);
		answer(found, "plain_throughput", 1e9 / ns);
	}
}

static void checkout_close(void *context)
{
	struct checkout *checkout = context;

	if (checkout->order.leased > 0) {
		sem_post(&checkout->release);
		pthread_join(checkout->holder, NULL);
	}
	if (checkout->plain)
		checkout_close(checkout->plain);
	subject.pool->close(checkout->set);
	free(checkout->held);
	free(checkout);
}

const struct scenario checkout_scenario = { "checkout", checkout_open, checkout_round,
					    checkout_close };
