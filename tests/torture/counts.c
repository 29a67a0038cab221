/* SPDX-License-Identifier: MIT */
/* counts.c: how often each kind of thing took place, and random numbers. */
#include "torture.h"

#include <err.h>
#include <stdio.h>
#include <sys/mman.h>

#define TORTURE_KIND(kind, name) name,
static const char *const names[KINDS] = { TORTURE_KINDS(TORTURE_KIND) };
#undef TORTURE_KIND
static atomic_long *counts;

void counts_open(void)
{
	counts = mmap(NULL, KINDS * sizeof *counts, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(99, "no memory for the counts");
}

void did_many(enum kind kind, long number)
{
	atomic_fetch_add_explicit(&counts[kind], number, memory_order_relaxed);
}

void did(enum kind kind)
{
	did_many(kind, 1);
}

long count_of(enum kind kind)
{
	return atomic_load_explicit(&counts[kind], memory_order_relaxed);
}

static bool is_left_out(enum kind kind)
{
	return SANITIZED && kind >= PLAIN_FORKS && kind <= CHILD_SERVICES;
}

static bool is_missing(enum kind kind)
{
	return !count_of(kind) && !is_left_out(kind);
}

bool counts_complete(void)
{
	enum kind kind = 0;

	while (kind < KINDS && !is_missing(kind))
		kind++;
	return kind == KINDS;
}

void counts_print(void)
{
	for (enum kind kind = 0; kind < KINDS; kind++)
		printf("%12ld  %s%s\n", count_of(kind), names[kind],
		       is_missing(kind)    ? ": NONE, so this was not tested"
		       : is_left_out(kind) ? ": left out under a sanitizer"
					   : "");
}

/* Random numbers: Marsaglia's xorshift, from a state that splitmix has spread. */

struct stream stream_of(unsigned thread)
{
	uint64_t state = torture.seed + (thread + 1) * 0x9e3779b97f4a7c15u;

	state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
	state = (state ^ state >> 27) * 0x94d049bb133111ebu;
	return (struct stream){ (state ^ state >> 31) | 1 };
}

unsigned draw(struct stream *stream, unsigned below)
{
	stream->state ^= stream->state << 13;
	stream->state ^= stream->state >> 7;
	stream->state ^= stream->state << 17;
	return (unsigned)(stream->state >> 20) % below;
}
