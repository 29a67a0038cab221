/* SPDX-License-Identifier: MIT */
/* traffic.h: requests of one kind, as their client saw them: how many, how they ended, how long. */
#ifndef SEARCHD_TRAFFIC_H
#define SEARCHD_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

enum { FAILURE_KINDS = 8 };

struct failure {
	char what[48];
	long count;
};

/* All 0 is a good start. Not for several threads at once. */
struct traffic {
	long requests;
	long failed;
	struct failure failures[FAILURE_KINDS]; /* the last one takes what has no room */
	uint32_t *latency_us;
	size_t latencies, room;
};

/* Counts a request; `failure` is NULL, or what went wrong. */
void traffic_add(struct traffic *traffic, uint64_t duration_ns, const char *failure);

/* Adds what has been counted elsewhere. */
void traffic_merge(struct traffic *into, const struct traffic *from);

/* The latency that `part` of the requests (0 to 1) did not exceed, in ms. */
double traffic_latency_ms(struct traffic *traffic, double part);

void traffic_free(struct traffic *traffic);

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);

#endif
