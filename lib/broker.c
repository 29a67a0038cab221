/* SPDX-License-Identifier: MIT */
/* broker.c: taking, freeing, waiting. */
#include "broker.h"

#include <assert.h>
#include <pooltoy/error.h>

/*
 * A slot that is handed to a sleeper serves nobody until that wakes, and after a busy moment there may be
 * many sleepers that starve. So that not every slot waits for one of them, they follow each other at a pace:
 * so many within the starvation limit, and no further apart than it takes a sleeper to wake.
 */
enum { PACES = 16, LONGEST_PACE_NS = 100000 };

bool broker_init(struct broker *broker, enum broker_strategy strategy, unsigned capacity,
		 size_t stride, uint64_t starvation, uint64_t (*clock)(void))
{
	broker->strategy = strategy;
	broker->starvation = starvation;
	broker->pace = starvation / PACES;
	if (broker->pace > LONGEST_PACE_NS)
		broker->pace = LONGEST_PACE_NS;
	broker->clock = clock;
	atomic_init(&broker->overflow, 0);
	atomic_init(&broker->max_overflow, INT_MAX); /* until it is set */
	broker->overflow_lingers = false;
	atomic_init(&broker->tasks, NULL);
	broker->calm = 0;
	broker->wake = NULL;
	broker->fits = NULL;
	broker->reconsider = NULL;
	if (!slot_table_init(&broker->slots, capacity, stride))
		return false;
	if (!idle_hints_init(&broker->hints, broker->slots.capacity))
		goto no_hints;
	if (idle_order_init(&broker->order))
		goto no_order;
	if (checkout_queue_init(&broker->queue))
		goto no_queue;
	return true;

no_queue:
	idle_order_destroy(&broker->order);
no_order:
	idle_hints_destroy(&broker->hints);
no_hints:
	slot_table_destroy(&broker->slots);
	return false;
}

void broker_destroy(struct broker *broker)
{
	task_ring_destroy(sync_load(&broker->tasks, relaxed));
	checkout_queue_destroy(&broker->queue);
	idle_order_destroy(&broker->order);
	idle_hints_destroy(&broker->hints);
	slot_table_destroy(&broker->slots);
}

static bool take_any(struct broker *broker, unsigned start, struct slot **slot,
		     uint64_t *generation, bool *set_again)
{
	if (broker->strategy == BROKER_LIFO)
		return idle_order_take_newest(&broker->order, slot, generation);
	if (broker->strategy == BROKER_FIFO)
		return idle_order_take_oldest(&broker->order, slot, generation);
	return idle_hints_take(&broker->hints, &broker->slots, start, slot, generation, set_again);
}

static bool fits(struct broker *broker, struct slot *slot, uint64_t generation)
{
	return !broker->fits || broker->fits(slot, generation);
}

static bool take(struct broker *broker, unsigned start, struct slot **slot, uint64_t *generation,
		 bool *set_again)
{
	bool found;

	do
		found = take_any(broker, start, slot, generation, set_again);
	while (found && !fits(broker, *slot, *generation));
	return found;
}

bool broker_take(struct broker *broker, unsigned start, struct slot **slot, uint64_t *generation)
{
	bool set_again = false, found = take(broker, start, slot, generation, &set_again);

	if (set_again)
		broker_look_at_who_waits(broker);
	return found;
}

bool broker_take_unlisted(struct broker *broker, struct slot **slot, uint64_t *generation)
{
	unsigned count = slot_table_count(&broker->slots), index;

	for (index = 0; index < count; index++) {
		*slot = slot_table_at(&broker->slots, index);
		if (slot_lease(*slot, generation) && fits(broker, *slot, *generation))
			return true;
	}
	return false;
}

/* Tasks. */

struct task_ring *broker_tasks(struct broker *broker, unsigned capacity)
{
	struct task_ring *tasks = sync_load(&broker->tasks, seq_cst), *made;

	if (tasks)
		return tasks;
	made = task_ring_create(capacity);
	/* Sequentially consistent: who makes a slot idle sees it, or its first task's sender sees
	 * the slot. */
	if (made && sync_cas(&broker->tasks, &tasks, made, seq_cst))
		return made;
	task_ring_destroy(made);
	return tasks;
}

