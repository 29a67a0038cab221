/* SPDX-License-Identifier: MIT */
/* random.c: schedules by chance: random walks, and random priorities (PCT). */
#include "search.h"

enum { MAX_DEPTH = 16 };

static struct {
	uint64_t state;
	uint32_t one_in;         /* a running fiber is left once in so many decisions */
	uint32_t disturb_one_in; /* and a disturbance is taken */
	unsigned longest;        /* schedule so far, in steps */
	unsigned depth;
	unsigned changes[MAX_DEPTH]; /* steps at which who runs falls to the lowest priority */
	unsigned lowest;
} chance;

static uint32_t draw(void)
{
	/* splitmix64 */
	uint64_t z = chance.state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static uint32_t draw_below(uint32_t limit)
{
	return (uint32_t)((uint64_t)draw() * limit >> 32);
}

/* Signals and values are the scenario's own choices: any is as good. */
static bool is_equal(choice decision)
{
	return CHOICE_LETTER(decision) == 'w' || CHOICE_LETTER(decision) == 'v';
}

static void begin_by_chance(void)
{
	engine.bound = UINT32_MAX;
	if (engine.last_steps > chance.longest)
		chance.longest = engine.last_steps;
	chance.one_in = 2u << (2 * draw_below(3)); /* 2, 8, 32 */
	chance.disturb_one_in = 2 + draw_below(chance.longest ? chance.longest / 2 + 1 : 32);
}

/* A disturbance, if one is possible and chance has it; else 0. */
static unsigned disturbance(unsigned runs, unsigned count)
{
	if (runs == count || draw_below(chance.disturb_one_in))
		return 0;
	return runs + draw_below(count - runs);
}

static unsigned walk_run(unsigned runs)
{
	if (engine.runnable & FIBER_BIT(engine.current) && draw_below(chance.one_in))
		return 0;
	return draw_below(runs);
}

static unsigned walk_pick(const struct choices *choices)
{
	unsigned runs = choices->runs, picked;

	if (runs == 0) /* fails or not, dies here or not */
		return is_equal(choices->list[0]) ? draw_below(choices->count)
						  : !draw_below(chance.disturb_one_in);
	picked = disturbance(runs, choices->count);
	return picked || runs == 1 ? picked : walk_run(runs);
}

static bool more_by_chance(void)
{
	return true;
}

const struct strategy *random_walk(uint64_t seed)
{
	static const struct strategy strategy = { .name = "random",
						  .begin = begin_by_chance,
						  .pick = walk_pick,
						  .pick_run = walk_run,
						  .more = more_by_chance };

	memset(&chance, 0, sizeof chance);
	chance.state = seed;
	return &strategy;
}

/*
 * PCT (Burckhardt and others, 2010): the fiber of the highest priority runs; at depth - 1 steps,
 * drawn over the length of a schedule, the one that runs falls below all others. A bug that needs
 * d orderings among n threads and k steps is found by one schedule with a probability of at least
 * 1 / (n * k^(d-1)).
 */
static void priorities_begin(void)
{
	begin_by_chance();
	chance.lowest = MAX_DEPTH;
	for (unsigned i = 0; i + 1 < chance.depth; i++)
		chance.changes[i] = 1 + draw_below(chance.longest ? chance.longest : 64);
}

static void fall_at_changes(void)
{
	for (unsigned i = 0; i + 1 < chance.depth; i++) {
		if (chance.changes[i] && chance.changes[i] <= engine.step) {
			chance.changes[i] = 0;
			engine.current->priority = chance.lowest--;
		}
	}
}

static unsigned priorities_pick(const struct choices *choices)
{
	unsigned runs = choices->runs, picked;

	if (runs == 0)
		return is_equal(choices->list[0]) ? draw_below(choices->count)
						  : !draw_below(chance.disturb_one_in);
	fall_at_changes();
	picked = disturbance(runs, choices->count);
	if (picked)
		return picked;
	for (unsigned i = 0; i < runs; i++) {
		struct fiber *fiber = &fibers[CHOICE_VALUE(choices->list[i])];

		if (!fiber->priority)
			fiber->priority = MAX_DEPTH + 1 + (draw() >> 1);
		if (fiber->priority > fibers[CHOICE_VALUE(choices->list[picked])].priority)
			picked = i;
	}
	return picked;
}

const struct strategy *random_priorities(uint64_t seed, unsigned depth)
{
	static const struct strategy strategy = { .name = "pct",
						  .begin = priorities_begin,
						  .pick = priorities_pick,
						  .more = more_by_chance };

	memset(&chance, 0, sizeof chance);
	chance.state = seed;
	chance.depth = depth < MAX_DEPTH ? depth : MAX_DEPTH;
	return &strategy;
}
