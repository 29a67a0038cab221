/* SPDX-License-Identifier: MIT */
/* plan.h: what is measured, of whom. */
#ifndef POOLTOY_TESTS_BENCH_PLAN_H
#define POOLTOY_TESTS_BENCH_PLAN_H

#include <stddef.h>

/* Subjects that are measured at the same work, in turns. */
struct plan_case {
	const char *scenario;
	const char *variant; /* after the @ of the metrics; "": the scenario's plain case */
	unsigned threads;
	const char *order;     /* to the subjects; threads and ms are added */
	const char *subjects;  /* separated by blanks */
	unsigned ms, quick_ms; /* of a round; 0: not in this run */
	unsigned rounds;       /* 0: as many as the run has by default */
};

extern const struct plan_case plan[];
extern const size_t plan_size;

#endif
