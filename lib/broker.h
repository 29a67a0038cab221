/* SPDX-License-Identifier: MIT */
/* broker.h: where idle slots and waiting clients meet. */
#ifndef POOLTOY_LIB_BROKER_H
#define POOLTOY_LIB_BROKER_H

#include "checkout_queue.h"
#include "idle_hints.h"
#include "idle_order.h"
#include "slot_table.h"
#include "task_ring.h"

/*
 * A broker belongs to a pool and outlives its instances. It has the slots, what leads to the idle
 * ones, and the queues of who waits: clients, and tasks. The protocol of the clients is modelled in
 * tests/models/checkout_queue.pml. The promise: nobody sleeps beside an idle slot, and no task
 * waits beside one.
 *
 * Any thread may call any function at any time; lock-free while nobody waits and the order is not
 * strict. The strict order's lock is taken under the queue's, or alone.
 */
enum broker_strategy { BROKER_AFFINE, BROKER_LIFO, BROKER_FIFO };

struct broker {
	struct checkout_queue queue;
	sync_atomic(int) overflow; /* workers that are up beyond the pool's size */
	sync_atomic(int)
		max_overflow; /* so many of these may stay while somebody waits; the manager's */
	int calm;             /* overflow above which what is given back is looked at: constant */
	bool overflow_lingers; /* constant: so many stay in any case, until the manager dismisses them */
	enum broker_strategy strategy;
	sync_atomic(struct task_ring *) tasks; /* NULL until the first */
	void (*wake)(struct slot *slot); /* tells a worker that its slot is SERVING; with tasks */
	/* NULL; or whether a slot that was just taken, at that generation, is fit to be used: if not, it has been
	 * given to its worker, and becomes free later. A lock may be held. */
	bool (*fits)(struct slot *slot, uint64_t generation);
	/* An absent waiter has come, was looked for in vain, or served; or a task was looked for in vain: with more
	 * workers, it need not wait; or there is one too many now. With absent waiters and tasks; the queue's lock is
	 * not held. */
	void (*reconsider)(struct broker *broker);
	uint64_t starvation; /* ns: who has waited longer is overtaken no more */
	uint64_t pace;       /* ns: but between two such waiters newcomers may come for so long */
	uint64_t (*clock)(void);
	struct slot_table slots;
	struct idle_hints hints; /* affine */
	struct idle_order order; /* lifo, fifo */
};

/* False: no memory. Slots are to be added by slot_table_grow. */
bool broker_init(struct broker *broker, enum broker_strategy strategy, unsigned capacity,
		 size_t stride, uint64_t starvation, uint64_t (*clock)(void));
void broker_destroy(struct broker *broker);

/* Leases an idle slot, in the order of the strategy; `start` is where an affine search begins. */
bool broker_take(struct broker *broker, unsigned start, struct slot **slot, uint64_t *generation);

/* The same for who would not look again, by asking each slot: so one that is idle all the while is found, even if it
 * became idle just now and who made it idle, or searched, has not got round to saying where. */
bool broker_take_unlisted(struct broker *broker, struct slot **slot, uint64_t *generation);

/* The head of the queue, if there is one, is told to look for an idle slot; one that is absent gets one,
 * if there is one, and so the next. */
void broker_nudge_head(struct broker *broker);

/* The queue of tasks, made at the first use with room for so many; NULL without memory. */
struct task_ring *broker_tasks(struct broker *broker, unsigned capacity);

static inline bool broker_has_tasks(struct broker *broker)
{
	struct task_ring *tasks = sync_load(&broker->tasks, seq_cst);

	return tasks && task_ring_waiting(tasks);
}

/*
 * An idle slot, if there is one, is taken for the tasks, and its worker woken to serve them;
 * whether there was. After a task was made READY, and by a worker that took one, and sees another:
 * so that one task calls one worker, and that one the next.
 */
bool broker_summon(struct broker *broker);

enum broker_freed {
	BROKER_IDLE,        /* the slot is idle */
	BROKER_SURPLUS,     /* the same; but it may be one too many: broker_has_surplus */
	BROKER_HANDED_OVER, /* the head of the queue has it */
	BROKER_SERVING,     /* the tasks have it, which came before who waits */
	BROKER_DISMISSED,   /* it was one too many: STOPPING; the caller tells its worker and the
			       manager */
	BROKER_MOVED /* the word has changed: nothing has happened, look again; but who looked for
			overflow meanwhile may have missed it: the caller has the manager look, too */
};

/* Nobody waits, there is no overflow, and no limit of a worker's: what becomes free is idle, and that is all. */
static inline bool broker_is_quiet(struct broker *broker)
{
	return sync_load(&broker->overflow, relaxed) <= broker->calm &&
	       !checkout_queue_waited_for(&broker->queue);
}

