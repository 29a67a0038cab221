/* SPDX-License-Identifier: MIT */
/* worker.h: a worker: a slot, a call cell, casts, and the thread that serves them. */
#ifndef POOLTOY_LIB_WORKER_H
#define POOLTOY_LIB_WORKER_H

#include "cell.h"
#include "channel.h"
#include "pool.h"
#include "slot.h"
#include "stack_note.h"
#include "sync_child.h"

#include <pooltoy/worker.h>

/* Where the manager has a worker in its books; see crew.c. */
enum crew_place {
	CREW_NONE,
	CREW_STARTING,
	CREW_UP,
	CREW_LEAVING,
	CREW_DISMISSED,
	CREW_OVERDUE,
	CREW_QUARANTINED
};

/* Whether the worker's thread is inside a callback that may be interrupted. */
enum worker_activity { WORKER_OUT, WORKER_IN, WORKER_INTERRUPTED /* `interrupt` runs: stay in */ };

/*
 * Who steers a worker in a child process: speaks to the child, and is the worker to everybody else. A
 * caller that finds the helm free does so by itself, without a hop to the worker's thread and back:
 *
 *   WORKER -> FREE              the worker's thread, as it rests
 *   FREE   -> WORKER            the same, as it is needed
 *   FREE   -> CALLER            a caller whose call is POSTED
 *   CALLER -> WANTED            the worker's thread: it is to be woken
 *   CALLER, WANTED -> FREE      the caller, its call answered, or not begun
 *                  -> LEFT      the same, in the middle of it: its time is over, or the child's
 *   LEFT   -> WORKER            the worker's thread, which carries the call to its end
 */
enum worker_helm { HELM_WORKER, HELM_FREE, HELM_CALLER, HELM_WANTED, HELM_LEFT };

/* The server's side of a worker in a child process; proxy.c. Whose is the helm, but for what is said. */
struct proxy {
	struct sync_bed bed; /* the worker's thread's */
	struct sync_mutex lock;
	struct sync_child *child;     /* NULL: none; by the worker's thread, under the lock */
	sync_atomic(long) process_id; /* until its end is known; 0: none; a figure */
	struct channel channel;
	struct bytes answer; /* to all but calls and tasks, whose reply goes to the cell */
	bool ended, stop_told, killed; /* the worker's thread's */
	bool abandonment_told;         /* of the present request; who has the helm */
	bool broken;                   /* it is not to be asked for anything any more */
	bool prepared;
};

struct cast {
	struct cast *next;
	size_t length;
	_Alignas(max_align_t) char data[];
};

struct pooltoy_worker {
	struct slot slot; /* the first member: slot tables have workers for elements */
	struct cell cell;

	/* Casts. */
	struct sync_mutex casts_lock;
	struct cast *casts, **casts_end;
	sync_atomic(unsigned) casts_count; /* changed under the lock */
	struct pooltoy_pool *pool; /* constant: the slot's, where no checkout and no call writes */

	/* The thread's own. */
	struct parker parker;
	struct thread *thread;
	sync_atomic(long) thread_id; /* 0: none */
	void *state;
	bool initialized; /* init has returned 0, terminate has not begun */
	bool terminating; /* it has: why the worker ended is settled */
	bool in_call;
	sync_atomic(bool) in_task; /* in_call, too: by `task`, not by the cell; a figure */
	struct task task;
	struct cast *running_cast;
	bool casting;                     /* it has taken one, and CASTING is still set */
	sync_atomic(int) activity;        /* enum worker_activity */
	sync_atomic(const char *) chore;  /* the other callback that it is in, if any; a figure */
	struct sync_stack_place stuck_at; /* it writes it when asked for it */
	uint32_t entered;                 /* counts the callbacks that may be interrupted */
	sync_atomic(bool) halted;         /* the slot is STOPPING, or was so in an earlier life */

	/* Written by the thread before it tells the manager. */
	sync_atomic(bool) up;
	uint64_t start_duration;         /* ns */
	enum slot_stop_cause cause;      /* of its end; when the slot is VACANT */
	char reason[POOL_REASON_SIZE];   /* why it broke; "" */
	sync_atomic(uint64_t) tasks_run; /* to their ends */
	sync_atomic(uint64_t) serving;   /* the last generation at which it has served tasks */

