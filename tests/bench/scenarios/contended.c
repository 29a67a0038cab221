/* SPDX-License-Identifier: MIT */
/*
 * contended.c: many clients, few workers.
 *
 * Without a rate, all clients take turns as fast as they can: the throughput, and from a second
 * run with clocks read around each checkout the longest wait. With a rate, each client has a
 * timetable, all of them together the rate, evenly spread; a wait is counted from the time at which
 * the client was to arrive, so that one that is late because it waited before does not hide that
 * it would have waited again.
 */
#include <stdlib.h>
#include "scenarios/measure.h"
#include "scenarios/scenario.h"
#include "subjects/subject.h"

struct client {
	uint64_t turns, longest;
	struct samples waits, delays;
	/* Clients of one process are no neighbours in memory. */
	char apart[64];
};

struct contended {
	struct order order;
	void *set;
	uint64_t begin, end;
	struct client *clients;
};

static void take_turn(const struct contended *contended)
{
	struct holding holding;

	subject.pool->checkout(contended->set, &holding);
	work_for(contended->order.hold_ns);
	subject.pool->checkin(contended->set, &holding);
}

/* The clock is read seldom where it would be what is measured. */
enum { TURNS_BETWEEN_LOOKS = 64 };

static void hurry(void *argument, unsigned thread)
{
	const struct contended *contended = argument;
	struct client *client = &contended->clients[thread];
	unsigned turns = contended->order.hold_ns > 0 ? 1 : TURNS_BETWEEN_LOOKS;

	/* Even one that comes late has its turn. */
	do {
		for (unsigned i = 0; i < turns; i++)
			take_turn(contended);
		client->turns += turns;
	} while (now_ns() < contended->end);
}

static void hurry_watched(void *argument, unsigned thread)
{
	const struct contended *contended = argument;
	struct client *client = &contended->clients[thread];
	struct holding holding;
	uint64_t began;

	while ((began = now_ns()) < contended->end) {
		uint64_t waited;

		subject.pool->checkout(contended->set, &holding);
		waited = now_ns() - began;
		if (waited > client->longest)
			client->longest = waited;
		work_for(contended->order.hold_ns);
		subject.pool->checkin(contended->set, &holding);
	}
}

static void keep_timetable(void *argument, unsigned thread)
{
	const struct contended *contended = argument;
	const struct order *order = &contended->order;
	struct client *client = &contended->clients[thread];
	uint64_t interval = 1000000000u * (uint64_t)order->threads / order->rate;
	uint64_t due = contended->begin + interval * thread / order->threads;

	for (; due < contended->end; due += interval) {
		struct holding holding;

		if (now_ns() < due)
			sleep_until(due);
		samples_add(&client->delays, now_ns() - due);
		subject.pool->checkout(contended->set, &holding);
		samples_add(&client->waits, now_ns() - due);
		work_for(order->hold_ns);
		subject.pool->checkin(contended->set, &holding);
	}
}

static uint64_t run(struct contended *contended, void (*body)(void *argument, unsigned thread))
{
	/* Time for the last of them to be there. */
	contended->begin = now_ns() + 5000000u;
	contended->end = contended->begin + contended->order.ms * 1000000u;
	return run_together(contended->order.threads, body, contended);
}

static void *contended_open(const struct order *order)
{
	struct contended *contended;

	if (!subject.pool || !subject.pool->checkout)
		return NULL;
	contended = must_alloc(sizeof *contended);
	contended->order = *order;
	contended->set = subject.pool->open(order);
	contended->clients = must_alloc(order->threads * sizeof *contended->clients);
	for (unsigned i = 0; i < order->threads && order->rate > 0; i++) {
		size_t size = (size_t)(order->rate * order->ms / 1000 / order->threads) + 2;

		samples_init(&contended->clients[i].waits, size);
		samples_init(&contended->clients[i].delays, size);
	}
	run(contended, hurry); /* warm up */
	return contended;
}

static void collect(const struct contended *contended, struct samples *waits,
		    struct samples *delays)
{
	size_t size = 0;

	for (unsigned i = 0; i < contended->order.threads; i++)
		size += contended->clients[i].waits.count;
	samples_init(waits, size);
	samples_init(delays, size);
	for (unsigned i = 0; i < contended->order.threads; i++) {
		samples_move(waits, &contended->clients[i].waits);
		samples_move(delays, &contended->clients[i].delays);
	}
	samples_sort(waits);
	samples_sort(delays);
}

static void round_on_time(struct contended *contended, struct answer *found)
{
	struct samples waits, delays;

	run(contended, keep_timetable);
	collect(contended, &waits, &delays);
	answer(found, "ns", (double)samples_at(&waits, 500));
	answer(found, "ns_p50", (double)samples_at(&waits, 500));
	answer(found, "ns_p99", (double)samples_at(&waits, 990));
	answer(found, "ns_p999", (double)samples_at(&waits, 999));
	answer(found, "wait_max_ns", (double)samples_at(&waits, 1000));
	answer(found, "late_p50_ns", (double)samples_at(&delays, 500));
	answer(found, "late_p99_ns", (double)samples_at(&delays, 990));
	samples_free(&waits);
	samples_free(&delays);
}

static void round_at_full_speed(struct contended *contended, struct answer *found)
{
	uint64_t taken, turns = 0, longest = 0;

	for (unsigned i = 0; i < contended->order.threads; i++)
		contended->clients[i].turns = contended->clients[i].longest = 0;
	taken = run(contended, hurry);
	run(contended, hurry_watched);
	for (unsigned i = 0; i < contended->order.threads; i++) {
		turns += contended->clients[i].turns;
		if (contended->clients[i].longest > longest)
			longest = contended->clients[i].longest;
	}
	answer(found, "ns", (double)taken / (double)turns);
	answer(found, "throughput", 1e9 * (double)turns / (double)taken);
	answer(found, "wait_max_ns", (double)longest);
}

static void contended_round(void *context, struct answer *found)
{
	struct contended *contended = context;

	if (contended->order.rate > 0)
		round_on_time(contended, found);
	else
		round_at_full_speed(contended, found);
}

static void contended_close(void *context)
{
	struct contended *contended = context;

	subject.pool->close(contended->set);
	for (unsigned i = 0; i < contended->order.threads && contended->order.rate > 0; i++) {
		samples_free(&contended->clients[i].waits);
		samples_free(&contended->clients[i].delays);
	}
	free(contended->clients);
	free(contended);
}

const struct scenario contended_scenario = { "contended", contended_open, contended_round,
					     contended_close };
