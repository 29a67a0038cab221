/* SPDX-License-Identifier: MIT */
/* tasks.c: each task's outcome is told once, and right. */
#include "tasks.h"

#include "laws.h"
#include "pool.h"

static struct record {
	bool accepted, submitted;
	int outcome;
	unsigned turn; /* the how-manieth to be told */
	struct pooltoy_task task;
} records[TASKS_MAX];
static unsigned turns;

void tasks_open(struct pooltoy_pool_spec spec)
{
	memset(records, 0, sizeof records);
	turns = 0;
	for (int i = 0; i < TASKS_MAX; i++)
		records[i].outcome = TASKS_NOT_TOLD;
	pools_open(spec);
}

void tasks_open_one(void)
{
	tasks_open(POOLS_SPEC(.size = 1));
}

void tasks_open_two(void)
{
	tasks_open(POOLS_SPEC(.size = 2));
}

void tasks_open_one_and_hold(void)
{
	tasks_open_one();
	act_hold(&act_held);
}

static void done(const struct pooltoy_outcome *outcome, void *argument)
{
	struct record *record = argument;
	int number = (int)(record - records), answer;

	explore_note("task %d: told %d", number, outcome->code);
	EXPLORE_CHECK(explore_holds_no_lock());
	EXPLORE_CHECK(record->outcome == TASKS_NOT_TOLD);
	record->outcome = outcome->code;
	record->turn = ++turns;
	switch (outcome->code) {
	case 0:
		EXPLORE_CHECK(outcome->length == sizeof answer);
		memcpy(&answer, outcome->reply, sizeof answer);
		EXPLORE_CHECK(answer == 2 * number);
		EXPLORE_CHECK(outcome->worker >= 0);
		break;
	case POOLTOY_ECRASHED:
		EXPLORE_CHECK(outcome->worker >= 0);
		break;
	default:
		EXPLORE_CHECK(outcome->worker == -1);
	}
}

int tasks_submit(int number)
{
	struct record *record = &records[number];
	int code = pooltoy_submit(poolio, &number, sizeof number, done, record, &record->task);

	explore_note("submit %d: %d", number, code);
	record->accepted = code == 0;
	record->submitted = true;
	if (code)
		EXPLORE_CHECK(record->outcome == TASKS_NOT_TOLD);
	return code;
}

void tasks_submit_1(void)
{
	EXPLORE_CHECK(tasks_submit(1) == 0);
}

void tasks_submit_2(void)
{
	EXPLORE_CHECK(tasks_submit(2) == 0);
}

void tasks_submit_2_perhaps(void)
{
	int code = tasks_submit(2);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED || code == POOLTOY_EFAILED);
}

void tasks_cancel_1(void)
{
	struct record *record = &records[1];
	int code;

	if (!record->accepted)
		return;
	code = pooltoy_task_cancel(&record->task);
	explore_note("cancel 1: %d", code);
	if (code == 0)
		EXPLORE_CHECK(record->outcome == POOLTOY_ECANCELLED);
	else
		EXPLORE_CHECK(code == POOLTOY_ESTALE);
	explore_saw(code ? TASKS_TOO_LATE : TASKS_CANCELLED);
}

void tasks_check_in_held(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&act_held) == 0);
}

void tasks_check_in_held_if_it_lives(void)
{
	int code = pooltoy_checkin(&act_held);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

int tasks_outcome(int number)
{
	return records[number].outcome;
}

bool tasks_ran_in_order(int first, int second)
{
	return records[first].outcome || records[second].outcome ||
	       records[first].turn < records[second].turn;
}

static bool all_told(void)
{
	for (int i = 0; i < TASKS_MAX; i++)
		if (records[i].accepted && records[i].outcome == TASKS_NOT_TOLD)
			return false;
	return true;
}

void tasks_await(void)
{
	sync_yield_until(all_told());
}

void tasks_close(void)
{
	pools_close();
	EXPLORE_CHECK(all_told());
	for (int i = 0; i < TASKS_MAX; i++)
		if (!records[i].accepted)
			EXPLORE_CHECK(records[i].outcome == TASKS_NOT_TOLD);
}

void tasks_see_and_close(void)
{
	tasks_close();
	for (int i = 0; i < TASKS_MAX; i++) {
		if (records[i].accepted)
			act_see(records[i].outcome);
		else if (records[i].submitted)
			explore_saw(TASKS_REFUSED);
	}
}

void tasks_await_and_close(void)
{
	tasks_await();
	tasks_see_and_close();
}

void tasks_close_after_cancel(void)
{
	tasks_await();
	EXPLORE_CHECK(tasks_outcome(2) == 0);
	EXPLORE_CHECK(tasks_ran_in_order(1, 2));
	tasks_close();
}

void tasks_close_after_crash(void)
{
	tasks_await_and_close();
	/* A call that ended its thread has been counted, too. */
	EXPLORE_CHECK(counts.calls == 2);
}

bool tasks_are_watched(void)
{
	struct task_ring *ring = figure_load(&poolio->broker.tasks);

	return ring && figure_load(&ring->watched);
}

bool tasks_have_all_idle(void)
{
	return laws_account()->slots[SLOT_IDLE] == poolio->config.size;
}
