/* SPDX-License-Identifier: MIT */
/* cell.c: the call cell. */
#include "cell.h"

#include <string.h>

bool bytes_set(struct bytes *bytes, const void *data, size_t length)
{
	bytes->length = 0;
	if (length > bytes->capacity || !bytes->data) {
		size_t capacity = length < 64 ? 64 : length;
		void *larger = sync_alloc(capacity);

		if (!larger)
			return false;
		sync_free(bytes->data);
		bytes->data = larger;
		bytes->capacity = capacity;
	}
	if (length > 0)
		memcpy(bytes->data, data, length);
	bytes->length = length;
	return true;
}

void bytes_free(struct bytes *bytes)
{
	sync_free(bytes->data);
	*bytes = (struct bytes){ NULL, 0, 0 };
}

bool cell_move(struct cell *cell, enum cell_state from, enum cell_state to)
{
	int expected = from;

	/* Both sides write to the cell before they move it, and read from it after they see it
	 * moved. */
	return sync_cas(&cell->state, &expected, to, seq_cst);
}

bool cell_fill(struct cell *cell, const void *request, size_t length, struct parker *caller,
	       uint64_t deadline)
{
	sync_store(&cell->state, CELL_FILLING, relaxed);
	figure_add(&cell->serial, 1);
	cell->caller = caller;
	cell->deadline = deadline;
	cell->code = 0;
	cell->reply_kept = false;
	cell->reply.length = 0;
	if (bytes_set(&cell->request, request, length))
		return true;
	sync_store(&cell->state, CELL_EMPTY, relaxed);
	return false;
}

bool cell_finish(struct cell *cell, enum cell_state outcome)
{
	struct parker *caller = cell->caller;

	if (cell_move(cell, CELL_RUNNING, outcome)) {
		parker_unpark(caller); /* type-stable: the caller may be gone already */
		return true;
	}
	sync_store(&cell->state, CELL_EMPTY,
		   release); /* it was ABANDONED; pairs with the next caller's claim */
	return false;
}
