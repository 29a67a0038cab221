/* SPDX-License-Identifier: MIT */
/*
 * Tasks that have a pool grow, in weak memory (memory.h.pml): two who submit, the worker, which is
 * dismissed just then, and the manager (lib/task.c, lib/broker.c, lib/mailbox.c, lib/manager.c).
 *
 * The pool's size is 0, and it may grow to two: the one worker there is is overflow. Sender is
 * task_ring_put and pool_report_tasks, which posts only if the message is not posted already; it has found
 * no idle slot. Free is broker_free; Manager is mailbox_take, dismiss_surplus and wanted. A worker that is
 * started is up at once, since the sooner the overflow is full the fewer senders report; it stays in its
 * handler. Law: no task waits, without a worker on its way, in a pool that may grow.
 */
#define THREADS   4
#define LOCATIONS 4
#define WRITES    6
#define CELL(s)  (s)       /* each sender's own task */
#define OVERFLOW 2
#define POSTED   3         /* of the message that says so */
#define GATES   2
#define MAILBOX 0          /* the message is in it */
#define DEATH   1          /* and the dismissed worker's own */
#include "memory.h.pml"

#define READY 1
#define MAX   2            /* max_overflow */

#ifdef TWIN_READY          /* task_ring_put */
#define READY_ORDER RELEASE
#else
#define READY_ORDER SEQ_CST
#endif
#ifdef TWIN_ROOM           /* pool_report_tasks: whether the pool may grow */
#define ROOM RELAXED
#else
#define ROOM SEQ_CST
#endif
#ifdef TWIN_POSTED         /* pool_report_tasks: whether the message is still to be taken */
#define POSTED_ORDER ACQUIRE
#else
#define POSTED_ORDER SEQ_CST
#endif
#ifdef TWIN_TAKE           /* mailbox_take */
#define TAKE ACQ_REL
#else
#define TAKE SEQ_CST
#endif
#ifdef TWIN_SURPLUS        /* broker_has_surplus: the manager's, before it looks at the tasks */
#define SURPLUS RELAXED
#else
#define SURPLUS SEQ_CST
#endif
#ifdef TWIN_LOOK           /* task_ring_waiting */
#define LOOK ACQUIRE
#else
#define LOOK SEQ_CST
#endif

byte started;              /* workers, by the manager */
byte taken = 1;            /* places, in its books */

proctype Sender(byte t) {
	byte overflow, before; bool posted;
	STORE(CELL(t), READY, READY_ORDER);
	LOAD(overflow, OVERFLOW, ROOM);
	LOAD(posted, POSTED, POSTED_ORDER);
	if
	:: overflow < MAX && !posted ->            /* pool_wake_manager: mailbox_post */
		EXCHANGE(before, POSTED, 1, ACQ_REL);
		if :: !before -> OPEN(MAILBOX) :: else fi
	:: else
	fi
}

inline look() {            /* demand */
	LOAD(one, CELL(0), LOOK); LOAD(other, CELL(1), LOOK);
	waiting = one + other; one = 0; other = 0
}

proctype Free(byte t) {
	byte one, other, waiting, overflow; bool ok;
	look();
	LOAD(overflow, OVERFLOW, RELAXED);
	if
	:: waiting == 0 && overflow > 0 ->         /* broker_drop_overflow: it is one too many */
		CAS(ok, OVERFLOW, overflow, overflow - 1, RELAXED);
		if :: ok -> OPEN(DEATH) :: else fi
	:: else                                    /* it serves, and may stay in its handler */
	fi
}

proctype Manager(byte t) {
	byte one, other, waiting, overflow, before;
endwait:
	do
	:: gate[DEATH] -> PASS(DEATH); taken--; goto balance
	:: gate[MAILBOX] -> PASS(MAILBOX);
		EXCHANGE(before, POSTED, 0, TAKE);
balance:	LOAD(overflow, OVERFLOW, SURPLUS);
		look();
		do
		:: waiting > started && taken < MAX ->
			EXCHANGE(before, OVERFLOW, before + 1, RELAXED);
			taken++; started++
		:: else -> break
		od;
		waiting = 0; overflow = 0; before = 0
	od
}

proctype Law() {
	bool no_task_waits_in_a_pool_that_may_grow;
end:	timeout;
	no_task_waits_in_a_pool_that_may_grow =
		LATEST(CELL(0)) + LATEST(CELL(1)) <= started || taken == MAX;
	assert(no_task_waits_in_a_pool_that_may_grow)
}

init {
	atomic {
		START(OVERFLOW, 1);
		run Sender(0); run Sender(1); run Free(2); run Manager(3); run Law()
	}
}
