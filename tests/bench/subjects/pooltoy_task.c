/* SPDX-License-Identifier: MIT */
/* pooltoy_task.c: tasks, each copied into the pool's queue and its outcome told to a callback. */
#include "subjects/pooltoy.h"

#include <sched.h>
#include <string.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

struct work {
	void (*function)(void *argument);
	void *argument;
};

static int run(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct work work;

	(void)self;
	(void)state;
	(void)length;
	memcpy(&work, request, sizeof work);
	work.function(work.argument);
	return 0;
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = run);

static void *task_open(const struct order *order)
{
	return open_pools_of(&ops, 1, order->workers);
}

static void task_close(void *set)
{
	close_pools(set);
}

static void ended(const struct pooltoy_outcome *outcome, void *argument)
{
	(void)argument;
	must(outcome->code, outcome->reason);
}

/* The queue is bounded: who finds it full lets the workers have the processor. */
static void submit(void *argument, unsigned producer, void (*function)(void *argument),
		   void *function_argument)
{
	struct pool_set *set = argument;
	struct work work = { function, function_argument };
	int code;

	(void)producer;
	while ((code = pooltoy_submit(set->pools[0], &work, sizeof work, ended, NULL, NULL)) ==
	       POOLTOY_EAGAIN)
		sched_yield();
	must(code, "submit");
}

const struct task_ops pooltoy_task = { task_open, task_close, submit, NULL };
