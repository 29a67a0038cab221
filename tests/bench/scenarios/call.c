/* SPDX-License-Identifier: MIT */
/*
 * call.c: there and back between a caller and the thread that answers it.
 *
 * call_hot: one call right after the other; `apart`: by a thread that has a CPU, as the answering one has. call_parked: a pause before each, so that whoever
 * answers has gone to sleep; the time is that of the call alone, the CPU time is that of the pauses'
 * timers as well, which limit_futex pays too.
 */
#include <stdlib.h>
#include "scenarios/measure.h"
#include "scenarios/scenario.h"
#include "subjects/subject.h"

struct call {
	struct order order;
	void *set;
	uint64_t calls;
	struct samples *samples; /* of each caller; parked */
};

static void call_hot(void *argument, unsigned thread)
{
	const struct call *call = argument;
	void *line = subject.call->join(call->set, thread);

	if (call->order.apart)
		pin_to(thread);
	subject.call->calls(line, call->calls);
	subject.call->leave(line);
}

static uint64_t call_hot_once(void *argument, uint64_t calls)
{
	struct call *call = argument;

	call->calls = calls;
	return run_together(call->order.threads, call_hot, call);
}

static void call_parked(void *argument, unsigned thread)
{
	const struct call *call = argument;
	void *line = subject.call->join(call->set, thread);

	for (uint64_t i = 0; i < call->calls; i++) {
		uint64_t began;

		sleep_for(call->order.gap_us * 1000);
		began = now_ns();
		subject.call->calls(line, 1);
		samples_add(&call->samples[thread], now_ns() - began);
	}
	subject.call->leave(line);
}

static struct call *open_set(const struct order *order)
{
	struct call *call;

	if (!subject.call)
		return NULL;
	call = must_alloc(sizeof *call);
	call->order = *order;
	call->set = subject.call->open(order);
	return call;
}

static void *call_hot_open(const struct order *order)
{
	struct call *call = open_set(order);

	if (call)
		call->calls = calibrate(call_hot_once, call, order->ms);
	return call;
}

static void call_hot_round(void *context, struct answer *found)
{
	struct call *call = context;
	uint64_t cpu = cpu_ns();
	uint64_t taken = call_hot_once(call, call->calls);

	cpu = cpu_ns() - cpu;
	answer(found, "ns", (double)taken / (double)call->calls);
	answer(found, "cpu_ns", (double)cpu / (double)call->calls / call->order.threads);
}

static void *call_parked_open(const struct order *order)
{
	struct call *call = open_set(order);

	if (!call)
		return NULL;
	call->calls = order->ms * 1000 / order->gap_us;
	call->samples = must_alloc(order->threads * sizeof *call->samples);
	for (unsigned i = 0; i < order->threads; i++)
		samples_init(&call->samples[i], call->calls);
	call_hot_once(call, 100); /* warm up */
	call->calls = order->ms * 1000 / order->gap_us;
	return call;
}

static void call_parked_round(void *context, struct answer *found)
{
	struct call *call = context;
	struct samples all;
	uint64_t cpu = cpu_ns();

	run_together(call->order.threads, call_parked, call);
	cpu = cpu_ns() - cpu;
	samples_init(&all, call->calls * call->order.threads);
	for (unsigned i = 0; i < call->order.threads; i++)
		samples_move(&all, &call->samples[i]);
	samples_sort(&all);
	answer(found, "ns", (double)samples_at(&all, 500));
	answer(found, "ns_p99", (double)samples_at(&all, 990));
	answer(found, "cpu_ns", (double)cpu / (double)all.count);
	samples_free(&all);
}

static void call_close(void *context)
{
	struct call *call = context;

	subject.call->close(call->set);
	for (unsigned i = 0; call->samples && i < call->order.threads; i++)
		samples_free(&call->samples[i]);
	free(call->samples);
	free(call);
}

const struct scenario call_hot_scenario = { "call_hot", call_hot_open, call_hot_round, call_close };
const struct scenario call_parked_scenario = { "call_parked", call_parked_open, call_parked_round,
					       call_close };