/* After a slot was made idle, or its hint set again: has a client or a task come for it. */
void broker_look_at_who_waits(struct broker *broker);

/* broker_free's last part, and all of it while the broker is quiet: false if the word has changed. */
static inline bool broker_make_idle(struct broker *broker, struct slot *slot, slot_word word,
				    uint64_t generation)
{
	if (slot_move(slot, word, slot_word_make(generation, 0, SLOT_IDLE)) == SLOT_MOVED)
		return false;
	if (broker->strategy == BROKER_AFFINE)
		idle_hints_put(&broker->hints, slot);
	else
		idle_order_put(&broker->order, slot);
	/* After the slot is idle and can be found: pairs with broker_enter and the search that
	 * follows it; and with task_ring_put, and broker_summon after it. */
	if (sync_load(&broker->queue.waiters, seq_cst) |
	    (uintptr_t)sync_load(&broker->tasks, seq_cst))
		broker_look_at_who_waits(broker);
	return true;
}

/*
 * The one way into IDLE: from `word`, which allows it, to free at `generation`. If the head of the
 * queue starves, it is leased to that straight away; and if tasks wait, too, the slot goes straight
 * to whichever came first, so that neither keeps the other waiting.
 */
enum broker_freed broker_free(struct broker *broker, struct slot *slot, slot_word word,
			      uint64_t generation);

/* Has the calling client wait: 0, or why it cannot: the code with which the queue is closed, or
 * POOLTOY_EQUEUEFULL. It then looks for a slot a last time before it parks. */
int broker_enter(struct broker *broker, struct waiter *waiter, struct parker *parker);
/* The same before all that do not enter so, and before all tasks. */
int broker_enter_high(struct broker *broker, struct waiter *waiter, struct parker *parker);

/*
 * Has an absent waiter wait: 0, or the code as above. The last look for a slot is made in here, for the
 * head of the queue, which may be this one: it may have been told when this returns.
 */
int broker_enter_absent(struct broker *broker, struct waiter *waiter,
			void (*settled)(struct waiter *waiter), bool high);

/*
 * Takes the waiter off, if nobody else has; its outcome: CANCELLED if the caller did, else what
 * happened meanwhile. If that is GRANTED, the slot is the caller's, to be used or to be given back
 * the ordinary way.
 */
enum waiter_outcome broker_leave(struct broker *broker, struct waiter *waiter);
/* The same for one that has found a slot. */
enum waiter_outcome broker_leave_served(struct broker *broker, struct waiter *waiter);

/* Now and then, if the queue is bounded: who has waited for too long is shed, if nobody is served at all. */
void broker_poll_overload(struct broker *broker);

/* How much overflow may stay: for those who wait, or as long as it may be idle. */
static inline int broker_stay(struct broker *broker)
{
	return broker->overflow_lingers || checkout_queue_waited_for(&broker->queue) ||
			       broker_has_tasks(broker)
		       ? sync_load(&broker->max_overflow, seq_cst)
		       : 0;
}

/* Whether there are more workers than there may be at all: after a resize. They go, whoever waits. */
static inline bool broker_has_excess(struct broker *broker)
{
	int overflow = sync_load(&broker->overflow, seq_cst);

	return overflow > 0 && overflow > sync_load(&broker->max_overflow, seq_cst);
}

/*
 * Whether an idle slot may be one too many: neither client nor task waits, and there is overflow; or there
 * is more of that than may be. A slot that becomes free while one waits is not dismissed but for the
 * second. So whoever takes the last waiter off the queue, for whatever reason, asks this afterwards, as does
 * who made a slot idle, or has failed to; and tells the manager, which looks at all slots.
 */
static inline bool broker_has_surplus(struct broker *broker)
{
	/*
	 * Sequentially consistent, as the manager asks this whenever it has been told of a change:
	 * then it looks at the slots, and who makes one idle sees the overflow as it did, or is
	 * seen; then at who waits (await_news), of which the same is true.
	 */
	int overflow = sync_load(&broker->overflow, seq_cst);

	return overflow > 0 && overflow > broker_stay(broker);
}

/* Takes one from the overflow, if there are more than may stay: by who is to dismiss it, or has seen it end. */
bool broker_drop_overflow(struct broker *broker, int stay);

/*
 * Adds one: it has come up, or could not be dismissed. Who frees a slot may miss it: so the manager
 * asks broker_has_surplus after it, and then looks at all slots.
 */
static inline void broker_add_overflow(struct broker *broker)
{
	sync_fetch_add(&broker->overflow, 1, relaxed);
}

#endif
