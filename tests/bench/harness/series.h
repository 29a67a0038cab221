/* SPDX-License-Identifier: MIT */
/* series.h: what the rounds of one subject found, by metric, and what is made of it. */
#ifndef POOLTOY_TESTS_BENCH_SERIES_H
#define POOLTOY_TESTS_BENCH_SERIES_H

#include <stdio.h>

enum { ROUNDS_MAX = 64, METRICS_MAX = 24 };

struct series {
	struct metric {
		char name[48];
		unsigned count;
		double value[ROUNDS_MAX];
	} metrics[METRICS_MAX];
	unsigned count;
};

/* Adds "NAME=VALUE NAME=VALUE ...", what one round found; ends this process if it is no such thing. */
void series_add(struct series *series, const char *text);
void series_add_value(struct series *series, const char *name, double value);
/* Of a metric: what stands for all rounds; NaN if there is none. */
double series_value(const struct series *series, const char *name);
/*
 * Writes the rows of the TSV. The variant goes behind the metrics, but for those that have one of
 * their own.
 */
void series_write(struct series *series, FILE *tsv, const char *scenario, const char *subject,
		  unsigned threads, const char *variant);

#endif
