/* SPDX-License-Identifier: MIT */
/* monitor_table.c: the entries in the slots. */
#include "monitor_table.h"

#include <string.h>

void monitor_table_name(struct slot *slot, const char *name)
{
	uint64_t words[MONITOR_NAME_WORDS] = { 0 };
	size_t i;

	if (name)
		memcpy(words, name, strnlen(name, sizeof words - 1));
	for (i = 0; i < MONITOR_NAME_WORDS; i++)
		figure_store(&slot->holder_name[i], words[i]);
}

void monitor_table_serve(struct slot *slot, uint64_t generation, long thread_id, uint64_t now)
{
	struct monitor_entry *entry = &slot->entry;

	if ((sync_load(&slot->word, relaxed) & ~SLOT_WITHHELD) !=
	    slot_word_make(generation, 0, SLOT_SERVING))
		return; /* it is to stop, already */
	figure_store(&entry->since, now);
	figure_store(&entry->acquired_at, 0);
	figure_store(&entry->thread_id, thread_id);
	monitor_table_name(slot, "tasks");
	/* Release pairs with the acquire in monitor_table_read. */
	sync_store(&entry->generation, generation + 1, release);
}

static bool entry_is_current(const struct monitor_table *table, struct slot *slot)
{
	slot_word word = slot_look(slot);
	enum slot_state state = slot_word_state(word);

	return (state == SLOT_LEASED || state == SLOT_SERVING) &&
	       figure_load(&slot->instance) == table->instance &&
	       sync_load(&slot->entry.generation, acquire) == slot_word_generation(word) + 1;
}

bool monitor_table_read(const struct monitor_table *table, struct slot *slot,
			struct monitor_record *record)
{
	uint64_t words[MONITOR_NAME_WORDS];
	size_t i;

	if (!entry_is_current(table, slot))
		return false;
	/* Acquire: the last look at the tag stays behind all of these. */
	record->since = sync_load(&slot->entry.since, acquire);
	record->acquired_at = (const void *)sync_load(&slot->entry.acquired_at, acquire);
	record->thread_id = sync_load(&slot->entry.thread_id, acquire);
	for (i = 0; i < MONITOR_NAME_WORDS; i++)
		words[i] = sync_load(&slot->holder_name[i], acquire);
	memcpy(record->name, words, sizeof words);
	return entry_is_current(table, slot);
}

unsigned monitor_table_count(const struct monitor_table *table, struct slot_table *slots)
{
	unsigned count = slot_table_count(slots), index, monitored = 0;

	for (index = 0; index < count; index++)
		monitored += entry_is_current(table, slot_table_at(slots, index));
	return monitored;
}
