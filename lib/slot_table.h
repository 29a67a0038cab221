/* SPDX-License-Identifier: MIT */
/* slot_table.h: a pool's slots: an array that grows in chunks, which never move. */
#ifndef POOLTOY_LIB_SLOT_TABLE_H
#define POOLTOY_LIB_SLOT_TABLE_H

#include "slot.h"

/*
 * One thread grows it (the manager); any thread reads. An index below slot_table_count() is good
 * for as long as the table. A slot is the first member of a larger object, of `stride` bytes.
 */
enum { SLOT_CHUNK = 16 };

struct slot_table {
	unsigned capacity;
	size_t stride;
	sync_atomic(unsigned) count;
	char **chunks;
};

/* False: no memory. */
bool slot_table_init(struct slot_table *table, unsigned capacity, size_t stride);
void slot_table_destroy(struct slot_table *table);

/* Adds a chunk of vacant slots of that pool: how many, 0 without memory or at the capacity. */
unsigned slot_table_grow(struct slot_table *table, struct pooltoy_pool *pool);

static inline unsigned slot_table_count(struct slot_table *table)
{
	return sync_load(&table->count, acquire); /* pairs with the release in slot_table_grow */
}

static inline struct slot *slot_table_at(const struct slot_table *table, unsigned index)
{
	return (struct slot *)(void *)(table->chunks[index / SLOT_CHUNK] +
				       (index % SLOT_CHUNK) * table->stride);
}

#endif
