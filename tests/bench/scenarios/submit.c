/* SPDX-License-Identifier: MIT */
/*
 * submit.c: tasks that do next to nothing, for any of two workers.
 *
 * Without a gap: all producers submit as fast as they can; the time a task is that from the first
 * submission until all have run, over their number. With a gap: a lone task, submitted when nobody
 * has anything to do; the time is from the submission to the task's begin.
 */
#include <err.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "scenarios/scenario.h"
#include "subjects/subject.h"

/* Each worker thread counts what it ran on a line of its own: the count costs no rival anything. */
enum { COUNTERS_MAX = 64 };
static struct counter {
	_Alignas(64) atomic_ulong count;
} counters[COUNTERS_MAX];
static atomic_uint counters_used;
static _Thread_local struct counter *counter;

static void count_task(void *argument)
{
	(void)argument;
	if (!counter) {
		unsigned mine = atomic_fetch_add(&counters_used, 1);

		if (mine >= COUNTERS_MAX)
			errx(1, "more workers than foreseen");
		counter = &counters[mine];
	}
	atomic_store_explicit(&counter->count,
			      atomic_load_explicit(&counter->count, memory_order_relaxed) + 1,
			      memory_order_release);
}

static uint64_t tasks_counted(void)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < COUNTERS_MAX; i++)
		all += atomic_load_explicit(&counters[i].count, memory_order_acquire);
	return all;
}

struct submit {
	struct order order;
	void *set;
	uint64_t tasks; /* of each producer */
	uint64_t counted_before;
	struct samples samples;
};

/* A producer that is done sleeps: what is left is the workers' to run. */
enum { LOOK_AGAIN_NS = 20000 };

static void produce(void *argument, unsigned thread)
{
	struct submit *submit = argument;
	uint64_t all = submit->tasks * submit->order.threads;

	for (uint64_t i = 0; i < submit->tasks; i++)
		subject.task->submit(submit->set, thread, count_task, NULL);
	if (subject.task->drain)
		subject.task->drain(submit->set, thread);
	if (thread > 0)
		return;
	while (tasks_counted() - submit->counted_before < all)
		sleep_for(LOOK_AGAIN_NS);
}

static uint64_t produce_all(void *argument, uint64_t tasks)
{
	struct submit *submit = argument;

	submit->tasks = tasks;
	submit->counted_before = tasks_counted();
	return run_together(submit->order.threads, produce, submit);
}

static void note_time(void *argument)
{
	atomic_ullong *when = argument;

	atomic_store(when, now_ns());
}

static void submit_lone(void *argument, unsigned thread)
{
	struct submit *submit = argument;

	for (uint64_t i = 0; i < submit->tasks; i++) {
		atomic_ullong when = 0;
		uint64_t began;

		sleep_for(submit->order.gap_us * 1000);
		began = now_ns();
		subject.task->submit(submit->set, thread, note_time, &when);
		if (subject.task->drain)
			subject.task->drain(submit->set, thread);
		while (atomic_load(&when) == 0)
			sleep_for(submit->order.gap_us * 1000);
		samples_add(&submit->samples, atomic_load(&when) - began);
	}
}

static void *submit_open(const struct order *order)
{
	struct submit *submit;

	if (!subject.task)
		return NULL;
	submit = must_alloc(sizeof *submit);
	submit->order = *order;
	submit->set = subject.task->open(order);
	if (order->gap_us > 0) {
		submit->tasks = order->ms * 1000 / order->gap_us;
		samples_init(&submit->samples, submit->tasks);
	} else {
		submit->tasks = calibrate(produce_all, submit, order->ms);
	}
	return submit;
}

static void submit_round(void *context, struct answer *found)
{
	struct submit *submit = context;
	uint64_t taken;

	if (submit->order.gap_us == 0) {
		taken = produce_all(submit, submit->tasks);
		answer(found, "ns",
		       (double)taken / (double)(submit->tasks * submit->order.threads));
		return;
	}
	run_together(1, submit_lone, submit);
	samples_sort(&submit->samples);
	answer(found, "ns", (double)samples_at(&submit->samples, 500));
	answer(found, "ns_p99", (double)samples_at(&submit->samples, 990));
	submit->samples.count = 0;
}

static void submit_close(void *context)
{
	struct submit *submit = context;

	subject.task->close(submit->set);
	if (submit->order.gap_us > 0)
		samples_free(&submit->samples);
	free(submit);
}

const struct scenario submit_scenario = { "submit", submit_open, submit_round, submit_close };
