/* SPDX-License-Identifier: MIT */
/* test_stack.c: where a thread is, as addresses and as text; notes of it. */
#include "support/suite.h"
#include "stack_note.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 2048 };

static struct sync_stack taken;
static const void *returns_to;

static __attribute__((noinline)) void take_from_caller(void)
{
	returns_to = __builtin_return_address(0);
	sync_stack_take(&taken, returns_to);
}

static __attribute__((noinline)) void inner(void)
{
	take_from_caller();
}

static void a_stack_begins_where_it_is_wanted(void)
{
	inner();
	CU_ASSERT_PTR_EQUAL(taken.frames[0], returns_to);
	CU_ASSERT_PTR_NOT_NULL(taken.frames[1]);
}

static void a_stack_without_that_place_is_told_from_its_innermost_frame(void)
{
	static struct sync_stack stack;

	sync_stack_take(&stack, &stack); /* an address, but of no function */
	CU_ASSERT_PTR_NOT_NULL(stack.frames[0]);
}

static __attribute__((noinline)) void descend(int depth)
{
	if (depth > 0)
		descend(depth - 1);
	else
		sync_stack_take(&taken, NULL);
	__asm__ volatile("" ::: "memory"); /* no tail call */
}

static void a_deep_stack_is_cut_at_its_outer_end(void)
{
	descend(3 * SYNC_STACK_DEPTH);
	CU_ASSERT_PTR_NOT_NULL(taken.frames[SYNC_STACK_DEPTH - 1]);
	CU_ASSERT_PTR_EQUAL(taken.frames[5],
			    taken.frames[6]); /* a descent in the middle of another */
}

static int compare(const void *one, const void *other)
{
	(void)one;
	(void)other;
	sync_stack_take(&taken, NULL);
	return 0;
}

/* What qsort calls has it on its stack, under the name and in the object that dladdr has for it. */
static void frames_are_told_by_object_offset_and_symbol(void)
{
	char text[TEXT], expected[128];
	int numbers[] = { 2, 1 };
	const void *frame = NULL;
	Dl_info object;
	unsigned i;

	qsort(numbers, 2, sizeof numbers[0], compare);
	sync_stack_describe(&taken, text, sizeof text);
	for (i = 0; !frame && i < SYNC_STACK_DEPTH && taken.frames[i]; i++)
		if (dladdr(taken.frames[i], &object) && object.dli_sname &&
		    strstr(object.dli_fname, "libc.so"))
			frame = taken.frames[i];
	CU_ASSERT_PTR_NOT_NULL_FATAL(frame);
	snprintf(expected, sizeof expected, " %s+%#lx(", strrchr(object.dli_fname, '/') + 1,
		 (unsigned long)((uintptr_t)frame - (uintptr_t)object.dli_fbase));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, expected));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "(qsort"));
}

static void an_address_of_no_object_is_told_as_it_is(void)
{
	static const struct sync_stack nowhere = { { (const void *)16 } };
	char text[TEXT];

	sync_stack_describe(&nowhere, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "0x10");
}

static void a_description_is_cut_to_its_room(void)
{
	static const struct sync_stack nowhere = { { (const void *)16, (const void *)17 } };
	char text[8] = "xxxxxxx";

	sync_stack_describe(&nowhere, text, 7);
	CU_ASSERT_STRING_EQUAL(text, "0x10 0");
	sync_stack_describe(&nowhere, text, 1);
	CU_ASSERT_STRING_EQUAL(text, "");
}

static void nothing_is_told_of_an_empty_stack(void)
{
	static const struct sync_stack empty;
	char text[TEXT] = "x";

	sync_stack_describe(&empty, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "");
}

static void a_note_is_read_by_its_tag_alone(void)
{
	static const struct sync_stack stack = { { (const void *)16, (const void *)17 } };
	struct stack_note note = { 0 };
	struct sync_stack read;

	CU_ASSERT_FALSE(stack_note_read(&note, 7, &read));
	stack_note_write(&note, 7, &stack);
	CU_ASSERT_TRUE(stack_note_read(&note, 7, &read));
	CU_ASSERT_EQUAL(memcmp(&read, &stack, sizeof stack), 0);
	CU_ASSERT_FALSE(stack_note_read(&note, 8, &read));
	CU_ASSERT_PTR_NULL(read.frames[0]);
}

SUITE(TEST(a_stack_begins_where_it_is_wanted),
      TEST(a_stack_without_that_place_is_told_from_its_innermost_frame),
      TEST(a_deep_stack_is_cut_at_its_outer_end), TEST(frames_are_told_by_object_offset_and_symbol),
      TEST(an_address_of_no_object_is_told_as_it_is), TEST(a_description_is_cut_to_its_room),
      TEST(nothing_is_told_of_an_empty_stack), TEST(a_note_is_read_by_its_tag_alone))
