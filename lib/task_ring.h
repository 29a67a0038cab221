/* SPDX-License-Identifier: MIT */
/* task_ring.h: the tasks that wait for a worker: a bounded queue, many senders, many receivers. */
#ifndef POOLTOY_LIB_TASK_RING_H
#define POOLTOY_LIB_TASK_RING_H

#include "sync.h"

#include <pooltoy/task.h>

/* Small requests lie in the task itself, larger ones in memory that is handed on with it. */
enum { TASK_FEW = 16 };

struct task {
	_Alignas(max_align_t) char few[TASK_FEW];
	void *many; /* NULL: the request is in `few` */
	size_t length;
	pooltoy_done_fn *done; /* NULL: nobody asks */
	void *argument;
};

static inline const void *task_request(const struct task *task)
{
	return task->many ? task->many : task->few;
}

/*
 * D. Vyukov's bounded queue, made to be taken from in the middle, too. Positions count up for ever;
 * position p lies in cell p modulo the capacity, in lap p / capacity. A cell's word says what its
 * position of that lap has come to:
 *
 *   FREE -> READY    who sends, once the tail is moved past it
 *   READY -> TAKEN   by one CAS: a receiver at the head, or who cancels, anywhere: the task is
 *                    theirs, alone
 *   TAKEN -> FREE    of the next lap: the same, when they have copied the task out
 *
 * The head stands at the first position that is FREE or READY in its lap; whoever finds it at one
 * that is past that moves it on. Zeroed memory is the first lap.
 *
 *              any thread, at any time; lock-free, but that a sender who is stopped between the
 *              tail and READY keeps receivers from what was sent after it. When it goes on it
 *              finds what they missed: who makes a task READY, or takes one off, looks for a worker
 *              for what then is at the head (broker_summon).
 *   order      tasks are taken from the head in the order of their positions
 *   linearizes put: READY. take, withdraw: TAKEN
 */
enum task_state { TASK_FREE, TASK_READY, TASK_TAKEN, TASK_STATES };

struct task_cell {
	SYNC_LINE_ALIGNED sync_atomic(uint64_t) word; /* lap * TASK_STATES + enum task_state */
	struct task task;                             /* of who moved the word last */
};

struct task_ring {
	unsigned order;                               /* the capacity is 2 to this */
	SYNC_LINE_ALIGNED sync_atomic(uint64_t) tail; /* senders' */
	SYNC_LINE_ALIGNED sync_atomic(uint64_t) head; /* receivers' */
	SYNC_LINE_ALIGNED sync_atomic(bool) watched;  /* by a worker that has nothing else to do */
	struct task_cell cells[];
};

/* Room for so many at least; NULL without memory. */
struct task_ring *task_ring_create(unsigned capacity);
void task_ring_destroy(struct task_ring *ring); /* of an empty one */

/* False: it is full. */
bool task_ring_put(struct task_ring *ring, const struct task *task, uint64_t *position);

/* Takes the first task; false if there is none, or its sender is in the middle. */
bool task_ring_take(struct task_ring *ring, struct task *task);

/* Takes the task at that position, if it is still there. */
bool task_ring_withdraw(struct task_ring *ring, uint64_t position, struct task *task);

/*
 * Whether task_ring_take would find one. Sequentially consistent, as READY: who made a slot idle
 * looks at the tasks, who made a task READY looks at the slots. At least one of the two sees the
 * other.
 */
bool task_ring_waiting(struct task_ring *ring);

/* How many wait; those taken from the middle count until the head has passed them. */
static inline uint64_t task_ring_count(struct task_ring *ring)
{
	uint64_t head = sync_load(&ring->head, seq_cst);

	return sync_load(&ring->tail, seq_cst) - head;
}

#endif
