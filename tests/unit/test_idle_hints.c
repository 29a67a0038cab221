/* SPDX-License-Identifier: MIT */
/* test_idle_hints.c: the bitmap leads to idle slots, and to nothing else. */
#include "support/suite.h"
#include "idle_hints.h"
#include "unit/random.h"

#include <pthread.h>

struct room {
	struct slot_table table;
	struct idle_hints hints;
};

static void room_open(struct room *room, unsigned slots)
{
	CU_ASSERT_FATAL(slot_table_init(&room->table, slots, sizeof(struct slot)));
	while (slot_table_grow(&room->table, NULL))
		continue;
	CU_ASSERT_EQUAL(slot_table_count(&room->table), room->table.capacity);
	CU_ASSERT_FATAL(idle_hints_init(&room->hints, room->table.capacity));
}

static void room_close(struct room *room)
{
	idle_hints_destroy(&room->hints);
	slot_table_destroy(&room->table);
}

static void set_state(struct room *room, unsigned index, enum slot_state state)
{
	sync_store(&slot_table_at(&room->table, index)->word, slot_word_make(0, 0, state), relaxed);
}

static enum slot_state state_of(struct room *room, unsigned index)
{
	return slot_word_state(slot_look(slot_table_at(&room->table, index)));
}

static void make_idle(struct room *room, unsigned index)
{
	set_state(room, index, SLOT_IDLE);
	idle_hints_put(&room->hints, slot_table_at(&room->table, index));
}

enum { NOTHING = -1 };

static int take_from(struct room *room, unsigned start)
{
	bool set_again = false;
	struct slot *slot = NULL;
	uint64_t generation = 99;

	if (!idle_hints_take(&room->hints, &room->table, start, &slot, &generation, &set_again))
		return NOTHING;
	CU_ASSERT_FALSE(set_again);
	CU_ASSERT(slot_word_is_lease(slot_look(slot), generation));
	return (int)slot->index;
}

static bool any(struct room *room)
{
	bool set_again = false, found = idle_hints_any(&room->hints, &room->table, &set_again);

	CU_ASSERT_FALSE(set_again);
	return found;
}

static void without_hints_nothing_is_found(void)
{
	struct room room;

	room_open(&room, 200);
	CU_ASSERT_EQUAL(take_from(&room, 0), NOTHING);
	CU_ASSERT_EQUAL(take_from(&room, 199), NOTHING);
	CU_ASSERT_FALSE(any(&room));
	room_close(&room);
}

static void an_idle_slot_is_found_from_wherever_the_search_starts(void)
{
	static const unsigned places[] = { 0, 63, 64, 4095, 4096, 8191, 8192, 9999 };
	struct room room;
	unsigned i, j;

	room_open(&room, 10000); /* three words of summaries */
	for (i = 0; i < 8; i++) {
		for (j = 0; j < 8; j++) {
			make_idle(&room, places[i]);
			CU_ASSERT(any(&room));
			CU_ASSERT_EQUAL(take_from(&room, places[j]), (int)places[i]);
			CU_ASSERT_EQUAL(state_of(&room, places[i]), SLOT_LEASED);
			CU_ASSERT_FALSE(any(&room));
		}
		/* Any number will do for a start, such as a thread's id. */
		make_idle(&room, places[i]);
		CU_ASSERT_EQUAL(take_from(&room, 4000000000u), (int)places[i]);
	}
	room_close(&room);
}

static void the_search_goes_upward_from_its_start_and_round(void)
{
	struct room room;
	unsigned i;

	room_open(&room, 10000);
	for (i = 0; i < 10000; i += 1000)
		make_idle(&room, i);
	CU_ASSERT_EQUAL(take_from(&room, 5500), 6000);
	CU_ASSERT_EQUAL(take_from(&room, 5000), 5000);
	CU_ASSERT_EQUAL(take_from(&room, 5000), 7000);
	/* Within its own word the search goes round before it moves on. */
	make_idle(&room, 64);
	make_idle(&room, 70);
	CU_ASSERT_EQUAL(take_from(&room, 71), 64);
	CU_ASSERT_EQUAL(take_from(&room, 71), 70);
	/* So it does within its summary word, which begins at slot 8192. */
	CU_ASSERT_EQUAL(take_from(&room, 9500), 9000);
	CU_ASSERT_EQUAL(take_from(&room, 9500), 0);
	room_close(&room);
}

