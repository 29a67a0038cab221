/* SPDX-License-Identifier: MIT */
/* parker.c: park and unpark, on a mutex and a condition variable; the free parkers. */
#include "parker.h"
#include "probe.h"

/*
 * States, as in Rust's std::thread::park on condition variables (the algorithm's best known home):
 *
 *   EMPTY  --park-->    PARKED   under the mutex, before the wait
 *   EMPTY  --unpark-->  TOKEN
 *   PARKED --unpark-->  TOKEN    then a wake; through the mutex first, so that the sleeper waits
 *   TOKEN  --park-->    EMPTY    taken
 *   PARKED --timeout--> EMPTY
 */

int parker_init(struct parker *parker)
{
	int failed;

	atomic_init(&parker->state, PARKER_EMPTY);
	parker->spins = parker->token_spins = 0;
	parker->max_spins = PARKER_MAX_SPINS;
	parker->bed = NULL;
	parker->next_free = NULL;
	failed = sync_mutex_init(&parker->mutex, RANK_PARKER);
	if (failed)
		return failed;
	failed = sync_cond_init(&parker->cond);
	if (failed)
		sync_mutex_destroy(&parker->mutex);
	return failed;
}

void parker_destroy(struct parker *parker)
{
	sync_cond_destroy(&parker->cond);
	sync_mutex_destroy(&parker->mutex);
}

/*
 * The spin budgets, in looks. Who waits for an answer, and got one while it spun, has been paid: the budget grows
 * by an eighth of what is missing to the most, which takes as long as a sleep and a wake. (To spin for just so
 * long as the waits before took lets the first hiccup put both sides to sleep, at fifty times the cost of a
 * call.) Who waits for a token, which may be long in coming, spins for twice what the waits before took, on
 * average. A sleep that was over sooner than a sleep and a wake cost was a mistake: the budget doubles, or begins
 * anew. A longer one was right: the budget decays, to hardly more than a look, since who is waited for may have been
 * woken on this processor, and waits for it. So no more is burnt than what a sleep costs, and that only where
 * waits are short. Nil on one processor, where the other thread cannot move while we look.
 */
enum {
	SPINS_FLOOR = 4,
	SPINS_SLACK = 40,
	SPINS_ANEW = 80,
	SPINS_WEIGHT = 8,
	SLEEP_COST_NS = 50000
};

static bool machine_can_spin(void)
{
	static sync_atomic(int) cpus;
	int known = figure_load(&cpus);

	if (known == 0) {
		known = sync_cpus();
		figure_store(&cpus, known);
	}
	return known > 1;
}

static bool can_spin(const struct parker *parker)
{
	return parker->max_spins > 0 && machine_can_spin();
}

static unsigned budget_of(const struct parker *parker, unsigned spins)
{
	if (spins < SPINS_FLOOR)
		spins = SPINS_FLOOR;
	return spins < parker->max_spins ? spins : parker->max_spins;
}

static bool has_token(struct parker *parker)
{
	return sync_load(&parker->state, relaxed) == PARKER_TOKEN;
}

bool parker_spin(struct parker *parker, parker_condition *holds, void *argument)
{
	unsigned budget = budget_of(parker, parker->spins);
	bool found;

	if (!can_spin(parker))
		return holds(argument);
	if (has_token(parker))
		return true; /* of before: nothing to learn from */
	found = sync_spin_until(holds(argument) || has_token(parker), budget);
	if (found)
		parker->spins = budget + (parker->max_spins - budget) / SPINS_WEIGHT;
	return found;
}

static bool spin_for_token(struct parker *parker)
{
	unsigned budget = budget_of(parker, parker->token_spins), used = 0;
	bool found;

	if (!can_spin(parker))
		return false;
	found = sync_spin_until((used++, has_token(parker)), budget);
	if (found)
		parker->token_spins =
			(budget * (SPINS_WEIGHT - 1) + budget_of(parker, 2 * used + SPINS_SLACK)) /
			SPINS_WEIGHT;
	return found;
}

static void learn_from_sleep(const struct parker *parker, unsigned *spins, uint64_t slept)
{
	if (!can_spin(parker))
		return;
	if (slept > SLEEP_COST_NS)
		*spins -= *spins / SPINS_WEIGHT;
	else if (*spins < parker->max_spins / 2)
		*spins = *spins < SPINS_ANEW / 2 ? SPINS_ANEW : 2 * *spins;
	else
		*spins = parker->max_spins;
}

void parker_learn_from_sleep(struct parker *parker, uint64_t slept)
{
	learn_from_sleep(parker, &parker->spins, slept);
}

bool parker_take_token(struct parker *parker)
{
	int token = PARKER_TOKEN;

	/* Acquire pairs with the release of parker_unpark. */
	return sync_cas(&parker->state, &token, PARKER_EMPTY, acq_rel);
}

static void leave_cancelled_wait(void *argument)
{
	struct parker *parker = argument;

	sync_store(&parker->state, PARKER_EMPTY, relaxed);
	sync_mutex_unlock(&parker->mutex);
}

