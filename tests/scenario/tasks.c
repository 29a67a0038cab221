/* SPDX-License-Identifier: MIT */
/* tasks.c: tasks for a scene, and what is told of them. */
#include "scenario/tasks.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int turns;

void told_init(struct told *told)
{
	memset(told, 0, sizeof *told);
	tokens_init(&told->news);
}

void note_outcome(const struct pooltoy_outcome *outcome, void *argument)
{
	struct told *told = argument;

	CU_ASSERT(outcome->struct_size >= sizeof *outcome);
	told->code = outcome->code;
	told->worker = outcome->worker;
	told->length = outcome->length;
	told->thread_id = syscall(SYS_gettid);
	strncpy(told->reason, outcome->reason, sizeof told->reason - 1);
	if (outcome->length == sizeof told->answer)
		memcpy(&told->answer, outcome->reply, sizeof told->answer);
	memcpy(told->reply, outcome->reply ? outcome->reply : "",
	       outcome->length < sizeof told->reply ? outcome->length : 0);
	told->turn = ++turns;
	told->times++;
	tokens_put(&told->news);
}

int submit_order(struct scene *scene, struct order order, struct told *told)
{
	return pooltoy_submit(scene->pool, &order, sizeof order, note_outcome, told, &told->task);
}

int await_told(struct told *told)
{
	CU_ASSERT(tokens_take_soon(&told->news));
	CU_ASSERT_EQUAL(told->times, 1);
	tokens_destroy(&told->news);
	return told->code;
}

int tell_any(struct scene *scene, struct order order, struct told *told)
{
	told_init(told);
	MUST(submit_order(scene, order, told));
	return await_told(told);
}

void hold_worker(struct scene *scene, struct told *told)
{
	told_init(told);
	MUST(submit_order(scene, (struct order){ HOLD_DEAF, 1, &scene->gate }, told));
	CU_ASSERT(gate_await(&scene->gate));
}

void let_worker_go(struct scene *scene, struct told *told)
{
	gate_open(&scene->gate);
	CU_ASSERT_EQUAL(await_told(told), 0);
}
