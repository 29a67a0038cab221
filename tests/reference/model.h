/* SPDX-License-Identifier: MIT */
/* model.h: a pool as its manual has it: lists and counters, one thread, no cleverness. */
#ifndef REFERENCE_MODEL_H
#define REFERENCE_MODEL_H

#include "reference/operation.h"

#include <pooltoy.h>

/* Milliseconds. All backoffs are 500 to 1,000, so that OP_TICKs end none and an OP_REST ends all. */
enum {
	TICK = 2,
	REST = 2100,
	SHORTLY = 3,      /* waits for a worker: ends between two ticks */
	CALL_SHORTLY = 6, /* waits for a call: never at the same time */
	BACKOFF = 1000,
	SHUTDOWN = 1000,
	GRACE = 700,
	RESTART_PERIOD = 5000,
	GIVE_UP_AFTER = 3000,
	MAX_CASTS = 2
};

enum { WORKERS = 64, CLIENTS = AGENTS + CONNECTIONS, LEASES = 2 * LONGEST + 64, NOBODY = -1 };

struct model_config {
	const char *name;
	int size, max_overflow;
	enum pooltoy_strategy strategy;
	bool replace, exclusive, resets;
	int max_restarts; /* as in the specification */
};

enum worker_life { GONE, IDLE, LEASED, RESETTING, LEAVING };
enum worker_cause { DISMISSED, BROKE, KILLED, SWEPT, REPLACED };

struct model_worker {
	enum worker_life life;
	unsigned serial;   /* which of all workers so far it is */
	unsigned granted;  /* leases of its own */
	unsigned total;    /* leases of all that had its index */
	int lease;         /* LEASED: which */
	unsigned freed_at; /* IDLE: since which step */
	int borrower;      /* the agent that uses its state */
	bool calling;      /* a call is held in it */
	int caller;        /* the agent that waits for that */
	int casts;         /* that wait for the call's end */
	bool casts_break[MAX_CASTS];

	/* LEAVING: why; when it is interrupted, when given up; whether it has been. */
	enum worker_cause cause;
	long interrupt_at, quarantine_at;
	bool overdue, quarantined;
};

/* Any number of them may be of one value, if generations wrap: the last one counts. */
struct model_lease {
	int worker, client;
	bool alive;
	int borrower; /* the agent in whose list its state stands */
};

/* What an agent does, if it has not come back yet. */
enum pending { NOTHING, WAITS, CALLS, STOPS };
struct model_agent {
	enum pending pending;
	int client;        /* for which it waits */
	bool client_ended; /* ... which has been closed meanwhile */
	long deadline;     /* of its wait; or NOBODY */
	int number;        /* sent in its call */
	unsigned last;     /* the serial of the worker it used last; 0: none */
};

struct model_figures {
	unsigned instance, restarts, worker_deaths, start_failures, waits, timeouts, client_deaths;
	unsigned inits, terminates, resets, calls, casts;
};

struct model {
	const struct model_config *config;
	bool isolated; /* the workers are in child processes */
	long now;      /* ms */
	unsigned step;
	enum pooltoy_pool_state state; /* RUNNING is READY; BACKOFF, FAILED, STOPPED */
	struct model_worker workers[WORKERS];
	struct model_lease leases[LEASES];
	int lease_count;
	bool connections[CONNECTIONS]; /* those that are open */
	struct model_agent agents[AGENTS];
	int queue[AGENTS], waiting; /* agents, first come first */

	unsigned serials;
	int failing_inits, breaking_resets; /* 0 or 1: of those to come */
	bool rests;                         /* an OP_REST is going on */
	bool backs_off;                     /* no worker is started before a rest */
	bool start_failed;                  /* and the crew has not been full since */

	/* Restart intensity. */
	long deaths[LONGEST + 1];
	int death_count;
	bool in_trouble, forgiven;
	long trouble_since, last_trouble;
	unsigned returned_at; /* the step in which one last came back from quarantine */

	struct model_figures figures;
};

/* What the model asks of what really happened (world.c). */

/* The next init that ran: its worker's index, and whether it failed. Fails if there was none. */
int world_next_init(bool *failed);
/* Whether there is one now. */
bool world_has_next_init(void);
/* Whether a worker may have been started for a client that another one then was faster to serve. */
bool world_has_spares(void);
/* The agent has come back: with that code; for a checkout, with which worker and lease. */
struct world_answer {
	int code, worker;
};
struct world_answer world_answer(int agent);
/* The agent has this lease now: it will be known by that number. */
void world_granted(int agent, int lease);
/* One of these idle workers has been dismissed: which. */
int world_dismissed(const struct model *model);
/* If generations wrap, a client's end may take a lease of another's for one of its own that it has forgotten
 * to be over, and so may a wait: whether it did. */
bool world_mistook(int client, int lease);
bool world_mistook_wait(int agent, int client);
/* Ends the sequence as failed. */
_Noreturn void world_differs(const char *format, ...) POOLTOY_PRINTF(1, 2);

/* Whether a worker is idle. */
bool model_has_idle(const struct model *model);

void model_open(struct model *model, const struct model_config *config, bool isolated);

/*
 * Operations: each returns the code that is answered at once; or COMES_LATER, and world_answer is asked
 * when it has. After each, model_settle.
 */
enum { COMES_LATER = 1 };

/* The code of a checkout is world_answer's: the worker is whichever of those that may be. */
int model_checkout(struct model *model, int agent, int client, int timeout_ms);
int model_checkin(struct model *model, int agent, int lease);
int model_call(struct model *model, int agent, int lease, enum verb verb);
void model_let_go(struct model *model, int worker);
int model_cast(struct model *model, int lease, bool breaks);
int model_borrow(struct model *model, int agent, int lease);
int model_give_back(struct model *model, int agent, int lease);
int model_adopt(struct model *model, int agent, int client, int lease);
void model_client_ends(struct model *model, int client);
/* Index NOBODY: any that lives. */
int model_kill_worker(struct model *model, int index);
int model_kill_manager(struct model *model);
int model_revive(struct model *model);
int model_stop(struct model *model, int agent);
void model_pass(struct model *model, long ms);

/* What the pool does by itself until nothing more can happen. */
void model_settle(struct model *model);
/* One that was started, and is one too many. False: there is none. */
bool model_start_spare(struct model *model);

/* The figures that a pool's status has to show. */
void model_status(const struct model *model, struct pooltoy_pool_status *status);
int model_count(const struct model *model, enum worker_life life);

#endif
