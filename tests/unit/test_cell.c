/* SPDX-License-Identifier: MIT */
/* test_cell.c: one call at a time, there and back. */
#include "support/suite.h"
#include "cell.h"
#include "support/faults.h"

#include <pthread.h>
#include <string.h>

static const uint64_t PASSED = 1; /* a deadline */

static void cell_end(struct cell *cell)
{
	bytes_free(&cell->request);
	bytes_free(&cell->reply);
}

static void bytes_are_copied_and_their_memory_is_kept(void)
{
	struct bytes bytes = { 0 };
	char text[] = "hello, workers", full[64] = { 0 };
	void *memory;

	CU_ASSERT_FATAL(bytes_set(&bytes, text, sizeof text));
	text[0] = 'j';
	CU_ASSERT_STRING_EQUAL(bytes.data, "hello, workers");
	CU_ASSERT_EQUAL(bytes.length, sizeof text);
	memory = bytes.data;
	CU_ASSERT(bytes_set(&bytes, "a", 2));
	CU_ASSERT_PTR_EQUAL(bytes.data, memory);
	CU_ASSERT_EQUAL(bytes.length, 2);
	CU_ASSERT_STRING_EQUAL(bytes.data, "a");
	CU_ASSERT_EQUAL_FATAL(bytes_capacity(&bytes), sizeof full);
	CU_ASSERT(bytes_set(&bytes, full, sizeof full));
	CU_ASSERT_PTR_EQUAL(bytes.data, memory);
	bytes_free(&bytes);
	CU_ASSERT_PTR_NULL(bytes.data);
	CU_ASSERT_EQUAL(bytes.length, 0);
	CU_ASSERT_EQUAL(bytes_capacity(&bytes), BYTES_FEW);
}

static void bytes_grow_to_any_length(void)
{
	static char text[100000];
	struct bytes bytes = { 0 };
	long before = faults_live(FAULTS_MEMORY);
	size_t length;

	memset(text, 'x', sizeof text);
	for (length = 1; length <= sizeof text; length *= 7) {
		CU_ASSERT_FATAL(bytes_set(&bytes, text, length));
		CU_ASSERT_EQUAL(bytes.length, length);
		CU_ASSERT(bytes_capacity(&bytes) >= length);
		CU_ASSERT_EQUAL(memcmp(bytes.data, text, length), 0);
		CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), before + (length > BYTES_FEW));
	}
	bytes_free(&bytes);
	CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), before);
}

static void bytes_that_move_leave_none_behind(void)
{
	static const size_t lengths[] = { 0, 1, BYTES_FEW, BYTES_FEW + 1, 1000 };
	static char text[1000];
	long before = faults_live(FAULTS_MEMORY);
	struct bytes to = { 0 };

	memset(text, 'x', sizeof text);
	for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct bytes from = { 0 };

		CU_ASSERT_FATAL(bytes_set(&from, text, lengths[i]));
		bytes_move(&to, &from);
		CU_ASSERT_PTR_NULL(from.data);
		CU_ASSERT_EQUAL(from.length, 0);
		CU_ASSERT_EQUAL(to.length, lengths[i]);
		CU_ASSERT(lengths[i] > BYTES_FEW || to.data == to.few);
		CU_ASSERT_EQUAL(memcmp(to.data, text, lengths[i]), 0);
	}
	CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), before + 1);
	bytes_free(&to);
	CU_ASSERT_EQUAL(faults_live(FAULTS_MEMORY), before);
}

static void no_bytes_need_no_source_and_still_have_an_address(void)
{
	struct bytes bytes = { 0 };

	CU_ASSERT(bytes_set(&bytes, NULL, 0));
	CU_ASSERT_PTR_NOT_NULL(bytes.data);
	CU_ASSERT_EQUAL(bytes.length, 0);
	bytes_free(&bytes);
}

static void without_memory_there_are_no_bytes_and_later_there_are(void)
{
	static const char text[1000];
	struct bytes bytes = { 0 };

	CU_ASSERT_FATAL(bytes_set(&bytes, "before", 7));
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_FALSE(bytes_set(&bytes, text, sizeof text));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_EQUAL(bytes.length, 0);
	CU_ASSERT(bytes_set(&bytes, text, sizeof text));
	CU_ASSERT_EQUAL(bytes.length, sizeof text);
	bytes_free(&bytes);
}

static void a_cell_moves_only_from_the_state_it_is_in(void)
{
	static const enum cell_state states[] = { CELL_EMPTY,    CELL_FILLING, CELL_POSTED,
						  CELL_RUNNING,  CELL_REPLIED, CELL_CRASHED,
						  CELL_ABANDONED };
	unsigned i, j;

	for (i = 0; i < 7; i++) {
		for (j = 0; j < 7; j++) {
			struct cell cell = { 0 };

			sync_store(&cell.state, states[i], relaxed);
			CU_ASSERT_EQUAL(cell_move(&cell, states[j], CELL_EMPTY), i == j);
			CU_ASSERT_EQUAL(cell_look(&cell), i == j ? CELL_EMPTY : states[i]);
		}
	}
}

