/* SPDX-License-Identifier: MIT */
/* memory.c: the memory of one schedule: an arena in which nothing is used twice. */
#include "causality.h"
#include "engine.h"

#include <err.h>
#include <sys/mman.h>

#ifdef CONTEXT_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

/*
 * Blocks follow each other in the order of their allocation, so that a replay has them at the same
 * places. A freed block stays, filled with a pattern, until the schedule ends: whoever touches it by
 * an atomic is told at once, whoever writes to it is told at the end; AddressSanitizer sees the rest.
 */
enum { BLOCKS = 1 << 16, RED_ZONE = 32 };
enum { PATTERN_FREED = 0xdd, PATTERN_RED = 0xfa };

struct block {
	char *memory;
	size_t size;
	const char *allocated_in, *freed_in;
	char owner[SYNC_THREAD_NAME_SIZE]; /* the thread that allocated it */
	bool reached;                      /* from a global */
};

struct global {
	void *object;
	size_t size;
	void *image; /* as it was before the first schedule */
};

struct arena arena;

static struct {
	struct block *blocks;
	unsigned count, live;
	struct global globals[64];
	unsigned global_count;
} memory;

void memory_global(void *object, size_t size)
{
	struct global *global = &memory.globals[memory.global_count++];

	if (memory.global_count == sizeof memory.globals / sizeof *global)
		errx(99, "too many globals");
	global->object = object;
	global->size = size;
	global->image = malloc(size);
	if (!global->image)
		err(99, "no memory for a global");
	memcpy(global->image, object, size);
}

static void *reserve(size_t size)
{
	void *reserved = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (reserved == MAP_FAILED)
		err(99, "no memory for the explorer");
	return reserved;
}

void memory_begin(void)
{
	if (!arena.start) {
		arena.start = reserve(ARENA_SIZE);
		memory.blocks = reserve(BLOCKS * sizeof *memory.blocks);
		arena.freed = reserve(ARENA_SIZE / GRAIN);
		arena.next = arena.start;
	}
}

const void *memory_start(void)
{
	return arena.start;
}

uint64_t memory_hash(void)
{
	uint64_t hash = 0, word;

	for (unsigned i = 0; i < memory.count; i++) {
		const struct block *block = &memory.blocks[i];

		hash = (hash << 1 | hash >> 63) ^ (block->freed_in != NULL);
		if (block->freed_in)
			continue;
		for (size_t at = 0; at + sizeof word <= block->size; at += sizeof word) {
			memcpy(&word, block->memory + at, sizeof word);
			hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
			hash ^= hash >> 32;
		}
	}
	return hash;
}

static char *align(char *address, size_t alignment)
{
	return (char *)(((uintptr_t)address + alignment - 1) & ~(uintptr_t)(alignment - 1));
}

void *memory_alloc(size_t size, size_t alignment, const char *function)
{
	struct block *block = &memory.blocks[memory.count];
	char *start = align(arena.next + RED_ZONE, alignment);
	char *end;

	size += size == 0; /* so that each block has a place of its own */
	end = align(start + size, GRAIN);
	if (engine.no_memory || scheduler_disturbed('f', engine.scenario->budget.no_memory))
		return NULL;
	engine_require(memory.count + 1 < BLOCKS && end + RED_ZONE < arena.start + ARENA_SIZE,
		       "the explorer's memory does not suffice");
	*block = (struct block){ .memory = start, .size = size, .allocated_in = function };
	memcpy(block->owner, engine.current->name_buffer, sizeof block->owner);
	memory.count++;
	memory.live++;
	arena.next = end;
	causality_cause(engine.current, (uintptr_t)(start - arena.start));
	memset(start, 0, size);
	memset(start + size, PATTERN_RED, RED_ZONE);
	ASAN_POISON_MEMORY_REGION(start + size, RED_ZONE);
	return start;
}

static struct block *find_block(const char *address)
{
	unsigned low = 0, high = memory.count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (memory.blocks[middle].memory + memory.blocks[middle].size <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == memory.count || address < memory.blocks[low].memory)
		return NULL;
	return &memory.blocks[low];
}

static bool is_all(const char *bytes, size_t size, unsigned char pattern)
{
	return (unsigned char)bytes[0] == pattern && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static void require_red_zone(const struct block *block)
{
	const char *zone = block->memory + block->size;

	ASAN_UNPOISON_MEMORY_REGION(zone, RED_ZONE);
	engine_require(is_all(zone, RED_ZONE, PATTERN_RED),
		       "something wrote beyond the memory that %s allocated", block->allocated_in);
	ASAN_POISON_MEMORY_REGION(zone, RED_ZONE);
}

void memory_free(void *freed, const char *function)
{
	struct block *block;
	size_t grains;

	if (!freed)
		return;
	block = find_block(freed);
	if (!block || block->memory != freed) {
		engine_fail("%s frees what was not allocated", function);
		return;
	}
	engine_require(!block->freed_in, "%s frees what %s allocated and %s has freed", function,
		       block->allocated_in, block->freed_in);
	require_red_zone(block);
	block->freed_in = function;
	memory.live--;
	grains = (block->size + GRAIN - 1) / GRAIN;
	memset(block->memory, PATTERN_FREED, block->size);
	memset(arena.freed + (block->memory - arena.start) / GRAIN, 1, grains);
	ASAN_POISON_MEMORY_REGION(block->memory, block->size);
}

void memory_describe(const volatile void *address, char *text, size_t size)
{
	uintptr_t offset = (uintptr_t)address - (uintptr_t)arena.start;
	const struct block *block = NULL;

	if (offset < (uintptr_t)(arena.next - arena.start))
		block = find_block(arena.start + offset);
	text[0] = '\0';
	if (block)
		snprintf(text, size, "%s's %s", block->owner, block->allocated_in);
}

/* Marks the blocks that the words of this region may point into. */
static void reach(const char *region, size_t size)
{
	for (size_t i = 0; i + sizeof(char *) <= size; i += sizeof(char *)) {
		struct block *block;
		char *word;

		memcpy(&word, region + i, sizeof word);
		if (word < arena.start || word >= arena.next)
			continue;
		block = find_block(word);
		if (!block || block->reached || block->freed_in)
			continue;
		block->reached = true;
		reach(block->memory, block->size);
	}
}

void memory_check(void)
{
	for (unsigned i = 0; memory.live > 0 && i < memory.global_count; i++)
		reach(memory.globals[i].object, memory.globals[i].size);
	for (unsigned i = 0; i < memory.count; i++) {
		const struct block *block = &memory.blocks[i];

		require_red_zone(block);
		if (!block->freed_in) {
			engine_require(block->reached, "%zu bytes that %s allocated are leaked",
				       block->size, block->allocated_in);
			continue;
		}
#ifndef CONTEXT_ASAN
		engine_require(is_all(block->memory, block->size, PATTERN_FREED),
			       "something wrote to memory that %s allocated and %s freed",
			       block->allocated_in, block->freed_in);
#endif
	}
}

void memory_end(void)
{
	size_t used = (size_t)(arena.next - arena.start);

	ASAN_UNPOISON_MEMORY_REGION(arena.start, used + RED_ZONE);
	memset(arena.freed, 0, used / GRAIN + 1);
	for (unsigned i = 0; i < memory.global_count; i++)
		memcpy(memory.globals[i].object, memory.globals[i].image, memory.globals[i].size);
	arena.next = arena.start;
	memory.count = memory.live = 0;
}
