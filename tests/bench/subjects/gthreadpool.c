/* SPDX-License-Identifier: MIT */
/* gthreadpool.c: GLib's thread pool, exclusive: its threads are its own and stay. Its queue has no
 * bound; a task cannot be cancelled, and nobody hears of its end. */
#include <err.h>
#include <glib.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

/* GThreadPool has one function and a pointer for each task; where the tasks differ, what the pointer
 * leads to says how. Here it is known beforehand, and costs no allocation. */
struct task {
	void (*function)(void *argument);
	void *argument;
};

enum { PRODUCERS_MAX = 64 };

struct task_set {
	GThreadPool *pool;
	struct task tasks[PRODUCERS_MAX];
};

static void run(gpointer data, gpointer argument)
{
	const struct task *task = data;

	(void)argument;
	task->function(task->argument);
}

static void *task_open(const struct order *order)
{
	struct task_set *set = must_alloc(sizeof *set);

	set->pool = g_thread_pool_new(run, NULL, (gint)order->workers, TRUE, NULL);
	if (!set->pool || order->threads > PRODUCERS_MAX)
		errx(1, "no thread pool");
	return set;
}

static void task_close(void *argument)
{
	struct task_set *set = argument;

	g_thread_pool_free(set->pool, FALSE, TRUE);
	free(set);
}

/* A producer's tasks are all of one kind. */
static void submit(void *argument, unsigned producer, void (*function)(void *argument),
		   void *function_argument)
{
	struct task_set *set = argument;
	struct task *task = &set->tasks[producer];

	if (task->function != function || task->argument != function_argument)
		*task = (struct task){ function, function_argument };
	g_thread_pool_push(set->pool, task, NULL);
}

static const struct task_ops task = { task_open, task_close, submit, NULL };

const struct subject subject = { .name = "gthreadpool", .task = &task };
