/* SPDX-License-Identifier: MIT */
/* checkout_queue.h: the clients that wait for a worker, first come first served, high before normal. */
#ifndef POOLTOY_LIB_CHECKOUT_QUEUE_H
#define POOLTOY_LIB_CHECKOUT_QUEUE_H

#include "overload.h"
#include "parker.h"
#include "slot.h"

/* What becomes of a waiter. It leaves WAITING once, under the queue's lock: a timeout and a grant
 * cannot both win. */
enum waiter_outcome {
	WAITER_WAITING,
	WAITER_GRANTED,  /* `slot` at `generation` is its own */
	WAITER_REFUSED,  /* with `code`: the queue was closed, or this one waited for too long */
	WAITER_CANCELLED /* it left by itself */
};

/*
 * One waiting client; on its own stack. Others touch it under the lock alone; its parker also
 * afterwards.
 *
 * Or an absent one: an operation without a thread (operation.h), which has no parker. It cannot look
 * for a slot; who would wake it looks in its stead. Whoever settles it by granting or refusing calls
 * `settled` after the unlock; it lasts until then.
 */
struct waiter {
	struct waiter *previous, *next;
	sync_atomic(int) outcome;
	struct slot *slot;
	uint64_t generation;
	int code;
	uint64_t since;        /* ns */
	struct parker *parker; /* NULL: absent */
	void (*settled)(struct waiter *waiter);
	uint64_t
		tasks_before; /* position of the first task that came after it; 0: it goes before all */
	bool high;            /* it goes before all that are not */
};

/* Absent waiters that were settled, in that order, and are to be told. */
struct settled {
	struct waiter *first, **end;
};
#define SETTLED_INIT(settled) \
	{ \
		NULL, &(settled)->first \
	}

/* Guarded by its lock, but for what is atomic: that is read by everybody, and written under the lock. */
struct checkout_queue {
	SYNC_LINE_ALIGNED sync_atomic(unsigned) waiters;
	/* The head has been told to look for a slot, and has not begun to. Cleared by who looks, without the
	 * lock. */
	sync_atomic(bool) told;
	/* ns: the wait of who has waited longest counts from then. */
	sync_atomic(uint64_t) since;
	SYNC_LINE_ALIGNED struct sync_mutex lock;
	/* Waiters that have looked in vain, and sleep; absent ones all the while. One that is awake may have a
	 * slot already. Counted by the waiter itself, without the lock. */
	sync_atomic(unsigned) asleep;
	struct waiter *head, *tail;
	struct waiter *last_high; /* NULL: none waits */
	uint64_t paced;           /* ns: nobody's wait counts from before */
	int closed;               /* the code that newcomers get; 0: open */
	struct overload overload;
};

/* 0 or an errno value. */
int checkout_queue_init(struct checkout_queue *queue);
void checkout_queue_destroy(struct checkout_queue *queue);

/*
 * Whether somebody waits. Sequentially consistent, as the count in checkout_queue_enter_locked: who
 * made a slot idle looks at the waiters, a waiter counts itself and then looks at the slots. At
 * least one of the two sees the other.
 */
static inline bool checkout_queue_waited_for(struct checkout_queue *queue)
{
	return sync_load(&queue->waiters, seq_cst) != 0;
}

/*
 * Who waits is about to look for a slot. Sequentially consistent, then the look: who has made a slot idle,
 * and then sees that the head has been told, may leave it at that.
 */
static inline void checkout_queue_look(struct checkout_queue *queue)
{
	if (sync_load(&queue->told, relaxed))
		sync_store(&queue->told, false, seq_cst);
}

/* Whether the head is about to look anyhow. Pairs with checkout_queue_look. */
static inline bool checkout_queue_is_told(struct checkout_queue *queue)
{
	return sync_load(&queue->told, seq_cst);
}

/*
 * Who waits has looked in vain and goes to sleep, or has woken, to look again or to leave. Sequentially consistent:
 * a sleeper counts, and then looks whether there may be more workers; see pool_may_grow.
 */
static inline void checkout_queue_sleep(struct checkout_queue *queue)
{
	sync_fetch_add(&queue->asleep, 1, seq_cst);
}

static inline void checkout_queue_wake(struct checkout_queue *queue)
{
	sync_fetch_sub(&queue->asleep, 1, relaxed);
}

/* How many wait, and do not look themselves. Asked after a look at the slots, so that who has one of these by then
 * does not count; mostly. Takes the lock. */
unsigned checkout_queue_unserved(struct checkout_queue *queue);

/* The rest is called with the lock held. */

/* The parker of the head, which is not absent: to be unparked after the unlock. */
struct parker *checkout_queue_tell_locked(struct checkout_queue *queue);

/* `tasks_before` as in the waiter: its place is settled once it counts. */
void checkout_queue_enter_locked(struct checkout_queue *queue, struct waiter *waiter,
				 struct parker *parker, uint64_t now, uint64_t tasks_before);

/* The same before all that did not enter so, and behind those that did; and before all tasks. */
void checkout_queue_enter_high_locked(struct checkout_queue *queue, struct waiter *waiter,
				      struct parker *parker, uint64_t now);

/* The first of those that are not high, or NULL. */
static inline struct waiter *checkout_queue_first_normal(const struct checkout_queue *queue)
{
	return queue->last_high ? queue->last_high->next : queue->head;
}

/* Since when this one has waited, or who would have been served in its place if it were not high: ns. */
uint64_t checkout_queue_since_locked(const struct checkout_queue *queue,
				     const struct waiter *waiter);

/* Takes the waiter off the queue, wherever it stands. Whoever does so then looks whether a slot is
 * idle for the next one. */
void checkout_queue_remove_locked(struct checkout_queue *queue, struct waiter *waiter,
				  enum waiter_outcome outcome);

/* Takes the head off and makes the slot its own; its parker, to be unparked after the unlock. An
 * absent one is added to the settled. */
struct parker *checkout_queue_grant_locked(struct checkout_queue *queue, struct slot *slot,
					   uint64_t generation, struct settled *settled);

/* Takes the waiter off and refuses it; wakes it, or adds it to the settled if it is absent. */
void checkout_queue_refuse_locked(struct checkout_queue *queue, struct waiter *waiter, int code,
				  struct settled *settled);

/* From now on nobody's wait counts from before that time, in ns. Before the head is taken off. */
static inline void checkout_queue_pace_locked(struct checkout_queue *queue, uint64_t since)
{
	queue->paced = since;
}

/* Refuses all waiters, and from now on all newcomers; wakes them, but for absent ones, which are added
 * to the settled. */
void checkout_queue_close_locked(struct checkout_queue *queue, int code, struct settled *settled);
void checkout_queue_open_locked(struct checkout_queue *queue);

/*
 * Tells those that were settled: `settled` of each is called, after the unlock. What that does may
 * settle others, who are told after it, not inside of it.
 */
void settled_tell(struct settled *settled);

#endif