static void filling_starts_the_call_anew(void)
{
	struct cell cell = { .code = -5, .reply_kept = true };
	struct parker parker;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_FATAL(bytes_set(&cell.reply, "old reply", 10));
	CU_ASSERT(cell_fill(&cell, "request", 8, &parker, 99));
	CU_ASSERT_EQUAL(cell_look(&cell), CELL_FILLING);
	CU_ASSERT_EQUAL(sync_load(&cell.serial, relaxed), 1);
	CU_ASSERT_STRING_EQUAL(cell.request.data, "request");
	CU_ASSERT_EQUAL(cell.request.length, 8);
	CU_ASSERT_EQUAL(cell.timeout_ms, 99);
	CU_ASSERT_EQUAL(figure_load(&cell.deadline), CELL_DEADLINE_TO_COME);
	CU_ASSERT_EQUAL(cell.code, 0);
	CU_ASSERT_EQUAL(cell.reply.length, 0);
	CU_ASSERT_FALSE(cell.reply_kept);
	CU_ASSERT_PTR_EQUAL(figure_load(&cell.caller), &parker);
	cell_end(&cell);
	parker_destroy(&parker);
}

static void without_memory_for_the_request_the_cell_is_empty(void)
{
	struct cell cell = { 0 };
	struct parker parker;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_FALSE(cell_fill(&cell, "a request", 10, &parker, 99));
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_EQUAL(cell_look(&cell), CELL_EMPTY);
	cell_end(&cell);
	parker_destroy(&parker);
}

static bool is_over(void *cell)
{
	return cell_look(cell) != CELL_RUNNING;
}

struct caller {
	struct parker parker;
	struct cell *cell;
	bool woken;
};

static void *sleep_till_over(void *argument)
{
	struct caller *caller = argument;

	caller->woken = parker_await(&caller->parker, is_over, caller->cell, SYNC_NEVER);
	return NULL;
}

static void a_finished_call_wakes_its_caller_with_the_outcome(void)
{
	static const enum cell_state outcomes[] = { CELL_REPLIED, CELL_CRASHED };
	unsigned i;

	for (i = 0; i < 2; i++) {
		struct cell cell = { 0 };
		struct caller caller = { .cell = &cell };
		pthread_t thread;

		CU_ASSERT_EQUAL_FATAL(parker_init(&caller.parker), 0);
		CU_ASSERT_FATAL(cell_fill(&cell, "", 0, &caller.parker, -1));
		CU_ASSERT(cell_move(&cell, CELL_FILLING, CELL_POSTED));
		CU_ASSERT(cell_move(&cell, CELL_POSTED, CELL_RUNNING));
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, sleep_till_over, &caller), 0);
		sync_yield_until(sync_load(&caller.parker.state, relaxed) == PARKER_PARKED);
		CU_ASSERT(cell_finish(&cell, outcomes[i]));
		pthread_join(thread, NULL);
		CU_ASSERT(caller.woken);
		CU_ASSERT_EQUAL(cell_look(&cell), outcomes[i]);
		cell_end(&cell);
		parker_destroy(&caller.parker);
	}
}

/* A caller without a thread, and what it was told. */
struct absentee {
	struct absent_caller caller;
	unsigned told;
	bool answered;
	enum cell_state found;
	struct cell *cell;
};

static void note_over(struct absent_caller *caller, bool answered)
{
	struct absentee *absentee = (struct absentee *)caller;

	absentee->told++;
	absentee->answered = answered;
	absentee->found = cell_look(absentee->cell);
}

static void an_absent_caller_is_told_whether_it_has_an_answer(void)
{
	static const enum cell_state outcomes[] = { CELL_REPLIED, CELL_CRASHED, CELL_ABANDONED };

	for (unsigned i = 0; i < 3; i++) {
		struct cell cell = { .state = CELL_EMPTY };
		struct absentee absentee = { .caller = { note_over }, .cell = &cell };
		bool leaves = outcomes[i] == CELL_ABANDONED;

		CU_ASSERT_FATAL(cell_fill(&cell, "?", 2, NULL, -1));
		CU_ASSERT_PTR_NULL(figure_load(&cell.caller));
		cell.absent = &absentee.caller;
		sync_store(&cell.state, CELL_RUNNING, seq_cst);
		if (leaves)
			CU_ASSERT(cell_move(&cell, CELL_RUNNING, CELL_ABANDONED));
		CU_ASSERT_EQUAL(cell_finish(&cell, leaves ? CELL_REPLIED : outcomes[i]), !leaves);
		CU_ASSERT_EQUAL(absentee.told, 1);
		CU_ASSERT_EQUAL(absentee.answered, !leaves);
		CU_ASSERT_EQUAL(absentee.found, leaves ? CELL_EMPTY : outcomes[i]);
		cell_end(&cell);
	}
}