bool broker_summon(struct broker *broker)
{
	bool set_again, found;

	/* Mostly, while there are many tasks; the search would take longer to say so. */
	if (broker->strategy == BROKER_AFFINE && idle_hints_none(&broker->hints))
		return false;
	do {
		struct slot *slot;
		uint64_t generation;

		set_again = false;
		found = take(broker, 0, &slot, &generation, &set_again);
		if (set_again && checkout_queue_waited_for(&broker->queue))
			broker_nudge_head(broker);
		if (found && slot_serve(slot, generation)) {
			broker->wake(slot);
			return true;
		}
	} while (found || set_again);
	return false;
}

/* A client may have been faster: then the task waits as it would if the slot had not become idle. */
static void look_at_tasks(struct broker *broker)
{
	if (broker_has_tasks(broker) && !broker_summon(broker))
		broker->reconsider(broker);
}

void broker_look_at_who_waits(struct broker *broker)
{
	if (checkout_queue_waited_for(&broker->queue))
		broker_nudge_head(broker);
	look_at_tasks(broker);
}

/* Clients. */

/* What is to be done for those who waited, once the lock is released. */
struct dues {
	struct parker *granted, *next; /* NULL, or to be unparked */
	struct settled settled;
	bool set_again; /* a hint: a task may have missed its slot meanwhile */
	bool reconsider;
};
#define DUES_INIT(dues) \
	{ \
		.settled = SETTLED_INIT(&(dues)->settled) \
	}

static void unlock_and_pay(struct broker *broker, struct dues *dues)
{
	sync_mutex_unlock(&broker->queue.lock);
	if (dues->granted)
		parker_unpark(dues->granted);
	if (dues->next)
		parker_unpark(dues->next);
	settled_tell(&dues->settled);
	if (dues->set_again)
		look_at_tasks(broker);
	if (dues->reconsider)
		broker->reconsider(broker);
}

/* One leaves the queue with a slot. Before it is taken off. */
static void note_served_locked(struct broker *broker, const struct waiter *waiter)
{
	uint64_t now;

	if (broker->queue.overload.target == 0)
		return; /* without a look at the clock */
	now = broker->clock();
	/* Who is passed by waits, too: so a queue in which only high ones are in time is overloaded. */
	overload_served(&broker->queue.overload,
			now - checkout_queue_since_locked(&broker->queue, waiter), now);
}

/* As long as the head is absent, it gets an idle slot, if there is one. */
static void serve_absent_locked(struct broker *broker, struct dues *dues)
{
	struct checkout_queue *queue = &broker->queue;

	while (queue->head && !queue->head->parker) {
		struct slot *slot;
		uint64_t generation;

		dues->reconsider = true;
		/* If a hint was set again, who made its slot idle comes to look at the waiters, too. */
		if (!take(broker, 0, &slot, &generation, &dues->set_again))
			return;
		note_served_locked(broker, queue->head);
		checkout_queue_grant_locked(queue, slot, generation, &dues->settled);
	}
}

/*
 * Who took a waiter off the queue looks for the next one: the nudge that was meant for it may have
 * been in vain, or there are more idle slots than nudges.
 */
static void look_for_next_locked(struct broker *broker, struct dues *dues)
{
	bool idle;

	serve_absent_locked(broker, dues);
	if (!broker->queue.head || !broker->queue.head->parker)
		return;
	if (broker->strategy == BROKER_AFFINE)
		idle = idle_hints_any(&broker->hints, &broker->slots, &dues->set_again);
	else
		idle = idle_order_any(&broker->order);
	if (idle || dues->set_again)
		dues->next = checkout_queue_tell_locked(&broker->queue);
}

/* Who has waited for too long: the first of all, or the first that is not high; or NULL. */
static struct waiter *to_be_shed_locked(struct checkout_queue *queue, uint64_t now)
{
	struct waiter *normal;

	if (!queue->head)
		return NULL;
	if (overload_is_too_long(&queue->overload, now - queue->head->since))
		return queue->head;
	normal = checkout_queue_first_normal(queue);
	return normal && overload_is_too_long(&queue->overload, now - normal->since) ? normal
										     : NULL;
}