static void a_hint_on_a_slot_that_is_not_idle_is_dropped_and_put_again_later(void)
{
	struct room room;
	unsigned state;

	room_open(&room, 200);
	for (state = SLOT_VACANT; state <= SLOT_STOPPING; state++) {
		if (state == SLOT_IDLE)
			continue;
		make_idle(&room, 130);
		set_state(&room, 130, (enum slot_state)state);
		CU_ASSERT_EQUAL(take_from(&room, 0), NOTHING);
		CU_ASSERT_EQUAL(state_of(&room, 130), state);
		CU_ASSERT_EQUAL(sync_load(&room.hints.slots[2], relaxed), 0);
		CU_ASSERT_FALSE(any(&room));
		CU_ASSERT_EQUAL(sync_load(&room.hints.summary[0], relaxed), 0);
		make_idle(&room, 130);
		CU_ASSERT(any(&room));
		CU_ASSERT_EQUAL(take_from(&room, 0), 130);
		CU_ASSERT_EQUAL(take_from(&room, 0), NOTHING);
	}
	room_close(&room);
}

static void there_is_a_word_for_each_64_slots_and_no_more(void)
{
	static const struct {
		unsigned capacity, words;
	} cases[] = { { 1, 1 }, { 63, 1 }, { 64, 1 }, { 65, 2 }, { 128, 2 }, { 129, 3 } };
	struct idle_hints hints;

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CU_ASSERT_FATAL(idle_hints_init(&hints, cases[i].capacity));
		CU_ASSERT_EQUAL(hints.words, cases[i].words);
		idle_hints_destroy(&hints);
	}
}

static void looking_takes_nothing(void)
{
	struct room room;

	room_open(&room, 200);
	make_idle(&room, 77);
	CU_ASSERT(any(&room));
	CU_ASSERT(any(&room));
	CU_ASSERT_EQUAL(state_of(&room, 77), SLOT_IDLE);
	CU_ASSERT_EQUAL(take_from(&room, 0), 77);
	room_close(&room);
}

/* Random steps beside a plain array of what is idle. Workers go without the bitmap, too. */
static void it_finds_what_a_plain_array_has(void)
{
	enum { SLOTS = 5008, STEPS = 60000 };
	static bool idle[SLOTS];
	unsigned step, idles = 0, taken = 0, empty = 0;
	uint64_t seed = 3;
	struct room room;

	room_open(&room, SLOTS);
	for (step = 0; step < STEPS; step++) {
		unsigned index = random_below(&seed, SLOTS), what = random_below(&seed, 4);
		int found;

		/* A long phase of filling, then one of draining. */
		if (what == 0 || (what == 1 && step / 10000 % 2 == 0)) {
			idles += !idle[index];
			idle[index] = true;
			make_idle(&room, index);
		} else if (what == 2 && idle[index]) {
			idles--;
			idle[index] = false;
			set_state(&room, index, SLOT_STOPPING);
		} else {
			found = take_from(&room, index);
			CU_ASSERT_EQUAL(found == NOTHING, idles == 0);
			if (found == NOTHING) {
				empty++;
				continue;
			}
			CU_ASSERT(idle[found]);
			if (idle[index])
				CU_ASSERT_EQUAL(found, (int)index);
			idle[found] = false;
			idles--;
			taken++;
		}
	}
	while (take_from(&room, 0) != NOTHING)
		idles--;
	CU_ASSERT_EQUAL(idles, 0);
	CU_ASSERT(taken > 10000 && empty > 0);
	room_close(&room);
}

/*
 * Threads take and free at once, so that hints are dropped while others set them; when all is
 * quiet, every idle slot can be found.
 */
enum { CROWD = 3, ROUNDS = 100000, FEW = 4 };

struct crowd {
	struct room room;
	pthread_barrier_t barrier;
	sync_atomic(unsigned) taken;
};

static void *take_and_free(void *argument)
{
	struct crowd *crowd = argument;
	struct slot *slot;
	uint64_t generation;
	unsigned i, taken = 0;
	bool set_again = false;

	pthread_barrier_wait(&crowd->barrier);
	for (i = 0; i < ROUNDS; i++) {
		slot_word word;

		if (!idle_hints_take(&crowd->room.hints, &crowd->room.table, i, &slot, &generation,
				     &set_again))
			continue;
		taken++;
		word = slot_look(slot);
		CU_ASSERT(slot_word_is_lease(word, generation));
		CU_ASSERT_EQUAL(slot_move(slot, word, slot_word_checked_in(word, true)), SLOT_DONE);
		idle_hints_put(&crowd->room.hints, slot);
	}
	figure_add_shared(&crowd->taken, taken);
	return NULL;
}

