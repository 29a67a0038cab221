/* SPDX-License-Identifier: MIT */
/* limit_spin.c: the least that there and back between two threads that are awake can cost: each
 * spins on a line that the other writes, on a CPU of its own. */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

struct line {
	_Alignas(128) atomic_ulong there;
	_Alignas(128) atomic_ulong back;
	uint64_t calls; /* so far */
	unsigned caller;
	pthread_t thread;
};

static inline void spin(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

enum { END = 0 };

static void *answer_calls(void *argument)
{
	struct line *line = argument;
	unsigned long next = 1, seen;

	pin_to(2 * line->caller + 1);
	for (;; next++) {
		while ((seen = atomic_load_explicit(&line->there, memory_order_acquire)) != next) {
			if (seen == END && next > 1)
				return NULL;
			spin();
		}
		atomic_store_explicit(&line->back, next, memory_order_release);
	}
}

static void *call_open(const struct order *order)
{
	return must_alloc(order->threads);
}

/* The answering thread exists only while somebody calls: it never sleeps. */
static void *join(void *set, unsigned caller)
{
	struct line *line = aligned_alloc(_Alignof(struct line), sizeof *line);

	(void)set;
	if (!line)
		errx(1, "out of memory");
	atomic_init(&line->there, END);
	atomic_init(&line->back, END);
	line->calls = 0;
	line->caller = caller;
	if (pthread_create(&line->thread, NULL, answer_calls, line))
		errx(1, "no thread to be had");
	pin_to(2 * caller); /* from here on: the other thread does not inherit it */
	return line;
}

/* There has been a call: before the first, END is no news. */
static void leave(void *argument)
{
	struct line *line = argument;

	atomic_store_explicit(&line->there, END, memory_order_release);
	pthread_join(line->thread, NULL);
	free(line);
}

static void calls(void *argument, uint64_t calls)
{
	struct line *line = argument;

	for (uint64_t i = 0; i < calls; i++) {
		line->calls++;
		atomic_store_explicit(&line->there, line->calls, memory_order_release);
		while (atomic_load_explicit(&line->back, memory_order_acquire) != line->calls)
			spin();
	}
}

static const struct call_ops call = { call_open, free, join, leave, calls };

const struct subject subject = { .name = "limit_spin", .call = &call };