/* Refuses those that have waited for too long, by who has a slot for the next, or had one. */
static void shed_locked(struct broker *broker, struct dues *dues)
{
	struct checkout_queue *queue = &broker->queue;
	struct waiter *waiter;
	bool shed = false;
	uint64_t now;

	if (!figure_load(&queue->overload.sheds))
		return;
	now = broker->clock();
	while ((waiter = to_be_shed_locked(queue, now))) {
		figure_add(&queue->overload.shed, 1);
		checkout_queue_refuse_locked(queue, waiter, POOLTOY_EOVERLOAD, &dues->settled);
		shed = true;
	}
	if (shed)
		look_for_next_locked(broker, dues);
}

void broker_poll_overload(struct broker *broker)
{
	struct checkout_queue *queue = &broker->queue;
	struct dues dues = DUES_INIT(&dues);
	uint64_t now = broker->clock();

	sync_mutex_lock(&queue->lock);
	if (queue->head)
		overload_poll(&queue->overload, queue->head->since, now);
	else
		overload_poll_empty(&queue->overload, now);
	shed_locked(broker, &dues);
	unlock_and_pay(broker, &dues);
}

void broker_nudge_head(struct broker *broker)
{
	struct dues dues = DUES_INIT(&dues);

	if (checkout_queue_is_told(&broker->queue))
		return;
	sync_mutex_lock(&broker->queue.lock);
	if (broker->queue.head && broker->queue.head->parker)
		dues.next = checkout_queue_tell_locked(&broker->queue);
	else
		look_for_next_locked(broker, &dues);
	unlock_and_pay(broker, &dues);
}

/* Whether somebody has waited for so long that no newcomer overtakes who waits any more; and the time. */
static bool head_starves(struct broker *broker, uint64_t *now)
{
	/* First, so that it was before. If the head changes meanwhile, it is one that came later. */
	uint64_t since = sync_load(&broker->queue.since, relaxed);

	*now = broker->clock();
	return *now - since > broker->starvation;
}

/* Whom a slot that becomes free belongs to, since the head of the queue waits. */
static enum broker_freed next_in_turn_locked(struct broker *broker)
{
	struct checkout_queue *queue = &broker->queue;
	const struct waiter *head = queue->head;
	uint64_t now;

	if (!head)
		return BROKER_IDLE;
	if (broker_has_tasks(broker)) {
		struct task_ring *tasks = sync_load(&broker->tasks, relaxed);

		return sync_load(&tasks->head, relaxed) < head->tasks_before ? BROKER_SERVING
									     : BROKER_HANDED_OVER;
	}
	if (!head_starves(broker, &now))
		return BROKER_IDLE;
	checkout_queue_pace_locked(queue, now - broker->starvation + broker->pace);
	return BROKER_HANDED_OVER;
}

/* If it is the turn of one who waits, the slot is that one's, never idle: false if it is not. */
static bool hand_over(struct broker *broker, struct slot *slot, slot_word word, uint64_t generation,
		      enum broker_freed *freed)
{
	struct checkout_queue *queue = &broker->queue;
	struct dues dues = DUES_INIT(&dues);
	uint64_t now;
	bool in_turn;

	if (!broker_has_tasks(broker) && !head_starves(broker, &now))
		return false;
	sync_mutex_lock(&queue->lock);
	shed_locked(broker, &dues);
	*freed = next_in_turn_locked(broker);
	in_turn = *freed != BROKER_IDLE;
	if (in_turn &&
	    slot_move(slot, word,
		      slot_word_make(generation, 0,
				     *freed == BROKER_SERVING ? SLOT_SERVING : SLOT_LEASED)) ==
		    SLOT_MOVED) {
		*freed = BROKER_MOVED;
	} else if (*freed == BROKER_HANDED_OVER) {
		note_served_locked(broker, queue->head);
		dues.granted = checkout_queue_grant_locked(
			queue, slot, generation & SLOT_GENERATION_MASK, &dues.settled);
		look_for_next_locked(broker, &dues);
	}
	unlock_and_pay(broker, &dues);
	return in_turn;
}

bool broker_drop_overflow(struct broker *broker, int stay)
{
	int overflow = sync_load(&broker->overflow, relaxed);

	while (overflow > stay)
		if (sync_cas(&broker->overflow, &overflow, overflow - 1, relaxed))
			return true;
	return false;
}

