/* SPDX-License-Identifier: MIT */
/* cell.c: the call cell. */
#include "cell.h"

#include <string.h>

/* What lies before the data of memory of its own; as large as its alignment wants. */
union bytes_header {
	size_t capacity;
	max_align_t alignment;
};

static union bytes_header *header_of(const struct bytes *bytes)
{
	return bytes->data && bytes->data != bytes->few ? (union bytes_header *)bytes->data - 1
							: NULL;
}

size_t bytes_capacity(const struct bytes *bytes)
{
	const union bytes_header *header = header_of(bytes);

	return header ? header->capacity : BYTES_FEW;
}

static bool grow(struct bytes *bytes, size_t length)
{
	size_t capacity = length < 64 ? 64 : length;
	union bytes_header *header = NULL;

	if (capacity <= SIZE_MAX - sizeof *header)
		header = sync_alloc(sizeof *header + capacity);
	if (!header)
		return false;
	header->capacity = capacity;
	bytes_free(bytes);
	bytes->data = header + 1;
	return true;
}

static inline bool reserve(struct bytes *bytes, size_t capacity)
{
	if (!bytes->data)
		bytes->data = bytes->few;
	bytes->length = 0;
	return capacity <= bytes_capacity(bytes) || grow(bytes, capacity);
}

bool bytes_set(struct bytes *bytes, const void *data, size_t length)
{
	if (!reserve(bytes, length))
		return false;
	if (length > 0)
		memcpy(bytes->data, data, length);
	bytes->length = length;
	return true;
}

bool bytes_reserve(struct bytes *bytes, size_t capacity)
{
	return reserve(bytes, capacity);
}

void bytes_append(struct bytes *bytes, const void *data, size_t length)
{
	char *end = bytes->data;

	if (length > 0)
		memcpy(end + bytes->length, data, length);
	bytes->length += length;
}

void bytes_move(struct bytes *to, struct bytes *from)
{
	bytes_free(to);
	*to = *from;
	if (from->data == from->few)
		to->data = to->few;
	*from = (struct bytes){ .data = NULL };
}

void bytes_free(struct bytes *bytes)
{
	sync_free(header_of(bytes));
	*bytes = (struct bytes){ .data = NULL };
}

bool cell_move(struct cell *cell, enum cell_state from, enum cell_state to)
{
	int expected = from;

	/* Both sides write to the cell before they move it, and read from it after they see it
	 * moved. */
	return sync_cas(&cell->state, &expected, to, seq_cst);
}

bool cell_fill(struct cell *cell, const void *request, size_t length, struct parker *caller,
	       int timeout_ms)
{
	sync_store(&cell->state, CELL_FILLING, relaxed);
	sync_store(&cell->serial, sync_load(&cell->serial, relaxed) + 1, relaxed);
	figure_store(&cell->caller, caller);
	cell->timeout_ms = timeout_ms;
	figure_store(&cell->deadline, timeout_ms < 0 ? SYNC_NEVER : CELL_DEADLINE_TO_COME);
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
	struct parker *caller = figure_load(&cell->caller);
	/* On the caller's line: read only if there is no parker. */
	struct absent_caller *absent = caller ? NULL : cell->absent;
	bool answered = cell_move(cell, CELL_RUNNING, outcome);

	if (!answered)
		sync_store(&cell->state, CELL_EMPTY,
			   release); /* it was ABANDONED; pairs with the next caller's claim */
	if (!caller)
		absent->over(absent, answered);
	else if (answered)
		parker_rouse(caller); /* type-stable: the caller may be gone already */
	return answered;
}
