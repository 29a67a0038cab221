/* SPDX-License-Identifier: MIT */
/* account.h: what the demo prints. */
#ifndef SEARCHD_ACCOUNT_H
#define SEARCHD_ACCOUNT_H

#include <jansson.h>

#include "killer.h"
#include "loader.h"

/* Some load, and the kills under it. */
struct phase {
	struct load load;
	struct kills kills;
	struct load_result result;
	double seconds;
	json_t *after; /* /status */
};

/* The supervisor, its pools, their managers and workers. */
void account_tree(const char *title, json_t *status);

/* One line on a phase: as it begins, and the rest when it is over. */
void account_phase_begins(const struct phase *phase);
void account_phase_ends(const struct phase *phase);

/* Requests, retries and failures, as the pools' users in the server saw them. */
void account_requests(json_t *status);

/* The same as the clients saw it: counts and latencies. */
void account_traffic_heading(void);
void account_traffic(const char *name, struct traffic *traffic);

/* How soon what was killed was there again. */
void account_restarts(json_t *status);

/* "ok" or "FAILED", and what. Returns whether it holds. */
int account_verdict(int holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The requests that the server has made to a pool, and their failures, whatever the code. */
long requests_in(json_t *pool);
long failures_in(json_t *pool);

#endif