	/* The manager's. */
	struct message attention; /* to the manager: look at this worker */
	enum crew_place place;
	bool announced;   /* its start has been told */
	bool outdated;    /* it is to be replaced; rolling.h */
	uint64_t overdue; /* the generation, + 1, of the lease that was told of; lease_watch.h */
	struct stack_note
		leased_from; /* with lease_backtrace: by a lease's holder, tagged as `overdue` is */
	sync_atomic(bool) retiring; /* it is outdated, and it is its turn */
	bool child_killed;
	uint64_t stack_until; /* ns: how long its stack is waited for; 0: it has not been asked */
	sync_atomic(bool) hurried;                       /* it is to end, and to be interrupted */
	sync_atomic(bool) quarantined;                   /* a figure */
	uint64_t first_generation;                       /* of this life */
	sync_atomic(uint64_t) first_lease, tasks_before; /* it; figures */
	uint64_t lifetime;                               /* ns; drawn as it has come up */
	sync_atomic(bool) too_old;                       /* that is over */
	struct timer checkup;
	uint64_t retire_at, ping_at;      /* ns; SYNC_NEVER */
	uint64_t ping_until;              /* ns; SYNC_NEVER: none has been begun, or that is over */
	uint64_t ping_generation;         /* at which the slot is SERVING for that one */
	sync_atomic(uint64_t) idle_since; /* ns; with validate_after */
	sync_atomic(bool) pinged;         /* its slot is SERVING for a ping, not for tasks */
	unsigned abandoned_serial; /* the call that the timer is about, while the worker is up */
	struct timer timer;
	uint64_t seen_idle_since, seen_uses, seen_life; /* ns; as which: elasticity.c */
	struct pooltoy_worker *next_vacant;

	/* In a child process. */
	sync_atomic(int) helm; /* enum worker_helm */
	struct proxy proxy;
	struct channel *served; /* in that child itself: its server's requests; else NULL */

	struct errand interruption;
	sync_atomic(bool) interrupting; /* the errand is on its way */
	bool prepared;

	/* Why somebody else has stopped it; "": nobody has said so. Guarded by the casts' lock. */
	char complaint[POOL_REASON_SIZE];
};

/* The caller's side of the cell: it is of no more use. Clears CALLING, for which the worker may wait. */
void worker_end_claim(struct pooltoy_worker *worker);

/* The same: why the call has CRASHED. */
const char *worker_why_it_died(struct pooltoy_worker *worker);

/* For pool_create. */
extern const struct slot_kind worker_kind;

/* What a worker needs besides zeroes, before its first start: 0 or POOLTOY_ENOMEM. */
int worker_prepare(struct pooltoy_worker *worker);

static inline struct pooltoy_worker *worker_of(struct slot *slot)
{
	return (struct pooltoy_worker *)slot;
}

static inline struct pooltoy_worker *worker_at(struct pooltoy_pool *pool, unsigned index)
{
	return worker_of(slot_table_at(&pool->broker.slots, index));
}

/*
 * The manager: starts a worker in a vacant slot. 0, POOLTOY_ENOMEM or POOLTOY_EAGAIN; then the slot
 * is vacant again.
 */
int worker_start(struct pooltoy_worker *worker);

/*
 * Any thread: ends the worker, if it has not begun to end; tells it, and the manager. Whether it
 * was this call that did.
 */
bool worker_stop(struct pooltoy_worker *worker, enum slot_stop_cause cause);

/* Has the worker's thread look at its word and casts. */
void worker_wake(struct pooltoy_worker *worker);

/* The same, after its slot was stopped: it begins no callback any more. */
void worker_halt(struct pooltoy_worker *worker);

/*
 * Any thread that may move the slot's word: makes it free from `word`, at `generation`, by way of
 * the broker; false if the word has changed meanwhile, and nothing has happened.
 */
bool worker_free(struct pooltoy_worker *worker, slot_word word, uint64_t generation);

/* The same, whether or not it is withheld; then it is so no more. */
bool worker_offer(struct pooltoy_worker *worker, slot_word word, uint64_t generation);

