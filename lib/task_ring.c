/* SPDX-License-Identifier: MIT */
/* task_ring.c: the ring of tasks. */
#include "task_ring.h"

#include <assert.h>

enum { TASKS_AHEAD = 4 }; /* a sender has the cells' lines fetched that it comes to soon */

struct task_ring *task_ring_create(unsigned capacity)
{
	struct task_ring *ring;
	unsigned order = 0;

	while (1u << order < capacity)
		order++;
	ring = sync_alloc_lines(sizeof *ring + ((size_t)sizeof ring->cells[0] << order));
	if (ring)
		ring->order = order;
	return ring;
}

void task_ring_destroy(struct task_ring *ring)
{
	assert(!ring || (!task_ring_waiting(ring) && task_ring_count(ring) == 0));
	sync_free(ring);
}

static struct task_cell *cell_at(struct task_ring *ring, uint64_t position)
{
	return &ring->cells[position & ((UINT64_C(1) << ring->order) - 1)];
}

static uint64_t word_for(const struct task_ring *ring, uint64_t position, enum task_state state)
{
	return (position >> ring->order) * TASK_STATES + state;
}

/* Whether the tail is not where it was; where it is. */
static bool has_moved(struct task_ring *ring, uint64_t *tail)
{
	uint64_t was = *tail;

	*tail = sync_load(&ring->tail, relaxed);
	return *tail != was;
}

bool task_ring_put(struct task_ring *ring, const struct task *task, uint64_t *position)
{
	uint64_t at = sync_load(&ring->tail, relaxed);
	struct task_cell *cell;

	for (;;) {
		bool is_free;

		cell = cell_at(ring, at);
		/* Acquire pairs with the release in claim: what was there has been copied out. */
		is_free = sync_load(&cell->word, acquire) == word_for(ring, at, TASK_FREE);
		/* Sequentially consistent: pairs with drain in task.c. */
		if (is_free && sync_cas(&ring->tail, &at, at + 1, seq_cst))
			break;
		/* It is of the lap before: else the tail would be past it, and seen to be. */
		if (!is_free && !has_moved(ring, &at))
			return false;
	}
	__builtin_prefetch(cell_at(ring, at + TASKS_AHEAD), 1);
	cell->task = *task;
	sync_store(&cell->word, word_for(ring, at, TASK_READY), seq_cst);
	*position = at;
	return true;
}

/* The task at that position becomes the caller's, who found it READY. */
static bool claim(struct task_ring *ring, uint64_t position, struct task *task)
{
	struct task_cell *cell = cell_at(ring, position);
	uint64_t ready = word_for(ring, position, TASK_READY);

	if (!sync_cas(&cell->word, &ready, word_for(ring, position, TASK_TAKEN), seq_cst))
		return false;
	*task = cell->task;
	sync_store(&cell->word, word_for(ring, position + (UINT64_C(1) << ring->order), TASK_FREE),
		   release);
	return true;
}

bool task_ring_take(struct task_ring *ring, struct task *task)
{
	uint64_t at = sync_load(&ring->head, seq_cst);

	for (;;) {
		uint64_t word = sync_load(&cell_at(ring, at)->word, seq_cst), passed = at;
		bool taken;

		if (word <= word_for(ring, at, TASK_FREE))
			return false;
		taken = word == word_for(ring, at, TASK_READY) && claim(ring, at, task);
		if (sync_cas(&ring->head, &passed, at + 1, seq_cst))
			passed = at + 1;
		if (taken)
			return true;
		at = passed;
	}
}

bool task_ring_waiting(struct task_ring *ring)
{
	uint64_t at = sync_load(&ring->head, seq_cst);

	for (;;) {
		uint64_t word = sync_load(&cell_at(ring, at)->word, seq_cst);

		if (word <= word_for(ring, at, TASK_READY))
			return word == word_for(ring, at, TASK_READY);
		if (sync_cas(&ring->head, &at, at + 1, seq_cst))
			at++;
	}
}

bool task_ring_withdraw(struct task_ring *ring, uint64_t position, struct task *task)
{
	return claim(ring, position, task);
}
