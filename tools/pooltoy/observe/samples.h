/* SPDX-License-Identifier: MIT */
/* samples.h: how a pool was over the last minutes, in the steps of the looks at it. */
#ifndef OBSERVE_SAMPLES_H
#define OBSERVE_SAMPLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	SAMPLES = 300,       /* kept */
	SAMPLES_WINDOW = 10, /* percentiles are of what happened within so many looks */
	PERCENTILES = 3,     /* 50, 99, 99.9 */
	CRASHES = 100,       /* kept of each kind */
	POOL_NAME = 128
};

struct sample {
	int64_t at_ms; /* since 1970 */
	int64_t in_use, idle, waiting;
	int64_t wait_ns[PERCENTILES],
		hold_ns[PERCENTILES]; /* -1: there was none, or it is not known */
};

struct crashes {
	int64_t at_ms[CRASHES]; /* the one numbered n is at n modulo that */
	uint64_t count;
};

struct samples {
	struct samples *next;
	char pool[POOL_NAME];
	struct sample kept[SAMPLES];
	uint64_t count; /* that were taken; the one numbered n is at n modulo SAMPLES */
	struct crashes of_pool, of_workers;
	json_t *histograms[SAMPLES_WINDOW +
			   1]; /* of the last looks, by number likewise; NULL: not known */
};

/* Of that name, in a list that it is put into if it is not there; NULL: no memory. */
struct samples *samples_of(struct samples **list, const char *pool);
void samples_free(struct samples **list);
/* Of pools that were looked at last before that: they are there no more. */
void samples_forget(struct samples **list, int64_t before_ms);

/* Takes one, of the pool's status and of its histograms (NULL: not known). */
void samples_take(struct samples *samples, const json_t *status, const json_t *histograms,
		  int64_t at_ms);

/* Notes a crash: of the whole pool, with its manager, or of a worker. */
void samples_note_crash(struct samples *samples, bool whole, int64_t at_ms);

/*
 * As JSON: [at_ms, in use, idle, waiting, wait's percentiles..., hold's percentiles...], times in ns,
 * null for what is not known. The last one, and all of them, the oldest first.
 */
json_t *samples_last(const struct samples *samples);
json_t *samples_all(const struct samples *samples);
/* {"pool": [at_ms...], "workers": [at_ms...]}: the last crashes, the oldest first. */
json_t *samples_crashes(const struct samples *samples);

#endif