/* As worker_stop, but only if the word is still as it was when the caller looked. */
bool worker_stop_from(struct pooltoy_worker *worker, slot_word word, enum slot_stop_cause cause);

/* The same, and says why, unless the worker itself says another: its lease's holder has given that up. */
bool worker_stop_accused(struct pooltoy_worker *worker, slot_word word, enum slot_stop_cause cause,
			 const char *complaint);
/* Its thread, as it has stopped: that becomes its reason. */
void worker_heed_complaint(struct pooltoy_worker *worker);

/* Has the manager look at it. */
void worker_tell_manager(struct pooltoy_worker *worker);
/* After its slot was stopped: tells it, and the manager. */
void worker_tell_of_stop(struct pooltoy_worker *worker);

/* The manager: ends the worker if it is idle, and there is overflow; whether it did. */
bool worker_dismiss(struct pooltoy_worker *worker);

/* Ends the lease in `word` by its checkin. `clean`: the state needs no reset. False: the word has changed. */
bool worker_checked_in(struct pooltoy_worker *worker, slot_word word, bool clean);

/* Ends the lease in `word` on behalf of its client's end. False: the word has changed. */
bool worker_client_ended(struct pooltoy_worker *worker, slot_word word);

/* After a flag was cleared: if somebody waits for that, it is the worker. */
void worker_flag_cleared(struct pooltoy_worker *worker, slot_word word);

/*
 * Runs `interrupt`, if the worker is inside a callback and `still_wanted` says so once it cannot
 * leave it. By a caller whose time is over, and by the notifier.
 */
void worker_interrupt(struct pooltoy_worker *worker,
		      bool (*still_wanted)(struct pooltoy_worker *worker));

/* The manager: has the notifier do the same, since the worker is to stop; does not block. */
void worker_interrupt_later(struct pooltoy_worker *worker);

/* The same, for as long as the worker is in a call that was abandoned: by a caller without a thread. */
void worker_interrupt_call_later(struct pooltoy_worker *worker);

/* The worker whose callback this thread is in, if only its `interrupt`; NULL: in none. */
struct pooltoy_worker *worker_current(void);
void worker_set_current(struct pooltoy_worker *worker);

/* The worker's thread: what a callback returned; if it is negative, "I am broken". */
void worker_callback_returned(struct pooltoy_worker *worker, const char *callback, int code);

/*
 * A call, in two parts: it is the worker's, or there is none to begin; and what its handler has
 * returned. Whether a caller has its answer. By the worker's thread, or who has the helm.
 */
bool worker_begin_call(struct pooltoy_worker *worker);
bool worker_end_call(struct pooltoy_worker *worker, int code);

/* Whether there are casts, by who may be their sender: as long as the slot's word has CASTING for them. */
static inline bool worker_has_casts(struct pooltoy_worker *worker)
{
	return worker->casting || sync_load(&worker->casts_count, relaxed) > 0;
}

static inline bool worker_is_isolated(const struct pooltoy_worker *worker)
{
	return worker->pool->config.isolation != NULL;
}

/* The worker's thread: without the helm, until it is needed; then it has it. */
void worker_rest(struct pooltoy_worker *worker);

/* A caller: takes the helm, for a call that is POSTED; gives it back; or leaves it in the middle. */
bool worker_take_helm(struct pooltoy_worker *worker);
void worker_give_helm(struct pooltoy_worker *worker);
void worker_leave_helm(struct pooltoy_worker *worker);

/* From STARTING, RESETTING or SERVING: to whoever wants it, unless the worker is to stop. */
void worker_become_free(struct pooltoy_worker *worker);

/* Runs tasks until there are none, and becomes free. The slot is SERVING at that generation. */
void worker_serve_tasks(struct pooltoy_worker *worker, uint64_t generation);

/* On its way out: leaves the tasks that wait to another, and tells of the one that it ended in. */
void worker_leave_tasks(struct pooltoy_worker *worker);

/* The worker's thread, around a callback that may be interrupted; leaving waits that out. */
bool worker_enter_callback(struct pooltoy_worker *worker); /* false: it is to stop, and is out */
void worker_leave_callback(struct pooltoy_worker *worker);

/* The notifier's part of both. */
void worker_run_interruption(struct errand *errand);

#endif