enum broker_freed broker_free(struct broker *broker, struct slot *slot, slot_word word,
			      uint64_t generation)
{
	enum broker_freed freed;

	/* First: who is more than there may be goes, whoever waits. */
	if (sync_load(&broker->overflow, relaxed) > 0 &&
	    broker_drop_overflow(broker, broker_stay(broker))) {
		if (slot_move(slot, word,
			      slot_word_stopped(word & ~SLOT_BORROWED, SLOT_DISMISSED)) ==
		    SLOT_DONE)
			return BROKER_DISMISSED;
		broker_add_overflow(broker);
		return BROKER_MOVED;
	}
	if (checkout_queue_waited_for(&broker->queue) &&
	    hand_over(broker, slot, word, generation, &freed))
		return freed;
	if (!broker_make_idle(broker, slot, word, generation))
		return BROKER_MOVED;
	/* Overflow may have come up since it was looked at above, and who waited for it left. */
	return broker_has_surplus(broker) ? BROKER_SURPLUS : BROKER_IDLE;
}

/* 0, or why not. */
static int refusal_locked(struct broker *broker)
{
	if (broker->queue.closed)
		return broker->queue.closed;
	if (sync_load(&broker->queue.waiters, relaxed) >= broker->queue.overload.max_waiters) {
		figure_add(&broker->queue.overload.refused, 1);
		return POOLTOY_EQUEUEFULL;
	}
	return 0;
}

/* The same; else it waits. */
static int enter_locked(struct broker *broker, struct waiter *waiter, struct parker *parker,
			uint64_t now, bool high)
{
	int refusal = refusal_locked(broker);
	struct task_ring *tasks;

	if (refusal)
		return refusal;
	if (high) {
		checkout_queue_enter_high_locked(&broker->queue, waiter, parker, now);
		return 0;
	}
	tasks = sync_load(&broker->tasks, acquire); /* of broker_tasks */
	checkout_queue_enter_locked(&broker->queue, waiter, parker, now,
				    tasks ? sync_load(&tasks->tail, relaxed) : 0);
	return 0;
}

static int enter(struct broker *broker, struct waiter *waiter, struct parker *parker, bool high)
{
	uint64_t now = broker->clock();
	int refusal;

	sync_mutex_lock(&broker->queue.lock);
	refusal = enter_locked(broker, waiter, parker, now, high);
	sync_mutex_unlock(&broker->queue.lock);
	return refusal;
}

int broker_enter(struct broker *broker, struct waiter *waiter, struct parker *parker)
{
	return enter(broker, waiter, parker, false);
}

int broker_enter_high(struct broker *broker, struct waiter *waiter, struct parker *parker)
{
	return enter(broker, waiter, parker, true);
}

int broker_enter_absent(struct broker *broker, struct waiter *waiter,
			void (*settled)(struct waiter *waiter), bool high)
{
	struct dues dues = DUES_INIT(&dues);
	uint64_t now = broker->clock();
	int closed;

	sync_mutex_lock(&broker->queue.lock);
	closed = enter_locked(broker, waiter, NULL, now, high);
	if (!closed) {
		waiter->settled = settled;
		dues.reconsider = true; /* it sleeps from the first, whoever is before it */
		/* If the head is another one who is awake, it looks for the next as it leaves. */
		if (!broker->queue.head->parker)
			look_for_next_locked(broker, &dues);
	}
	unlock_and_pay(broker, &dues);
	return closed;
}

static enum waiter_outcome leave(struct broker *broker, struct waiter *waiter, bool served)
{
	struct dues dues = DUES_INIT(&dues);
	enum waiter_outcome outcome;

	sync_mutex_lock(&broker->queue.lock);
	outcome = (enum waiter_outcome)sync_load(&waiter->outcome, relaxed);
	if (outcome == WAITER_WAITING) {
		outcome = WAITER_CANCELLED;
		if (served)
			note_served_locked(broker, waiter);
		checkout_queue_remove_locked(&broker->queue, waiter, outcome);
		if (served)
			shed_locked(broker, &dues);
		look_for_next_locked(broker, &dues);
	}
	unlock_and_pay(broker, &dues);
	return outcome;
}

enum waiter_outcome broker_leave(struct broker *broker, struct waiter *waiter)
{
	return leave(broker, waiter, false);
}

enum waiter_outcome broker_leave_served(struct broker *broker, struct waiter *waiter)
{
	return leave(broker, waiter, true);
}
