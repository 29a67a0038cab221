/* SPDX-License-Identifier: MIT */
/* timer_queue.h: one actor's timers, the earliest first. */
#ifndef POOLTOY_LIB_TIMER_QUEUE_H
#define POOLTOY_LIB_TIMER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986) of timers embedded in their objects, so
 * that setting one needs no memory and cannot fail. For one thread at a time. Setting is O(1), the
 * rest O(log n) amortized. A timer that has never been set is all zeroes; those of one deadline
 * come in any order.
 */
struct timer {
	uint64_t deadline; /* ns */
	bool set;
	struct timer *child, *next; /* first child; next sibling */
	struct timer *previous;     /* previous sibling, or the parent of a first child */
};

struct timer_queue {
	struct timer *earliest;
};

/* Sets the timer, or moves it if it is set. */
void timer_queue_set(struct timer_queue *queue, struct timer *timer, uint64_t deadline);
/* Takes it out; nothing if it is not set. */
void timer_queue_cancel(struct timer_queue *queue, struct timer *timer);
/* The next deadline; UINT64_MAX without any. */
uint64_t timer_queue_next(const struct timer_queue *queue);
/* Takes out and returns a timer whose deadline is not after `now`, the earliest first; NULL if
 * there is none. */
struct timer *timer_queue_expire(struct timer_queue *queue, uint64_t now);

#endif
