/* SPDX-License-Identifier: MIT */
/* task_ring_loses_nothing.c: senders, receivers and who withdraws, on a ring so small that it wraps and fills up. */
#include "explore.h"

#include "task_ring.h"

enum { SENT = 4 };
enum { FULL, WITHDRAWN, TOO_LATE, EMPTY, WRAPPED };

static struct task_ring *ring;
static unsigned taken[SENT];
static bool sent[SENT];
static uint64_t position_of_2;
static uintptr_t last_of_sender[2];

static void open_two_cells(void)
{
	memset(taken, 0, sizeof taken);
	memset(sent, 0, sizeof sent);
	memset(last_of_sender, 0, sizeof last_of_sender);
	position_of_2 = UINT64_MAX;
	ring = task_ring_create(2);
}

static void note_taken(const struct task *task)
{
	uintptr_t number = (uintptr_t)task->argument;

	EXPLORE_CHECK(number < SENT && taken[number]++ == 0);
	EXPLORE_CHECK(task->length == number);
}

static void send(uintptr_t number)
{
	struct task task = { .length = number, .argument = (void *)number };
	uint64_t position;

	sent[number] = task_ring_put(ring, &task, &position);
	if (!sent[number])
		explore_saw(FULL);
	else if (position >= 2)
		explore_saw(WRAPPED);
	if (number == 2 && sent[number])
		position_of_2 = position;
}

static void send_0_and_1(void)
{
	send(0);
	send(1);
}

static void send_2_and_3(void)
{
	send(2);
	send(3);
}

/* Each sender's come in its order. */
static void take_two(void)
{
	struct task first, second;
	bool took = task_ring_take(ring, &first);

	if (took)
		note_taken(&first);
	if (!task_ring_take(ring, &second)) {
		explore_saw(EMPTY);
		return;
	}
	note_taken(&second);
	EXPLORE_CHECK(!took || first.length / 2 != second.length / 2 ||
		      first.length < second.length);
}

static void withdraw_2(void)
{
	struct task task;

	if (position_of_2 == UINT64_MAX)
		return;
	if (!task_ring_withdraw(ring, position_of_2, &task)) {
		explore_saw(TOO_LATE);
		return;
	}
	EXPLORE_CHECK(task.length == 2);
	note_taken(&task);
	explore_saw(WITHDRAWN);
	EXPLORE_CHECK(!task_ring_withdraw(ring, position_of_2, &task));
}

static void nothing_is_lost(void)
{
	struct task task;

	while (task_ring_take(ring, &task)) {
		uintptr_t *last = &last_of_sender[task.length / 2];

		note_taken(&task);
		EXPLORE_CHECK(task.length >= *last);
		*last = task.length;
	}
	EXPLORE_CHECK(!task_ring_waiting(ring));
	EXPLORE_CHECK(task_ring_count(ring) == 0);
	for (int i = 0; i < SENT; i++)
		EXPLORE_CHECK(taken[i] == sent[i]);
	task_ring_destroy(ring);
}

EXPLORE_SCENARIO(task_ring_loses_nothing) = {
	.story = "two senders, two receivers and one who withdraws, on two cells: each task "
		 "has one taker",
	.setup = open_two_cells,
	.finish = nothing_is_lost,
	.fibers = { { "one", send_0_and_1, false },
		    { "other", send_2_and_3, false },
		    { "taker", take_two, false },
		    { "rival", take_two, false },
		    { "withdrawer", withdraw_2, false } },
	.sights = { [FULL] = "full",
		    [WITHDRAWN] = "withdrawn",
		    [TOO_LATE] = "too late to withdraw",
		    [EMPTY] = "empty",
		    [WRAPPED] = "in the second lap" },
};
