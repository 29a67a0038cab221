/* SPDX-License-Identifier: MIT */
/* laws.c: follows each move of a slot word, each waiter and each wake, step by step. */
#include "laws.h"

enum { SLOTS = 64, GRANTS = 64, WAITERS = 8, THREADS = 64 };

/* What a thread does at a place in the source. */
enum mark {
	KNOWN = 1 << 0,
	ADDS = 1 << 1,
	STORES = 1 << 2,
	UNLOCKS = 1 << 3,
	EXCHANGES = 1 << 4,
	IN_CLEAR_BIT = 1 << 5,
	IN_SET_BIT = 1 << 6,
	IN_HINT = 1 << 7,
	IN_UNPARK = 1 << 8
};

/* Where a thread stands in what the laws follow. */
enum turn { ELSEWHERE, WAKES_WAITERS, CLEARED_A_HINT, LOOKED_AFTER_IT };

struct follow {
	struct waiter *waiter;
	struct parker *parker;
	bool settled;
};

static struct {
	struct broker *broker;
	unsigned workers, slots;
	slot_word words[SLOTS];
	bool held_before[SLOTS];
	uint64_t last_held[SLOTS];
	struct follow waiters[WAITERS];
	unsigned waiter_count; /* places that have been used */
	unsigned char turns[THREADS];
	struct {
		const struct slot *slot;
		uint64_t generation;
	} grants[GRANTS];
	unsigned grant_count;
	struct laws_account account;
} laws;

const struct laws_account *laws_account(void)
{
	return &laws.account;
}

static SYNC_SLOW_PATH void mark(struct fiber_site *site)
{
	static const struct {
		const char *name;
		enum mark mark;
	} operations[] = { { "add", ADDS },
			   { "store", STORES },
			   { "unlock", UNLOCKS },
			   { "exchange", EXCHANGES } },
	  functions[] = { { "clear_bit", IN_CLEAR_BIT },
			  { "set_bit", IN_SET_BIT },
			  { "drop_hint", IN_HINT },
			  { "idle_hints_set", IN_HINT },
			  { "parker_unpark", IN_UNPARK } };

	site->marks = KNOWN;
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (strcmp(site->operation, operations[i].name) == 0)
			site->marks |= operations[i].mark;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcmp(site->function, functions[i].name) == 0)
			site->marks |= functions[i].mark;
}

static slot_word word_of(unsigned index)
{
	return figure_load(&slot_table_at(&laws.broker->slots, index)->word);
}

/* The slot words. */

static bool generation_moves(slot_word from, slot_word to)
{
	uint64_t by =
		(slot_word_generation(to) - slot_word_generation(from)) & SLOT_GENERATION_MASK;

	if (by > 1)
		explore_fail("a generation moved from %llu to %llu",
			     (unsigned long long)slot_word_generation(from),
			     (unsigned long long)slot_word_generation(to));
	return by == 1;
}

/*
 * An idle slot was leased for the tasks, which have it now: the lease is theirs, and goes on. (Where a
 * client's lease ends, and the slot goes to the tasks, the generation moves; or two believe to hold it.)
 */
static bool is_taken_for_tasks(slot_word from, slot_word to)
{
	return (to & ~SLOT_WITHHELD) ==
		       slot_word_make(slot_word_generation(from), 0, SLOT_SERVING) &&
	       slot_word_is_lease(from, slot_word_generation(from));
}

/* And nothing else does. */
static bool withholding_changes(slot_word from, slot_word to)
{
	return (from ^ to) == SLOT_WITHHELD;
}

/* Whether it must move on the way from one word to the other. */
static bool generation_must_move(slot_word from, slot_word to)
{
	enum slot_state before = slot_word_state(from), after = slot_word_state(to);

	if (from & SLOT_BORROWED && !(to & SLOT_BORROWED))
		return before != SLOT_LEASED || after != SLOT_LEASED;
	if (is_taken_for_tasks(from, to))
		return false;
	if (withholding_changes(from, to))
		return false;
	if (before == SLOT_SERVING)
		return true;
	if (before == after)
		return before == SLOT_LEASED && (from & SLOT_FLAGS) == (to & SLOT_FLAGS);
	if (to & SLOT_BORROWED)
		return false;
	return before == SLOT_LEASED || after == SLOT_STOPPING;
}

