/* SPDX-License-Identifier: MIT */
/* agents.h: the real side: threads that do what they are told, and workers that keep count. */
#ifndef REFERENCE_AGENTS_H
#define REFERENCE_AGENTS_H

#include "reference/model.h"

#include "sync.h"

/* What an agent is told, with all that it needs for it. */
struct order {
	enum operation_kind kind;
	struct pooltoy_lease lease;
	struct pooltoy_client **connection; /* NULL: for itself */
	int timeout_ms, worker;
	enum verb verb;
};

struct agent {
	struct sync_thread thread;
	struct sync_cond wake;
	bool told, busy;
	struct order order;
	/* When it has come back. */
	int code, worker;
	struct pooltoy_lease lease;
	long thread_id;
};

/* A worker, under its index. */
struct actor {
	struct sync_cond wake;
	bool held, let_go;
};

struct agents_counts {
	unsigned inits, terminates, resets, calls, casts, releases;
};

/* All of these under one lock. */
struct agents_world {
	struct sync_mutex lock;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	struct agent agents[AGENTS + 1]; /* the last one, as all comes to an end */
	struct actor actors[WORKERS];
	struct agents_counts counts;
	struct {
		int index;
		bool failed;
	} inits[LONGEST * 8];
	unsigned init_count;
	bool init_fails, reset_breaks;
};
extern struct agents_world real;

void agents_open(const struct model_config *config);
/* All comes to an end; EXPECTs what must hold then. What was wrong, or NULL. */
const char *agents_close(void);

void agents_tell(int agent, const struct order *order);
bool agents_are_busy(int agent);
/* The agent's thread ends, and another one takes its place. */
void agents_replace(int agent);
void agents_let_go(int worker);

/* What a status and a walk say. */
struct agents_view {
	struct pooltoy_pool_status status;
	struct agents_counts counts;
	bool busy[AGENTS];
	struct {
		enum pooltoy_worker_state state; /* 0: there is none */
		int calling, monitored;
		uint64_t leases;
		long holder;
		char name[32];
	} workers[WORKERS];
};
void agents_look(struct agents_view *view);

#endif
