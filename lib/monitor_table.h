/* SPDX-License-Identifier: MIT */
/* monitor_table.h: which client holds which worker, since when, from where. */
#ifndef POOLTOY_LIB_MONITOR_TABLE_H
#define POOLTOY_LIB_MONITOR_TABLE_H

#include "slot_table.h"

/*
 * One for each instance of a pool: its view of the entries, which lie in the slots. A new instance
 * begins with an empty one, since all leases end with the old. Published by RCU; readers see one
 * instance or the other.
 *
 * An entry is written by the new holder after its CAS, and tagged with the lease's generation, the
 * tag last. A reader takes it for the lease that it looks at only if the tag and the slot word
 * agree, before and after. It informs; nothing is decided by it: if a holder is stopped between its
 * CAS and the entry, the entry is missing so long; and should its lease end just then, the entry of
 * the next may be mixed with its own for once.
 */
struct monitor_table {
	uint64_t instance;
	uint64_t started; /* ns */
};

/* Who checks out. */
struct monitor_holder {
	long thread_id;
	const char *name; /* of an explicit client; NULL: the thread is the client */
};

struct monitor_record {
	long thread_id;
	char name[MONITOR_NAME_WORDS * sizeof(uint64_t)];
	uint64_t since; /* ns, mostly of the coarse clock */
	const void *acquired_at;
};

/* The part of an entry that not all have: an explicit client's name, or none. */
void monitor_table_name(struct slot *slot, const char *name);

/* By the new holder of that lease. */
static inline void monitor_table_enter(struct slot *slot, uint64_t generation,
				       const struct monitor_holder *holder, uint64_t now,
				       const void *acquired_at)
{
	struct monitor_entry *entry = &slot->entry;

	if (!slot_word_is_lease(sync_load(&slot->word, relaxed), generation))
		return; /* it has ended already, and the place may be the next holder's */
	figure_store(&entry->since, now);
	figure_store(&entry->acquired_at, (uintptr_t)acquired_at);
	figure_store(&entry->thread_id, holder->thread_id);
	/* The name's line is not touched unless there is one, or one to be wiped out. */
	if (holder->name || figure_load(&slot->holder_name[0]))
		monitor_table_name(slot, holder->name);
	sync_store(&slot->leases, figure_load(&slot->leases) + 1, relaxed);
	/* Release pairs with the acquire in monitor_table_read. */
	sync_store(&entry->generation, generation + 1, release);
}

/* By a worker that begins to serve tasks at that generation: they are the holder. */
void monitor_table_serve(struct slot *slot, uint64_t generation, long thread_id, uint64_t now);

/* Any thread: the entry of the slot's present lease, or false if it has none in this instance. */
bool monitor_table_read(const struct monitor_table *table, struct slot *slot,
			struct monitor_record *record);

/* How many leases of the table's instance have a known holder. */
unsigned monitor_table_count(const struct monitor_table *table, struct slot_table *slots);

#endif
