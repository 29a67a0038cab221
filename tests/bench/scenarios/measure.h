/* SPDX-License-Identifier: MIT */
/* measure.h: clocks, threads that begin together, samples: what scenarios measure with. */
#ifndef POOLTOY_TESTS_BENCH_MEASURE_H
#define POOLTOY_TESTS_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Of all threads of this process; of the calling one. */
uint64_t cpu_ns(void);
uint64_t thread_cpu_ns(void);
/* Asleep. */
void sleep_until(uint64_t when);
void sleep_for(uint64_t ns);
/* At work. */
void work_for(uint64_t ns);

unsigned cpus(void);
/* Keeps the calling thread on the CPU of that number, counted modulo their number. */
void pin_to(unsigned cpu);

/*
 * Runs body(argument, i) on so many threads, which begin together. Returns the time from the first
 * one's begin to the last one's end.
 */
uint64_t run_together(unsigned threads, void (*body)(void *argument, unsigned thread),
		      void *argument);
/* The same, each thread on a CPU of its own if there are enough. For bodies that make no threads:
 * these would inherit that. */
uint64_t run_pinned(unsigned threads, void (*body)(void *argument, unsigned thread),
		    void *argument);

/*
 * How often an operation must be repeated to last for about `ms`; `once` repeats it n times and
 * returns the time that took. The first call's warm-up is part of it.
 */
uint64_t calibrate(uint64_t (*once)(void *argument, uint64_t n), void *argument, uint64_t ms);

/* Samples of a duration, gathered by one thread. */
struct samples {
	uint64_t *value;
	size_t count, size;
};
void samples_init(struct samples *samples, size_t size);
void samples_free(struct samples *samples);
void samples_add(struct samples *samples, uint64_t value);
/* Moves those of `from` over. */
void samples_move(struct samples *to, struct samples *from);
void samples_sort(struct samples *samples);
/* Of sorted samples: the one that `permille` of 1,000 do not exceed. */
uint64_t samples_at(const struct samples *samples, unsigned permille);

/* Out of memory or threads, a benchmark has nothing to say. */
void *must_alloc(size_t size);

#ifdef __cplusplus
}
#endif

#endif