/* Generations begin anew in a build of few bits: of the lease before that had this one, no more. */
static void forget_grant(const struct slot *slot, uint64_t generation)
{
	for (unsigned i = 0; i < laws.grant_count; i++)
		if (laws.grants[i].slot == slot && laws.grants[i].generation == generation)
			laws.grants[i] = laws.grants[--laws.grant_count];
}

static void hold_begins(unsigned index, uint64_t generation)
{
	if (laws.held_before[index] && laws.last_held[index] == generation)
		explore_fail("slot %u: held a second time at generation %llu", index,
			     (unsigned long long)generation);
	forget_grant(slot_table_at(&laws.broker->slots, index), generation);
	laws.held_before[index] = true;
	laws.last_held[index] = generation;
}

/* A client, the tasks, or nobody. */
static void holder_changes(unsigned index, slot_word from, slot_word to)
{
	uint64_t generation = slot_word_generation(to);

	if (slot_word_state(from) == SLOT_LEASED)
		laws.account.leases_ended++;
	if (slot_word_state(to) == SLOT_LEASED) {
		hold_begins(index, generation);
		laws.account.leases++;
	} else if (slot_word_state(to) == SLOT_SERVING) {
		if (!is_taken_for_tasks(from, to))
			hold_begins(index, generation);
		laws_granted(slot_table_at(&laws.broker->slots, index), generation);
	}
}

static void count_worker(slot_word from, slot_word to)
{
	struct laws_account *account = &laws.account;
	enum slot_state before = slot_word_state(from), after = slot_word_state(to);

	account->starts += after == SLOT_STARTING;
	account->came_up += before == SLOT_STARTING && after != SLOT_STOPPING;
	if (after == SLOT_STOPPING && before != SLOT_STOPPING)
		account->stopped[slot_word_cause(to)]++;
	if (after == SLOT_VACANT)
		account->vacated[slot_word_cause(from)]++;
}

static void slots_are_conserved(void)
{
	const unsigned *slots = laws.account.slots;
	unsigned with_worker = slots[SLOT_STARTING] + slots[SLOT_IDLE] + slots[SLOT_LEASED] +
			       slots[SLOT_RESETTING] + slots[SLOT_SERVING];

	if (with_worker + slots[SLOT_STOPPING] + slots[SLOT_VACANT] != laws.slots)
		explore_fail("of %u slots %u are left", laws.slots,
			     with_worker + slots[SLOT_STOPPING] + slots[SLOT_VACANT]);
	if (with_worker > laws.workers)
		explore_fail("too many workers: %u starting, %u idle, %u leased, %u resetting, "
			     "%u serving",
			     slots[SLOT_STARTING], slots[SLOT_IDLE], slots[SLOT_LEASED],
			     slots[SLOT_RESETTING], slots[SLOT_SERVING]);
}

static SYNC_SLOW_PATH void word_moved(unsigned index, slot_word from, slot_word to)
{
	enum slot_state before = slot_word_state(from), after = slot_word_state(to);
	bool moves = generation_moves(from, to);

	if (after > SLOT_SERVING)
		explore_fail("slot %u is in state %u", index, (unsigned)after);
	if (moves != generation_must_move(from, to))
		explore_fail("slot %u: from %#llx to %#llx the generation %s", index,
			     (unsigned long long)from, (unsigned long long)to,
			     moves ? "moves" : "stays");
	if (before != after || moves)
		holder_changes(index, from, to);
	laws.account.slots[before]--;
	laws.account.slots[after]++;
	laws.account.frees += slot_word_is_idle(to);
	if (before != after)
		count_worker(from, to);
	slots_are_conserved();
}

/* The table has grown, or the laws begin. */
static void meet_slots(void)
{
	unsigned count = figure_load(&laws.broker->slots.count);

	if (count > SLOTS)
		explore_fail("more slots than the laws can follow");
	for (; laws.slots < count; laws.slots++) {
		laws.words[laws.slots] = word_of(laws.slots);
		laws.account.slots[slot_word_state(laws.words[laws.slots])]++;
		explore_name(slot_table_at(&laws.broker->slots, laws.slots), sizeof(struct slot),
			     "slot %u", laws.slots);
	}
}

