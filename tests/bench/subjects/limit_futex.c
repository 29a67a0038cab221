/* SPDX-License-Identifier: MIT */
/* limit_futex.c: the least that there and back between two threads that sleep can cost: a bare
 * futex for each way, no spinning. */
#include <err.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "scenarios/measure.h"
#include "subjects/subject.h"

struct line {
	_Alignas(128) atomic_uint there;
	_Alignas(128) atomic_uint back;
	unsigned calls; /* so far; never END */
	pthread_t thread;
};

enum { END = 0 };

static void post(atomic_uint *word, unsigned value)
{
	atomic_store_explicit(word, value, memory_order_release);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Asleep while the word is still `before`. */
static unsigned await(atomic_uint *word, unsigned before)
{
	unsigned seen;

	while ((seen = atomic_load_explicit(word, memory_order_acquire)) == before)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, before, NULL, NULL, 0);
	return seen;
}

static void *answer_calls(void *argument)
{
	struct line *line = argument;
	unsigned seen = END;

	while ((seen = await(&line->there, seen)) != END)
		post(&line->back, seen);
	return NULL;
}

static void *call_open(const struct order *order)
{
	return must_alloc(order->threads);
}

static void *join(void *set, unsigned caller)
{
	struct line *line = aligned_alloc(_Alignof(struct line), sizeof *line);

	(void)set;
	(void)caller;
	if (!line)
		errx(1, "out of memory");
	atomic_init(&line->there, END);
	atomic_init(&line->back, END);
	line->calls = END;
	if (pthread_create(&line->thread, NULL, answer_calls, line))
		errx(1, "no thread to be had");
	return line;
}

/* There has been a call: else the other thread would see no change. */
static void leave(void *argument)
{
	struct line *line = argument;

	post(&line->there, END);
	pthread_join(line->thread, NULL);
	free(line);
}

static void calls(void *argument, uint64_t calls)
{
	struct line *line = argument;

	for (uint64_t i = 0; i < calls; i++) {
		unsigned before = line->calls;

		if (++line->calls == END)
			line->calls++;
		post(&line->there, line->calls);
		await(&line->back, before);
	}
}

static const struct call_ops call = { call_open, free, join, leave, calls };

const struct subject subject = { .name = "limit_futex", .call = &call };
