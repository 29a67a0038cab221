/* SPDX-License-Identifier: MIT */
/* slot_table.c: slots in chunks. */
#include "slot_table.h"

bool slot_table_init(struct slot_table *table, unsigned capacity, size_t stride)
{
	unsigned chunks = (capacity + SLOT_CHUNK - 1) / SLOT_CHUNK;

	table->capacity = chunks * SLOT_CHUNK;
	table->stride = stride;
	atomic_init(&table->count, 0);
	table->chunks = sync_alloc(chunks * sizeof *table->chunks);
	return table->chunks != NULL;
}

void slot_table_destroy(struct slot_table *table)
{
	unsigned count = slot_table_count(table), index;

	for (index = 0; index < count; index += SLOT_CHUNK)
		sync_free(table->chunks[index / SLOT_CHUNK]);
	sync_free(table->chunks);
}

unsigned slot_table_grow(struct slot_table *table, struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(table), index;
	char *chunk;

	if (count >= table->capacity)
		return 0;
	chunk = sync_alloc_lines(SLOT_CHUNK * table->stride);
	if (!chunk)
		return 0;
	table->chunks[count / SLOT_CHUNK] = chunk;
	for (index = count; index < count + SLOT_CHUNK; index++) {
		struct slot *slot = slot_table_at(table, index);

		slot->pool = pool;
		slot->index = index;
	}
	sync_store(&table->count, count + SLOT_CHUNK, release); /* pairs with slot_table_count */
	return SLOT_CHUNK;
}
