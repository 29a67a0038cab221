/* SPDX-License-Identifier: MIT */
/* scenario.h: a scenario as a subject's process runs it: opened, measured some rounds, closed. */
#ifndef POOLTOY_TESTS_BENCH_SCENARIO_H
#define POOLTOY_TESTS_BENCH_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the harness asks for. What a scenario has no use for is 0. */
struct order {
	char scenario[32];
	unsigned threads; /* clients, callers, producers */
	unsigned workers; /* of each pool */
	unsigned pools;
	unsigned in_turn;  /* use the pools one after the other */
	unsigned leased;   /* so many workers are held by another thread meanwhile */
	unsigned moving;   /* all workers but one are held, and it is never the same one */
	unsigned full;     /* lease_state: with the checkout and the checkin around it */
	unsigned crash;    /* replace: the worker breaks in a call instead of being killed */
	unsigned no_spins; /* call: who waits sleeps at once */
	unsigned apart;    /* call: who calls and who answers have a CPU each, the first two */
	unsigned beside;   /* independence: another pool crashes as fast as it can */
	uint64_t hold_ns;  /* how long a client works with what it has */
	uint64_t rate;     /* arrivals a second over all threads; 0: as fast as it goes */
	uint64_t gap_us;   /* pause before each measured operation; 0: none */
	uint64_t ms;       /* about how long a round lasts */
};

/* What one round found. */
struct answer;
void answer(struct answer *answer, const char *metric, double value);

struct scenario {
	const char *name;
	/* Sets up, warms up and finds out how much work a round is; NULL: no such thing here. */
	void *(*open)(const struct order *order);
	void (*round)(void *context, struct answer *answer);
	void (*close)(void *context);
};

extern const struct scenario checkout_scenario, contended_scenario, call_hot_scenario,
	call_parked_scenario, submit_scenario;

#ifdef __cplusplus
}
#endif

#endif