static void no_idle_slot_loses_its_hint_among_threads_that_drop_and_set_them(void)
{
	static struct crowd crowd;
	pthread_t threads[CROWD];
	unsigned i;

	room_open(&crowd.room, SLOT_CHUNK);
	for (i = 0; i < FEW; i++)
		make_idle(&crowd.room, i * 3);
	pthread_barrier_init(&crowd.barrier, NULL, CROWD);
	for (i = 0; i < CROWD; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, take_and_free, &crowd), 0);
	for (i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT(figure_load(&crowd.taken) >= ROUNDS);
	for (i = 0; i < FEW; i++)
		CU_ASSERT_NOT_EQUAL(take_from(&crowd.room, i), NOTHING);
	CU_ASSERT_EQUAL(take_from(&crowd.room, 0), NOTHING);
	pthread_barrier_destroy(&crowd.barrier);
	room_close(&crowd.room);
}

/* One thread takes and frees the only slot; the other only looks, and drops hints on the way. */
static void *look_on(void *argument)
{
	struct crowd *crowd = argument;
	bool set_again = false;

	while (figure_load(&crowd->taken) < ROUNDS)
		idle_hints_any(&crowd->room.hints, &crowd->room.table, &set_again);
	return NULL;
}

static void who_only_looks_puts_back_the_hint_that_it_dropped_at_the_wrong_moment(void)
{
	static struct crowd crowd;
	bool set_again = false;
	pthread_t looker;
	unsigned i;

	room_open(&crowd.room, SLOT_CHUNK);
	make_idle(&crowd.room, 3);
	figure_store(&crowd.taken, 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&looker, NULL, look_on, &crowd), 0);
	for (i = 0; i < ROUNDS; i++) {
		uint64_t generation = 0;
		struct slot *slot = NULL;
		slot_word word;

		/* Lost for good, the slot would be looked for until the test's time is over. */
		sync_yield_until(idle_hints_take(&crowd.room.hints, &crowd.room.table, 0, &slot,
						 &generation, &set_again));
		word = slot_look(slot);
		CU_ASSERT_EQUAL(slot_move(slot, word, slot_word_checked_in(word, true)), SLOT_DONE);
		idle_hints_put(&crowd.room.hints, slot);
		figure_store(&crowd.taken, i + 1);
	}
	pthread_join(looker, NULL);
	CU_ASSERT_EQUAL(take_from(&crowd.room, 0), 3);
	room_close(&crowd.room);
}

/* So that a checkin writes to no line but the slot's. */
static void a_slot_says_that_it_is_hinted_until_its_hint_is_dropped(void)
{
	struct room room;
	struct slot *slot;

	room_open(&room, 8);
	slot = slot_table_at(&room.table, 3);
	CU_ASSERT_FALSE(figure_load(&slot->hinted));
	make_idle(&room, 3);
	CU_ASSERT(figure_load(&slot->hinted));
	CU_ASSERT_EQUAL(take_from(&room, 0), 3);
	CU_ASSERT(figure_load(&slot->hinted));
	CU_ASSERT_EQUAL(take_from(&room, 0), NOTHING);
	CU_ASSERT_FALSE(figure_load(&slot->hinted));
	room_close(&room);
}

SUITE(TEST(a_slot_says_that_it_is_hinted_until_its_hint_is_dropped),
      TEST(without_hints_nothing_is_found),
      TEST(an_idle_slot_is_found_from_wherever_the_search_starts),
      TEST(the_search_goes_upward_from_its_start_and_round),
      TEST(a_hint_on_a_slot_that_is_not_idle_is_dropped_and_put_again_later),
      TEST(there_is_a_word_for_each_64_slots_and_no_more), TEST(looking_takes_nothing),
      TEST(it_finds_what_a_plain_array_has),
      TEST(no_idle_slot_loses_its_hint_among_threads_that_drop_and_set_them),
      TEST(who_only_looks_puts_back_the_hint_that_it_dropped_at_the_wrong_moment))