/* Of which slot this is the word; or no slot. */
static unsigned slot_at(const volatile void *object)
{
	const struct slot_table *table = &laws.broker->slots;

	for (unsigned first = 0; first < laws.slots; first += SLOT_CHUNK) {
		const char *chunk =
			(const char *)slot_table_at((struct slot_table *)(uintptr_t)table, first);
		uintptr_t offset = (uintptr_t)object - (uintptr_t)chunk;

		if (offset < SLOT_CHUNK * table->stride)
			return offset % table->stride ? SLOTS
						      : first + (unsigned)(offset / table->stride);
	}
	return SLOTS;
}

static void follow_word(const volatile void *written)
{
	unsigned index = slot_at(written);

	if (index >= laws.slots || word_of(index) == laws.words[index])
		return;
	word_moved(index, laws.words[index], word_of(index));
	laws.words[index] = word_of(index);
}

/* Waiters. */

static struct follow *find_waiter(const volatile void *outcome)
{
	for (unsigned i = 0; i < laws.waiter_count; i++)
		if (outcome == &laws.waiters[i].waiter->outcome)
			return &laws.waiters[i];
	return NULL;
}

/* In the queue, about to be counted: the last of its kind. */
static struct waiter *newcomer(const struct checkout_queue *queue)
{
	struct follow *followed;

	if (!queue->last_high)
		return queue->tail;
	followed = find_waiter(&queue->last_high->outcome);
	return followed && !followed->settled ? queue->tail : queue->last_high;
}

static bool is_waiters_parker(const volatile void *state)
{
	for (unsigned i = 0; i < laws.waiter_count; i++)
		if (laws.waiters[i].parker && state == &laws.waiters[i].parker->state)
			return true;
	return false;
}

/* It lies on its thread's stack, perhaps where another one lay whose fate was settled. */
static SYNC_SLOW_PATH void waiter_enters(struct waiter *waiter)
{
	struct follow *place = find_waiter(&waiter->outcome);

	for (unsigned i = 0; !place && i < laws.waiter_count; i++)
		if (laws.waiters[i].settled)
			place = &laws.waiters[i];
	if (!place && laws.waiter_count < WAITERS)
		place = &laws.waiters[laws.waiter_count++];
	if (!place) {
		explore_fail("more waiters than the laws can follow");
		return;
	}
	*place = (struct follow){ waiter, waiter->parker, false };
	explore_name(waiter, sizeof *waiter, "waiter %u", laws.account.entries++);
}

static SYNC_SLOW_PATH void fate_was_settled(struct follow *followed)
{
	followed->settled = true;
	switch (figure_load(&followed->waiter->outcome)) {
	case WAITER_GRANTED:
		laws.account.granted++;
		laws.account.frees++;
		break;
	case WAITER_REFUSED:
		laws.account.refused++;
		break;
	default:
		laws.account.cancelled++;
	}
	laws.account.departures++;
}

static void follow_fate(const volatile void *written)
{
	struct follow *followed = find_waiter(written);

	if (followed && !followed->settled)
		fate_was_settled(followed);
}

/* Before the step. */
static void follow_waiters(const struct explore_step *next, unsigned marks)
{
	struct checkout_queue *queue = &laws.broker->queue;
	struct follow *followed;

	if (next->object == &queue->waiters && marks & ADDS) {
		waiter_enters(newcomer(queue));
	} else if (marks & STORES) {
		followed = find_waiter(next->object);
		if (followed && followed->settled)
			explore_fail("a waiter's fate was settled, %d, and is settled again",
				     figure_load(&followed->waiter->outcome));
	}
}

/* Wakes. */

static void count_wake(void)
{
	struct laws_account *account = &laws.account;

	account->wakes++;
	if (account->wakes > account->frees + account->departures + account->hints_set_again)
		explore_fail("%u wakes for %u free slots, %u waiters that left, %u hints set again",
			     account->wakes, account->frees, account->departures,
			     account->hints_set_again);
}

