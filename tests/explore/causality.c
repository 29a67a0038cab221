/* SPDX-License-Identifier: MIT */
/* causality.c: what each thread's present state hangs on, as a hash; and which states were met. */
#include "causality.h"
#include "search.h"

#include <err.h>
#include <sys/mman.h>

/*
 * Orders of independent steps lead to one state, from which all that can follow is the same. A
 * state is known by its causes: a thread's `past` is the hash of its own steps and of the pasts it
 * has read from; a shared object's is the past of who wrote to it last. A write reads, too. So two
 * schedules end in equal pasts if they order the same all writes to each object, and all reads of
 * it among these; and then each thread and each object are in the same state. This is the
 * partial-order caching of CHESS (Musuvathi and Qadeer, 2007).
 *
 * Nothing is lost by going no further from a state that was met before, with at least as much of
 * the bound left: depth first, all that can follow from it is explored, or will be. Laws are held
 * against each state before that is asked. What it rests upon:
 *  - all that threads share in earnest goes through sync.h. What they share under a lock, or hand
 *    over by an atomic, is ordered by that.
 *  - what a scenario's threads share by plain variables is told by how far each of them has got,
 *    not by who came first (flags that are raised once, counters); or it is told here, by
 *    explore_touch.
 *  - the clock, random numbers, addresses of memory and numbers of threads are read like objects.
 *  - 64 bits: among ten million states the chance that any two are taken for one is 1 in 300,000.
 * The table of states forgets when it is full, which costs time and nothing else.
 */

enum { OBJECTS = 1 << 13, STATES = 1 << 21, PROGRAM = 64 << 20 };

struct object {
	const volatile void *address;
	uint64_t past;
	uint32_t schedule;
};

struct state {
	uint64_t key;
	uint32_t search;
	uint16_t preemptions; /* the fewest that it was met with */
};

bool causality_kept;
static struct object objects[OBJECTS];
static struct state *states;
static uint32_t schedules, searches;
static uint64_t pasts; /* of all threads together */

/* The two are not alike: a thread's past and that of an object which it wrote to last are equal. */
static uint64_t mix(uint64_t past, uint64_t cause)
{
	past *= UINT64_C(0x9e3779b97f4a7c15);
	past = (past ^ past >> 32) + cause;
	past *= UINT64_C(0xbf58476d1ce4e5b9);
	return past ^ past >> 29;
}

static uint64_t share_of(const struct fiber *fiber)
{
	return mix(fiber->past ^ fiber->past >> 32, (uint64_t)fiber->number);
}

static void move_on(struct fiber *fiber, uint64_t past)
{
	pasts -= share_of(fiber);
	fiber->past = past;
	pasts += share_of(fiber);
}

/* Addresses differ from one process to the next; how far apart they are does not. */
static uint64_t place_of(const volatile void *address)
{
	uintptr_t from_here = (uintptr_t)address - (uintptr_t)&engine;

	if (from_here + PROGRAM < 2 * (uintptr_t)PROGRAM)
		return from_here;
	return (uintptr_t)address - (uintptr_t)memory_start();
}

static struct object *object_at(const volatile void *address)
{
	uint64_t place = place_of(address) / 4 * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; place++) {
		struct object *object = &objects[place % OBJECTS];

		if (object->schedule != schedules) {
			*object = (struct object){ address, 0, schedules };
			return object;
		}
		if (object->address == address)
			return object;
	}
}

void causality_begin(bool wanted)
{
	causality_kept = wanted;
	pasts = 0;
	schedules++;
}

void causality_new_fiber(struct fiber *fiber)
{
	if (!causality_kept)
		return;
	fiber->past = mix(engine.current ? engine.current->past : 1, (uint64_t)fiber->number);
	pasts += share_of(fiber);
}

void causality_keep_cause(struct fiber *fiber, uint64_t cause)
{
	if (!engine.in_law)
		move_on(fiber, mix(fiber->past, cause));
}

void causality_keep_site(void)
{
	const struct explore_step *next = &engine.current->next;

	if (engine.in_law)
		return;
	causality_cause(engine.current, mix(place_of(next->site->function) +
						    (unsigned)next->site->line * UINT64_C(0x10001),
					    place_of(next->object)));
}

void causality_keep_read(const volatile void *object)
{
	if (!engine.in_law && engine.current)
		causality_cause(engine.current, object_at(object)->past);
}

void causality_keep_write(const volatile void *object)
{
	struct object *written;

	if (engine.in_law || !engine.current)
		return;
	written = object_at(object);
	causality_cause(engine.current, written->past);
	written->past = engine.current->past;
}

uint64_t causality_look_begins(void)
{
	return engine.current->past;
}

void causality_look_was_in_vain(uint64_t past)
{
	if (causality_kept)
		move_on(engine.current, past);
}

/* Of yielding threads it counts whether somebody has moved since they began to look. */
static uint64_t looks_in_progress(void)
{
	uint64_t fresh = 0;

	for (uint64_t alive = engine.alive; alive; alive &= alive - 1) {
		const struct fiber *fiber = &fibers[__builtin_ctzll(alive)];

		if (fiber->evaluating && fiber->moves_seen == engine.moves)
			fresh |= FIBER_BIT(fiber);
	}
	return fresh;
}

uint64_t causality_state(void)
{
	uint64_t key = mix(pasts, engine.current->id);

	key = mix(key, engine.runnable);
	key = mix(key, engine.waiting);
	key = mix(key, engine.timed);
	key = mix(key, engine.yielding);
	key = mix(key, looks_in_progress());
	key = mix(key, engine.alive);
	key = mix(key, engine.now);
	key = mix(key, engine.random);
	return mix(key, engine.disturbances);
}

void causality_forget(void)
{
	if (!states) {
		states = mmap(NULL, STATES * sizeof *states, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (states == MAP_FAILED)
			err(99, "no memory for the states");
	}
	searches++;
}

bool causality_met_before(void)
{
	uint64_t key = causality_state();
	struct state *state;
	unsigned preemptions = engine.preemptions;

	state = &states[(key ^ key >> 32) % STATES];
	if (state->search == searches && state->key == key && state->preemptions <= preemptions)
		return true;
	*state = (struct state){ key, searches, (uint16_t)preemptions };
	return false;
}