/* Parked already. True: the condition holds. */
static bool sleep_in_bed(struct parker *parker, parker_condition *holds, void *argument,
			 uint64_t deadline)
{
	bool held, timed_out = false;

	while (!(held = holds(argument)) && !timed_out &&
	       sync_load(&parker->state, relaxed) == PARKER_PARKED)
		timed_out = !parker->bed->sleep_in(parker->bed, deadline);
	return held;
}

static bool sleep_on_condition(struct parker *parker, parker_condition *holds, void *argument,
			       uint64_t deadline)
{
	int empty = PARKER_EMPTY;
	bool timed_out = false, held = false;

	sync_mutex_lock(&parker->mutex);
	/* Sequentially consistent, as the look at the condition: pairs with parker_rouse. */
	if (sync_cas(&parker->state, &empty, PARKER_PARKED, seq_cst)) {
		held = holds(argument);
		sync_cleanup_push(leave_cancelled_wait, parker);
		while (!held && !timed_out && sync_load(&parker->state, relaxed) == PARKER_PARKED)
			timed_out = !sync_cond_wait_until(&parker->cond, &parker->mutex, deadline);
		sync_cleanup_pop(0);
	}
	sync_mutex_unlock(&parker->mutex);
	return held;
}

/* Asleep until there is a token, or the condition holds once the others can see it asleep. */
static bool sleep_until(struct parker *parker, parker_condition *holds, void *argument,
			uint64_t deadline, unsigned *spins)
{
	uint64_t begun = sync_now();
	int empty = PARKER_EMPTY;
	bool held = false;

	PROBE(park, parker);
	if (!parker->bed)
		held = sleep_on_condition(parker, holds, argument, deadline);
	/* Sequentially consistent, as the look at the condition: pairs with parker_rouse. */
	else if (sync_cas(&parker->state, &empty, PARKER_PARKED, seq_cst))
		held = sleep_in_bed(parker, holds, argument, deadline);
	learn_from_sleep(parker, spins, sync_now() - begun);
	/* A token that came at the last moment is taken all the same. */
	return sync_exchange(&parker->state, PARKER_EMPTY, acq_rel) == PARKER_TOKEN || held;
}

static bool never_holds(void *unused)
{
	(void)unused;
	return false;
}

bool parker_park(struct parker *parker, uint64_t deadline)
{
	if (parker_take_token(parker))
		return true;
	if (spin_for_token(parker))
		return parker_take_token(parker); /* nobody else takes it */
	return sleep_until(parker, never_holds, NULL, deadline, &parker->token_spins);
}

bool parker_await(struct parker *parker, parker_condition *holds, void *argument, uint64_t deadline)
{
	return parker_take_token(parker) || holds(argument) ||
	       sleep_until(parker, holds, argument, deadline, &parker->spins) || holds(argument);
}

void parker_unpark(struct parker *parker)
{
	/* Release pairs with the acquire of parker_take_token and sleep_until. */
	if (sync_exchange(&parker->state, PARKER_TOKEN, acq_rel) != PARKER_PARKED)
		return;
	PROBE(wake, parker);
	if (parker->bed) {
		parker->bed->wake(parker->bed);
		return;
	}
	sync_mutex_lock(&parker->mutex);
	sync_mutex_unlock(&parker->mutex);
	sync_cond_signal(&parker->cond);
}

/* Type-stable: a parker that has been handed out stays a parker for good. */
static struct sync_mutex free_lock = SYNC_MUTEX_INITIALIZER(RANK_PARKERS);
static struct parker *free_parkers;
SYNC_GLOBAL(free_lock);
SYNC_GLOBAL(free_parkers);

struct parker *parker_acquire(void)
{
	struct parker *parker;

	sync_mutex_lock(&free_lock);
	parker = free_parkers;
	if (parker)
		free_parkers = parker->next_free;
	sync_mutex_unlock(&free_lock);
	if (parker)
		return parker;

	parker = sync_alloc_lines(sizeof *parker);
	if (parker && parker_init(parker)) {
		sync_free(parker);
		parker = NULL;
	}
	return parker;
}

void parker_release(struct parker *parker)
{
	sync_mutex_lock(&free_lock);
	parker->next_free = free_parkers;
	free_parkers = parker;
	sync_mutex_unlock(&free_lock);
}

void parker_fork_prepare(void)
{
	sync_mutex_lock(&free_lock);
}

void parker_fork_parent(void)
{
	sync_mutex_unlock(&free_lock);
}

void parker_fork_child(void)
{
	free_parkers = NULL;
	sync_mutex_unlock(&free_lock);
}

void parker_free_all(void)
{
	struct parker *parker;

	sync_mutex_lock(&free_lock);
	while ((parker = free_parkers)) {
		free_parkers = parker->next_free;
		parker_destroy(parker);
		sync_free(parker);
	}
	sync_mutex_unlock(&free_lock);
}
