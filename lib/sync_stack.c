/* SPDX-License-Identifier: MIT */
/* sync_stack.c: return addresses by backtrace(3), and the objects and symbols that they are in. */
#include "sync_stack.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#else
static int backtrace(void **frames, int size)
{
	memset(frames, 0, (size_t)size * sizeof *frames);
	return 0;
}
#endif

/* Taking. */

/* As many more as may come before the one that is wanted. */
enum { AHEAD = 16 };

void sync_stack_prepare(void)
{
	void *frame[1];

	(void)backtrace(frame, 1); /* the first one loads the unwinder */
}

void sync_stack_take(struct sync_stack *stack, const void *from)
{
	void *all[AHEAD + SYNC_STACK_DEPTH];
	int count = backtrace(all, sizeof all / sizeof all[0]), first = 0, i;

	while (first < count && all[first] != from)
		first++;
	if (first == count)
		first = 0;
	memset(stack, 0, sizeof *stack);
	for (i = 0; i < SYNC_STACK_DEPTH && first + i < count; i++)
		stack->frames[i] = all[first + i];
}

/*
 * Describing. Not by dladdr(3): that waits for who is in dlopen(3), whose constructors may be what the thread is stuck
 * in. The list of objects has a lock of its own, which is not held there.
 */

struct text {
	char *to;
	size_t size, length;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->to + text->length, text->size - text->length, format, arguments);
	va_end(arguments);
	if (length > 0)
		text->length += (size_t)length;
	if (text->length >= text->size)
		text->length = text->size - 1;
}

/* An object's symbols, as its dynamic section has them. */
struct symbols {
	const ElfW(Sym) * all;
	const char *names;
	size_t count;
};

/* Who relocates the section is the loader; not of every object. */
static const void *pointer_in(const struct dl_phdr_info *object, ElfW(Addr) value)
{
	return (const void *)(value < object->dlpi_addr ? object->dlpi_addr + value : value);
}

/* The table's length is told by its hash table alone: the end of the last bucket's chain. */
static size_t count_symbols(const uint32_t *hash)
{
	uint32_t buckets = hash[0], first = hash[1], words = hash[2], last = 0, i;
	const uint32_t *bucket = hash + 4 + words * (sizeof(ElfW(Addr)) / sizeof *hash);
	const uint32_t *chain = bucket + buckets;

	for (i = 0; i < buckets; i++)
		if (bucket[i] > last)
			last = bucket[i];
	if (last < first)
		return 0;
	while (!(chain[last - first] & 1))
		last++;
	return last + 1;
}

static struct symbols symbols_of(const struct dl_phdr_info *object, const ElfW(Dyn) * entry)
{
	struct symbols symbols = { NULL, NULL, 0 };

	for (; entry && entry->d_tag != DT_NULL; entry++) {
		const void *pointer = pointer_in(object, entry->d_un.d_ptr);

		if (entry->d_tag == DT_SYMTAB)
			symbols.all = pointer;
		else if (entry->d_tag == DT_STRTAB)
			symbols.names = pointer;
		else if (entry->d_tag == DT_GNU_HASH)
			symbols.count = count_symbols(pointer);
	}
	if (!symbols.all || !symbols.names)
		symbols.count = 0;
	return symbols;
}

static const char *symbol_at(const struct symbols *symbols, uintptr_t offset)
{
	size_t i;

	for (i = 0; i < symbols->count; i++) {
		const ElfW(Sym) *symbol = &symbols->all[i];

		if (symbol->st_shndx != SHN_UNDEF && (symbol->st_info & 15) == STT_FUNC &&
		    offset - symbol->st_value < symbol->st_size)
			return symbols->names + symbol->st_name;
	}
	return NULL;
}

struct search {
	uintptr_t address;
	struct text *text;
};

static void describe_in(const struct search *search, const struct dl_phdr_info *object,
			const ElfW(Dyn) * dynamic)
{
	const char *path = object->dlpi_name && object->dlpi_name[0] ? object->dlpi_name
								     : program_invocation_name;
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	uintptr_t offset = search->address - object->dlpi_addr;
	struct symbols symbols = symbols_of(object, dynamic);
	/* What is returned to may be the next function's, after a call that ends one. */
	const char *symbol = symbol_at(&symbols, offset - 1);

	add(search->text, "%s+%#lx", name, (unsigned long)offset);
	if (symbol)
		add(search->text, "(%s)", symbol);
}

/* Whether it is in this object. */
static int look_in(struct dl_phdr_info *object, size_t size, void *argument)
{
	const struct search *search = argument;
	const ElfW(Dyn) *dynamic = NULL;
	bool within = false;
	unsigned i;

	(void)size;
	for (i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + part->p_vaddr;

		within |= part->p_type == PT_LOAD && search->address - begin < part->p_memsz;
		if (part->p_type == PT_DYNAMIC)
			dynamic = (const ElfW(Dyn) *)begin;
	}
	if (within)
		describe_in(search, object, dynamic);
	return within;
}

void sync_stack_describe(const struct sync_stack *stack, char *text, size_t size)
{
	struct text whole = { text, size, 0 };
	unsigned i;

	text[0] = 0;
	for (i = 0; i < SYNC_STACK_DEPTH && stack->frames[i]; i++) {
		struct search search = { (uintptr_t)stack->frames[i], &whole };

		if (i > 0)
			add(&whole, " ");
		if (!dl_iterate_phdr(look_in, &search))
			add(&whole, "%p", stack->frames[i]);
	}
}
