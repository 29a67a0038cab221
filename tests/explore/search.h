/* SPDX-License-Identifier: MIT */
/* search.h: which schedules are run: exhaustively, at random, or one again. */
#ifndef EXPLORE_SEARCH_H
#define EXPLORE_SEARCH_H

#include "engine.h"

/*
 * A decision that was not the default one. A list of these, by step, is a schedule. Whose decision
 * it was, and which of its own, holds even if others before it are left out.
 */
struct deviation {
	unsigned step;
	choice decision;
	unsigned own_step;
	long thread;
};

struct deviations {
	struct deviation *list;
	unsigned count, room;
};

void deviations_add(struct deviations *deviations, struct deviation deviation);
void deviations_copy(struct deviations *to, const struct deviations *from);
void deviations_print(FILE *to, const struct deviations *deviations);
/* False: this is no such list. */
bool deviations_parse(struct deviations *deviations, const char *text);

/*
 * A strategy answers the decisions of one schedule after another. The default of each decision is
 * the first of its choices.
 */
struct strategy {
	const char *name;
	void (*begin)(void); /* a schedule */
	/* True: *decision is the answer, CHOICE_PROCEED for the default, and no list is needed. */
	bool (*known)(choice *decision);
	/* Before a decision, and before the end of the scenario; may not return. May be NULL. */
	void (*arrive)(void);
	unsigned (*pick)(const struct choices *choices);
	/* The same if nothing can happen but that one of so many threads runs, the default first; no
	 * list is needed then. May be NULL. */
	unsigned (*pick_run)(unsigned runs);
	bool (*more)(void); /* after a schedule: is there another one? */
	bool causes;        /* pasts are kept: causality.h */
	bool compares;      /* and held against the memory */
};

/* Each strategy has a function that prepares it for a new search. */
/* How it treats orders of independent steps that lead to a state which was met before. */
enum orders {
	ORDERS_CUT,     /* no further */
	ORDERS_ALL,     /* all of them, as if it did not know */
	ORDERS_COMPARED /* all of them, but it knows, so that the two can be compared */
};
const struct strategy *depth_first(unsigned bound, enum orders orders);
const struct strategy *random_walk(uint64_t seed);
const struct strategy *random_priorities(uint64_t seed, unsigned depth);
const struct strategy *replay(const struct deviations *deviations);
/* The same by the threads' own steps, where these are known. */
const struct strategy *replay_by_threads(const struct deviations *deviations);
/* How many of the replayed deviations came to pass. */
unsigned replay_hits(void);

void choices_begin(const struct strategy *strategy);
choice choices_pick(const struct choices *choices);
/* Notes a decision that is not the default. */
void choices_deviate(choice decision);
bool choices_ask(choice *decision);

/* The strategy's answer, if it knows it without a list of choices. */
static inline bool choices_known(choice *decision)
{
	return engine.strategy->known && choices_ask(decision);
}

/* Has the strategy look at the state, if it wants to. */
static inline void choices_arrive(void)
{
	if (engine.strategy->arrive)
		engine.strategy->arrive();
}

/* Runs one schedule by this strategy, and says whether it was without a failure; what it deviated in is left in `taken`. */
extern struct deviations taken;
bool schedule_run(const struct explore_scenario *scenario, const struct strategy *strategy,
		  bool tracing);

/* How often each sight of the scenario was seen, over all schedules since this was zeroed. */
extern unsigned long sights_seen[EXPLORE_MAX_SIGHTS];

enum mode { MODE_EXHAUSTIVE, MODE_RANDOM, MODE_PCT, MODES };
extern const char *const mode_names[MODES];

struct limits {
	unsigned bound;          /* of preemptions: exhaustive */
	unsigned usual_bound;    /* what is beyond it has a twentieth of the seconds */
	unsigned depth;          /* pct */
	uint64_t seed;           /* random, pct */
	unsigned long schedules; /* at most; 0: any number */
	double seconds;          /* at most; 0: any time */
	enum orders orders;      /* exhaustive */
	struct endings *endings; /* if not NULL: all that were met are added */
};

struct result {
	unsigned long schedules; /* all that were begun */
	unsigned long cut;       /* of these, left when they met a state again */
	unsigned long steps;
	double seconds;     /* of the processor */
	bool is_structures; /* no thread but the scenario's own was started */
	unsigned bound;     /* the last one that was explored, in part or whole */
	bool whole;         /* exhaustive: nothing is left within the bound */
	bool failed;
	char failure[FAILURE_SIZE];
	struct deviations deviations; /* of the failing schedule */
	uint64_t hash;                /* of all schedules */
};

/* A set of states, as hashes of their causes, and what the memory was in each. */
struct endings {
	struct ending {
		uint64_t causes, memory; /* 0: empty */
	} * table;                       /* open addressing */
	unsigned count, room;
	unsigned conflicts; /* the same causes, and another memory */
};
void endings_add(struct endings *endings, struct ending ending);
bool endings_are_equal(const struct endings *one, const struct endings *other);

void search(const struct explore_scenario *scenario, enum mode mode, const struct limits *limits,
	    struct result *result);
/* Makes the failing schedule of a result as plain as it can. */
void shrink(const struct explore_scenario *scenario, struct result *result);

#endif
