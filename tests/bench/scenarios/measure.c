/* SPDX-License-Identifier: MIT */
/* measure.c: clocks, threads that begin together, samples. */
#include "scenarios/measure.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t cpu_time(clockid_t clock)
{
	struct timespec used;

	clock_gettime(clock, &used);
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

uint64_t cpu_ns(void)
{
	return cpu_time(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t thread_cpu_ns(void)
{
	return cpu_time(CLOCK_THREAD_CPUTIME_ID);
}

void sleep_until(uint64_t when)
{
	struct timespec time = { .tv_sec = (time_t)(when / 1000000000u),
				 .tv_nsec = (long)(when % 1000000000u) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
		;
}

void sleep_for(uint64_t ns)
{
	sleep_until(now_ns() + ns);
}

void work_for(uint64_t ns)
{
	uint64_t end;

	if (ns == 0)
		return;
	end = now_ns() + ns;
	while (now_ns() < end)
		;
}

struct party {
	unsigned threads;
	bool pinned;
	atomic_uint ready;
	void (*body)(void *argument, unsigned thread);
	void *argument;
};

struct guest {
	struct party *party;
	unsigned number;
	pthread_t thread;
	uint64_t begin, end;
};

static void *take_part(void *argument)
{
	struct guest *guest = argument;
	struct party *party = guest->party;

	if (party->pinned && party->threads <= cpus())
		pin_to(guest->number);
	atomic_fetch_add(&party->ready, 1);
	while (atomic_load(&party->ready) < party->threads)
		sched_yield();
	guest->begin = now_ns();
	party->body(party->argument, guest->number);
	guest->end = now_ns();
	return NULL;
}

static uint64_t run(struct party *party)
{
	unsigned threads = party->threads;
	struct guest *guests = must_alloc(threads * sizeof *guests);
	uint64_t begin = UINT64_MAX, end = 0;

	for (unsigned i = 0; i < threads; i++) {
		guests[i].party = party;
		guests[i].number = i;
		if (pthread_create(&guests[i].thread, NULL, take_part, &guests[i]))
			errx(1, "no thread to be had");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(guests[i].thread, NULL);
		if (guests[i].begin < begin)
			begin = guests[i].begin;
		if (guests[i].end > end)
			end = guests[i].end;
	}
	free(guests);
	return end - begin;
}

uint64_t run_together(unsigned threads, void (*body)(void *argument, unsigned thread),
		      void *argument)
{
	struct party party = { .threads = threads, .body = body, .argument = argument };

	return run(&party);
}

uint64_t run_pinned(unsigned threads, void (*body)(void *argument, unsigned thread), void *argument)
{
	struct party party = {
		.threads = threads, .pinned = true, .body = body, .argument = argument
	};

	return run(&party);
}

uint64_t calibrate(uint64_t (*once)(void *argument, uint64_t n), void *argument, uint64_t ms)
{
	uint64_t wanted = ms * 1000000u, n = 1, taken;

	while ((taken = once(argument, n)) < wanted / 4)
		n *= 2;
	n = (uint64_t)((double)n * (double)wanted / (double)taken);
	return n > 0 ? n : 1;
}

void samples_init(struct samples *samples, size_t size)
{
	samples->value = must_alloc(size * sizeof *samples->value);
	samples->count = 0;
	samples->size = size;
}

void samples_free(struct samples *samples)
{
	free(samples->value);
}

void samples_add(struct samples *samples, uint64_t value)
{
	if (samples->count == samples->size)
		errx(1, "more samples than foreseen");
	samples->value[samples->count++] = value;
}

void samples_move(struct samples *to, struct samples *from)
{
	for (size_t i = 0; i < from->count; i++)
		samples_add(to, from->value[i]);
	from->count = 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

void samples_sort(struct samples *samples)
{
	qsort(samples->value, samples->count, sizeof *samples->value, compare);
}

uint64_t samples_at(const struct samples *samples, unsigned permille)
{
	size_t rank = (samples->count * permille + 999) / 1000;

	if (samples->count == 0)
		return 0;
	return samples->value[rank > 0 ? rank - 1 : 0];
}

void *must_alloc(size_t size)
{
	void *memory = calloc(1, size > 0 ? size : 1);

	if (!memory)
		errx(1, "out of memory");
	return memory;
}
