/* SPDX-License-Identifier: MIT */
/* cell.h: the call cell, through which one call at a time passes to a worker and its reply back. */
#ifndef POOLTOY_LIB_CELL_H
#define POOLTOY_LIB_CELL_H

#include "parker.h"
#include "sync.h"

/*
 * Who has set CALLING in the slot word owns the cell, and moves it along; the worker takes over
 * what is POSTED. Modelled with the word in tests/models/slot_word.pml.
 *
 *   EMPTY -> FILLING -> POSTED     the caller
 *   POSTED -> EMPTY                the caller withdraws: nothing ran
 *   POSTED -> RUNNING              the worker; POSTED -> CRASHED on its way out
 *   RUNNING -> REPLIED | CRASHED   the worker; then the cell is the caller's, who empties it
 *   RUNNING -> ABANDONED           the caller leaves; then the cell is the worker's, who empties it
 *
 * The last to leave clears CALLING. Memory is the cell's own, on both ways: a worker never writes
 * to a caller's, nor reads it.
 */
enum cell_state {
	CELL_EMPTY,
	CELL_FILLING,
	CELL_POSTED,
	CELL_RUNNING,
	CELL_REPLIED,
	CELL_CRASHED,
	CELL_ABANDONED
};

/* Bytes that grow; memory is kept for the next use. */
struct bytes {
	void *data;
	size_t length, capacity;
};

/* False: no memory, and no bytes. */
bool bytes_set(struct bytes *bytes, const void *data, size_t length);
void bytes_free(struct bytes *bytes);

struct cell {
	SYNC_LINE_ALIGNED sync_atomic(int) state;
	sync_atomic(unsigned) serial; /* counts the calls */
	struct parker *caller;
	uint64_t deadline;
	int code; /* the call's result */
	struct bytes request, reply;
	bool reply_kept;           /* it did not fit, and may be fetched under... */
	uint64_t reply_generation; /* ...this lease */
};

static inline enum cell_state cell_look(struct cell *cell)
{
	return (enum cell_state)sync_load(&cell->state, seq_cst);
}

/* From one state to another; false if the cell was not in the first. */
bool cell_move(struct cell *cell, enum cell_state from, enum cell_state to);

/* The caller: false without memory, and the cell is EMPTY. */
bool cell_fill(struct cell *cell, const void *request, size_t length, struct parker *caller,
	       uint64_t deadline);

/* The worker, after RUNNING: REPLIED or CRASHED, and the caller is woken; false if the caller has
 * left: then the cell is EMPTY, and CALLING to be cleared. */
bool cell_finish(struct cell *cell, enum cell_state outcome);

#endif
