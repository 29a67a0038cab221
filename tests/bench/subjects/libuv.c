/* SPDX-License-Identifier: MIT */
/*
 * libuv.c: uv_queue_work. A task is submitted on a loop's thread alone and its end is told there,
 * which is part of what is measured; so each producer has a loop of its own. The threads are the
 * process's, and their number an environment variable's. The queue has no bound.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

struct work {
	uv_work_t work;
	void (*function)(void *argument);
	void *argument;
};

struct task_set {
	unsigned count;
	uv_loop_t loops[];
};

static void *task_open(const struct order *order)
{
	struct task_set *set = must_alloc(sizeof *set + order->threads * sizeof *set->loops);
	char workers[16];

	snprintf(workers, sizeof workers, "%u", order->workers);
	if (setenv("UV_THREADPOOL_SIZE", workers, 1))
		err(1, "setenv");
	for (; set->count < order->threads; set->count++)
		if (uv_loop_init(&set->loops[set->count]))
			errx(1, "no loop");
	return set;
}

static void task_close(void *argument)
{
	struct task_set *set = argument;

	for (unsigned i = 0; i < set->count; i++)
		uv_loop_close(&set->loops[i]);
	free(set);
}

static void run(uv_work_t *request)
{
	struct work *work = request->data;

	work->function(work->argument);
}

static void done(uv_work_t *request, int status)
{
	(void)status;
	free(request->data);
}

static void submit(void *argument, unsigned producer, void (*function)(void *argument),
		   void *function_argument)
{
	struct task_set *set = argument;
	struct work *work = malloc(sizeof *work);

	if (!work)
		errx(1, "out of memory");
	work->work.data = work;
	work->function = function;
	work->argument = function_argument;
	if (uv_queue_work(&set->loops[producer], &work->work, run, done))
		errx(1, "uv_queue_work");
}

static void drain(void *argument, unsigned producer)
{
	struct task_set *set = argument;

	uv_run(&set->loops[producer], UV_RUN_DEFAULT);
}

static const struct task_ops task = { task_open, task_close, submit, drain };

const struct subject subject = { .name = "libuv", .task = &task };
