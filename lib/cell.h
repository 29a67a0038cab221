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

/* Bytes that grow: a few in place, more in memory that is kept for the next use. All zero: none. */
enum { BYTES_FEW = 8 };

struct bytes {
	void *data; /* `few`, or memory that begins behind its capacity */
	size_t length;
	_Alignas(BYTES_FEW) char few[BYTES_FEW];
};

/* False: no memory, and no bytes. */
bool bytes_set(struct bytes *bytes, const void *data, size_t length);
/* The same in parts: none yet, but room for so many; and some more, for which there is room. */
bool bytes_reserve(struct bytes *bytes, size_t capacity);
void bytes_append(struct bytes *bytes, const void *data, size_t length);
size_t bytes_capacity(const struct bytes *bytes);
void bytes_move(struct bytes *to, struct bytes *from); /* which then has none */
void bytes_free(struct bytes *bytes);

/* While the handler has no deadline of the caller's yet: that has just begun to wait. */
#define CELL_DEADLINE_TO_COME 0

/* A caller that has no thread: an operation (operation.h). */
struct absent_caller {
	/*
	 * By the worker, when it has done with the call. `answered`: the cell is REPLIED or CRASHED,
	 * and the caller's as ever; else the call had been abandoned.
	 */
	void (*over)(struct absent_caller *caller, bool answered);
};

struct cell {
	/* One line: all that goes from one thread to the other and back, if the bytes are few. */
	SYNC_LINE_ALIGNED sync_atomic(int) state;
	int code;                            /* the call's result */
	sync_atomic(struct parker *) caller; /* NULL: it is absent. A figure: the manager looks */
	struct bytes request, reply;

	/* The caller's. */
	sync_atomic(unsigned) serial; /* counts the calls */
	int timeout_ms;
	sync_atomic(uint64_t) deadline; /* ns; a figure: the handler may ask */
	struct absent_caller *absent;   /* the caller, if it is so */
	bool reply_kept;                /* it did not fit, and may be fetched under... */
	uint64_t reply_generation;      /* ...this lease */
};

static inline enum cell_state cell_look(struct cell *cell)
{
	return (enum cell_state)sync_load(&cell->state, seq_cst);
}

/* From one state to another; false if the cell was not in the first. */
bool cell_move(struct cell *cell, enum cell_state from, enum cell_state to);

/* The caller: false without memory, and the cell is EMPTY. Who has no parker sets `absent` then. */
bool cell_fill(struct cell *cell, const void *request, size_t length, struct parker *caller,
	       int timeout_ms);

/* The worker, after RUNNING: REPLIED or CRASHED, and the caller is woken, or told; false if it has
 * left: then the cell is EMPTY, and CALLING to be cleared. */
bool cell_finish(struct cell *cell, enum cell_state outcome);

#endif