static void an_abandoned_call_ends_with_an_empty_cell_and_wakes_nobody(void)
{
	struct cell cell = { 0 };
	struct parker parker;

	CU_ASSERT_EQUAL_FATAL(parker_init(&parker), 0);
	CU_ASSERT_FATAL(cell_fill(&cell, "", 0, &parker, -1));
	CU_ASSERT(cell_move(&cell, CELL_FILLING, CELL_POSTED));
	CU_ASSERT(cell_move(&cell, CELL_POSTED, CELL_RUNNING));
	CU_ASSERT(cell_move(&cell, CELL_RUNNING, CELL_ABANDONED));
	CU_ASSERT_FALSE(cell_finish(&cell, CELL_REPLIED));
	CU_ASSERT_EQUAL(cell_look(&cell), CELL_EMPTY);
	CU_ASSERT_FALSE(parker_park(&parker, PASSED));
	cell_end(&cell);
	parker_destroy(&parker);
}

/* A caller and a worker, and of each call one of three ends: reply, withdrawal, abandonment. */
enum { CALLS = 10000 };

struct line {
	struct cell cell;
	struct parker caller, worker;
	sync_atomic(bool) hung_up;
	unsigned answered, dropped; /* the worker's */
};

static bool is_posted_or_hung_up(void *argument)
{
	struct line *line = argument;

	return cell_look(&line->cell) == CELL_POSTED || sync_load(&line->hung_up, seq_cst);
}

static bool is_answered_or_empty(void *cell)
{
	return cell_look(cell) == CELL_REPLIED || cell_look(cell) == CELL_EMPTY;
}

static void *answer(void *argument)
{
	struct line *line = argument;
	unsigned number;

	while (!sync_load(&line->hung_up, seq_cst)) {
		if (!cell_move(&line->cell, CELL_POSTED, CELL_RUNNING)) {
			parker_await(&line->worker, is_posted_or_hung_up, line, SYNC_NEVER);
			continue;
		}
		memcpy(&number, line->cell.request.data, sizeof number);
		number *= 2;
		CU_ASSERT(bytes_set(&line->cell.reply, &number, sizeof number));
		if (cell_finish(&line->cell, CELL_REPLIED))
			line->answered++;
		else
			line->dropped++;
	}
	return NULL;
}

static void leave(struct line *line, unsigned *withdrawn, unsigned *abandoned)
{
	if (cell_move(&line->cell, CELL_POSTED, CELL_EMPTY)) {
		(*withdrawn)++;
		return;
	}
	if (cell_move(&line->cell, CELL_RUNNING, CELL_ABANDONED)) {
		(*abandoned)++;
		sync_yield_until(cell_look(&line->cell) == CELL_EMPTY);
	}
}

static void each_call_has_one_end_whoever_is_faster(void)
{
	static struct line line;
	unsigned i, reply, replied = 0, withdrawn = 0, abandoned = 0;
	pthread_t worker;

	CU_ASSERT_EQUAL_FATAL(parker_init(&line.caller), 0);
	CU_ASSERT_EQUAL_FATAL(parker_init(&line.worker), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&worker, NULL, answer, &line), 0);
	for (i = 0; i < CALLS; i++) {
		CU_ASSERT(cell_fill(&line.cell, &i, sizeof i, &line.caller, -1));
		CU_ASSERT(cell_move(&line.cell, CELL_FILLING, CELL_POSTED));
		parker_rouse(&line.worker);
		if (i % 3 == 0)
			leave(&line, &withdrawn, &abandoned);
		while (cell_look(&line.cell) != CELL_EMPTY) {
			if (cell_look(&line.cell) != CELL_REPLIED) {
				parker_await(&line.caller, is_answered_or_empty, &line.cell,
					     SYNC_NEVER);
				continue;
			}
			memcpy(&reply, line.cell.reply.data, sizeof reply);
			CU_ASSERT_EQUAL(reply, 2 * i);
			replied++;
			CU_ASSERT(cell_move(&line.cell, CELL_REPLIED, CELL_EMPTY));
		}
	}
	sync_store(&line.hung_up, true, seq_cst);
	parker_rouse(&line.worker);
	pthread_join(worker, NULL);
	CU_ASSERT_EQUAL(replied + withdrawn + abandoned, CALLS);
	CU_ASSERT_EQUAL(line.answered, replied);
	CU_ASSERT_EQUAL(line.dropped, abandoned);
	CU_ASSERT(replied >= CALLS - CALLS / 3 - 1);
	CU_ASSERT_EQUAL(sync_load(&line.cell.serial, relaxed), CALLS);
	cell_end(&line.cell);
	parker_destroy(&line.caller);
	parker_destroy(&line.worker);
}

SUITE(TEST(bytes_are_copied_and_their_memory_is_kept), TEST(bytes_grow_to_any_length),
      TEST(bytes_that_move_leave_none_behind),
      TEST(an_absent_caller_is_told_whether_it_has_an_answer),
      TEST(no_bytes_need_no_source_and_still_have_an_address),
      TEST(without_memory_there_are_no_bytes_and_later_there_are),
      TEST(a_cell_moves_only_from_the_state_it_is_in), TEST(filling_starts_the_call_anew),
      TEST(without_memory_for_the_request_the_cell_is_empty),
      TEST(a_finished_call_wakes_its_caller_with_the_outcome),
      TEST(an_abandoned_call_ends_with_an_empty_cell_and_wakes_nobody),
      TEST(each_call_has_one_end_whoever_is_faster))