static void follow_wakes(const struct explore_step *next, unsigned marks)
{
	unsigned char *turn = &laws.turns[next->thread];

	if (marks & UNLOCKS && next->object == &laws.broker->queue.lock) {
		*turn = WAKES_WAITERS;
	} else if (marks & IN_CLEAR_BIT) {
		*turn = CLEARED_A_HINT;
	} else if (marks & IN_HINT) {
		return; /* the slot says so, too: idle_hints.c */
	} else if (*turn == WAKES_WAITERS && marks & IN_UNPARK) {
		if (marks & EXCHANGES && is_waiters_parker(next->object))
			count_wake();
	} else if (*turn == CLEARED_A_HINT) {
		*turn = LOOKED_AFTER_IT;
	} else {
		if (*turn == LOOKED_AFTER_IT && marks & IN_SET_BIT)
			laws.account.hints_set_again++;
		*turn = ELSEWHERE;
	}
}

static void hold_laws(void)
{
	const struct explore_step *next = explore_next_step();
	const volatile void *written = explore_written();
	unsigned marks;

	if (!next->site->marks)
		mark(next->site);
	marks = next->site->marks;
	if (laws.slots != figure_load(&laws.broker->slots.count))
		meet_slots();
	if (written) {
		follow_word(written);
		follow_fate(written);
	}
	if (marks != KNOWN)
		follow_waiters(next, marks);
	if (marks != KNOWN || laws.turns[next->thread] != ELSEWHERE)
		follow_wakes(next, marks);
}

/* As task_ring_waiting, without steps of its own. What is withdrawn may stand before what waits. */
static bool task_waits(struct task_ring *ring)
{
	uint64_t tail = ring ? figure_load(&ring->tail) : 0;

	for (uint64_t at = ring ? figure_load(&ring->head) : 0; at < tail; at++) {
		uint64_t ready = (at >> ring->order) * TASK_STATES + TASK_READY;
		uint64_t mask = (UINT64_C(1) << ring->order) - 1;
		uint64_t word = figure_load(&ring->cells[at & mask].word);

		if (word <= ready)
			return word == ready;
	}
	return false;
}

/* One that is withheld is nobody's. */
static bool any_is_idle(void)
{
	for (unsigned i = 0; i < laws.slots; i++)
		if (slot_word_is_idle(word_of(i)))
			return true;
	return false;
}

static void hold_laws_when_stalled(void)
{
	if (!any_is_idle())
		return;
	if (laws.broker->queue.head)
		explore_fail("a waiter sleeps beside an idle slot");
	if (task_waits(figure_load(&laws.broker->tasks)))
		explore_fail("a task waits beside an idle slot");
}

void laws_open(struct broker *broker, unsigned workers)
{
	memset(&laws, 0, sizeof laws);
	laws.broker = broker;
	laws.workers = workers;
	meet_slots();
	explore_laws(hold_laws, hold_laws_when_stalled);
}

void laws_allow(unsigned workers)
{
	laws.workers = workers;
}

void laws_granted(const struct slot *slot, uint64_t generation)
{
	for (unsigned i = 0; i < laws.grant_count; i++)
		if (laws.grants[i].slot == slot && laws.grants[i].generation == generation)
			explore_fail("slot %u: the lease %llu has two holders", slot->index,
				     (unsigned long long)generation);
	if (laws.grant_count == GRANTS)
		explore_fail("more leases than the laws can follow");
	laws.grants[laws.grant_count].slot = slot;
	laws.grants[laws.grant_count++].generation = generation;
}

void laws_close(unsigned idle)
{
	const struct laws_account *account = &laws.account;

	explore_laws(NULL, NULL);
	for (unsigned i = 0; i < laws.slots; i++)
		if (word_of(i) != laws.words[i])
			explore_fail("slot %u moved, and nobody saw it", i);
	EXPLORE_CHECK(account->leases == account->leases_ended);
	EXPLORE_CHECK(account->slots[SLOT_IDLE] == idle);
	EXPLORE_CHECK(account->slots[SLOT_VACANT] == laws.slots - idle);
	EXPLORE_CHECK(!laws.broker->queue.head);
	EXPLORE_CHECK(figure_load(&laws.broker->queue.waiters) == 0);
}
