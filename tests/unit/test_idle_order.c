/* SPDX-License-Identifier: MIT */
/* test_idle_order.c: idle slots in the order in which they became idle. */
#include "support/suite.h"
#include "idle_order.h"
#include "unit/random.h"

enum { SLOTS = 40, NOTHING = -1 };

struct line {
	struct idle_order order;
	struct slot slots[SLOTS];
};

static void line_open(struct line *line)
{
	unsigned i;

	CU_ASSERT_EQUAL_FATAL(idle_order_init(&line->order), 0);
	for (i = 0; i < SLOTS; i++)
		line->slots[i] = (struct slot){ .index = i };
}

static void set_state(struct line *line, unsigned index, enum slot_state state)
{
	sync_store(&line->slots[index].word, slot_word_make(0, 0, state), relaxed);
}

static void make_idle(struct line *line, unsigned index)
{
	set_state(line, index, SLOT_IDLE);
	idle_order_put(&line->order, &line->slots[index]);
}

static int answer(bool found, struct slot *slot, uint64_t generation)
{
	if (!found)
		return NOTHING;
	CU_ASSERT(slot_word_is_lease(slot_look(slot), generation));
	return (int)slot->index;
}

static int take_newest(struct line *line)
{
	struct slot *slot = NULL;
	uint64_t generation = 99;
	bool found = idle_order_take_newest(&line->order, &slot, &generation);

	return answer(found, slot, generation);
}

static int take_oldest(struct line *line)
{
	struct slot *slot = NULL;
	uint64_t generation = 99;
	bool found = idle_order_take_oldest(&line->order, &slot, &generation);

	return answer(found, slot, generation);
}

static void an_empty_order_has_nothing(void)
{
	struct line line;

	line_open(&line);
	CU_ASSERT_EQUAL(take_newest(&line), NOTHING);
	CU_ASSERT_EQUAL(take_oldest(&line), NOTHING);
	CU_ASSERT_FALSE(idle_order_any(&line.order));
	idle_order_destroy(&line.order);
}

static void the_newest_and_the_oldest_are_taken_from_the_two_ends(void)
{
	struct line line;
	unsigned i;

	line_open(&line);
	for (i = 0; i < 5; i++)
		make_idle(&line, i);
	CU_ASSERT(idle_order_any(&line.order));
	CU_ASSERT_EQUAL(take_newest(&line), 4);
	CU_ASSERT_EQUAL(take_oldest(&line), 0);
	CU_ASSERT_EQUAL(take_oldest(&line), 1);
	CU_ASSERT_EQUAL(take_newest(&line), 3);
	CU_ASSERT_EQUAL(take_newest(&line), 2);
	CU_ASSERT_EQUAL(take_oldest(&line), NOTHING);
	CU_ASSERT_FALSE(idle_order_any(&line.order));
	idle_order_destroy(&line.order);
}

static void a_slot_that_is_idle_anew_moves_to_the_newest_end(void)
{
	struct line line;
	unsigned i;

	line_open(&line);
	for (i = 0; i < 3; i++)
		make_idle(&line, i);
	/* It was leased and freed by others in between, and still stands in the list. */
	make_idle(&line, 0);
	make_idle(&line, 2);
	CU_ASSERT_EQUAL(take_oldest(&line), 1);
	CU_ASSERT_EQUAL(take_newest(&line), 2);
	CU_ASSERT_EQUAL(take_newest(&line), 0);
	CU_ASSERT_EQUAL(take_newest(&line), NOTHING);
	idle_order_destroy(&line.order);
}

static void slots_that_are_not_idle_any_more_are_passed_over(void)
{
	struct line line;
	unsigned i;

	line_open(&line);
	for (i = 0; i < 6; i++)
		make_idle(&line, i);
	set_state(&line, 0, SLOT_STOPPING);
	set_state(&line, 3, SLOT_LEASED);
	set_state(&line, 5, SLOT_VACANT);
	CU_ASSERT_EQUAL(take_newest(&line), 4);
	CU_ASSERT_EQUAL(take_oldest(&line), 1);
	CU_ASSERT_EQUAL(take_newest(&line), 2);
	CU_ASSERT_FALSE(idle_order_any(&line.order));
	CU_ASSERT_EQUAL(take_newest(&line), NOTHING);
	idle_order_destroy(&line.order);
}

static void looking_takes_nothing_and_sees_past_those_that_are_not_idle(void)
{
	struct line line;
	unsigned i;

	line_open(&line);
	for (i = 0; i < 3; i++)
		make_idle(&line, i);
	set_state(&line, 1, SLOT_LEASED);
	set_state(&line, 2, SLOT_LEASED);
	CU_ASSERT(idle_order_any(&line.order));
	CU_ASSERT(idle_order_any(&line.order));
	CU_ASSERT_EQUAL(take_newest(&line), 0);
	idle_order_destroy(&line.order);
}

/* A plain array of when each slot became idle; 0: it is not. */
static int model_take(unsigned *since, bool newest)
{
	int found = NOTHING, i;

	for (i = 0; i < SLOTS; i++)
		if (since[i] && (found == NOTHING || (since[i] > since[found]) == newest))
			found = i;
	if (found != NOTHING)
		since[found] = 0;
	return found;
}

static void it_gives_what_a_plain_array_gives(void)
{
	enum { STEPS = 50000 };
	unsigned since[SLOTS] = { 0 }, step, taken = 0, empty = 0;
	uint64_t seed = 4;
	struct line line;

	line_open(&line);
	for (step = 1; step <= STEPS; step++) {
		unsigned index = random_below(&seed, SLOTS), what = random_below(&seed, 6);
		bool put = step / 1000 % 2 ? what < 1 : what < 3;

		if (put) {
			make_idle(&line, index);
			since[index] = step;
		} else if (what == 5) {
			set_state(&line, index, SLOT_STOPPING);
			since[index] = 0;
		} else {
			bool newest = random_below(&seed, 2);
			int wanted = model_take(since, newest);

			CU_ASSERT_EQUAL(newest ? take_newest(&line) : take_oldest(&line), wanted);
			taken += wanted != NOTHING;
			empty += wanted == NOTHING;
		}
	}
	CU_ASSERT(taken > 5000 && empty > 100);
	idle_order_destroy(&line.order);
}

SUITE(TEST(an_empty_order_has_nothing), TEST(the_newest_and_the_oldest_are_taken_from_the_two_ends),
      TEST(a_slot_that_is_idle_anew_moves_to_the_newest_end),
      TEST(slots_that_are_not_idle_any_more_are_passed_over),
      TEST(looking_takes_nothing_and_sees_past_those_that_are_not_idle),
      TEST(it_gives_what_a_plain_array_gives))
