/* SPDX-License-Identifier: MIT */
/* context.c: a switch of stacks in a dozen instructions, and telling AddressSanitizer about it. */
#include "context.h"

#include <err.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#ifdef CONTEXT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifndef CONTEXT_UCONTEXT
/* Only what a called function must preserve: the caller's compiler has saved the rest. */
void context_swap(void **from, void *to);
#endif

#if defined(__x86_64__)
__asm__(".text\n"
	".globl context_swap\n"
	".type context_swap, @function\n"
	"context_swap:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size context_swap, . - context_swap\n");
/* From the top: a return address that is none, and where `ret` goes; then the registers. */
enum { FRAME_WORDS = 8, FRAME_ENTRY = 6 };
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl context_swap\n"
	".type context_swap, %function\n"
	"context_swap:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size context_swap, . - context_swap\n");
enum { FRAME_WORDS = 20, FRAME_ENTRY = 11 };
#endif

char *context_stacks(unsigned count, size_t size)
{
	char *memory = mmap(NULL, 2 * size * count, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		err(99, "no stacks for fibers");
	for (unsigned i = 0; i < count; i++)
		if (mprotect(memory + (2 * i + 1) * size, size, PROT_READ | PROT_WRITE))
			err(99, "no stack for a fiber");
	return memory;
}

void context_make(struct context *context, char *stack, size_t size, void (*entry)(void))
{
	context->stack = stack;
	context->stack_size = size;
#ifdef CONTEXT_ASAN
	ASAN_UNPOISON_MEMORY_REGION(stack, size); /* frames of an execution that never ended */
#endif
#ifdef CONTEXT_UCONTEXT
	context->stack_pointer = stack + size;
	getcontext(&context->registers);
	context->registers.uc_stack.ss_sp = stack;
	context->registers.uc_stack.ss_size = size;
	context->registers.uc_link = NULL;
	makecontext(&context->registers, entry, 0);
#else
	uintptr_t *frame = (uintptr_t *)(void *)(stack + size) - FRAME_WORDS;

	memset(frame, 0, FRAME_WORDS * sizeof *frame);
	frame[FRAME_ENTRY] = (uintptr_t)entry;
	context->stack_pointer = frame;
#endif
}

#ifdef CONTEXT_ASAN
/*
 * The switch under way. The bounds of the OS thread's stack become known on arrival. A context that
 * ends keeps its shadow for the next one on the same stack: making one costs more than a schedule,
 * and what is left in it is collected.
 */
static struct context *left, *entered;
#endif

void context_entered(void)
{
#ifdef CONTEXT_ASAN
	const void *stack;
	size_t size;

	__sanitizer_finish_switch_fiber(entered->shadow, &stack, &size);
	if (!left->stack) {
		left->stack = (char *)(uintptr_t)stack;
		left->stack_size = size;
	}
#endif
}

void context_switch(struct context *from, struct context *to)
{
#ifdef CONTEXT_ASAN
	left = from;
	entered = to;
	__sanitizer_start_switch_fiber(&from->shadow, to->stack, to->stack_size);
#endif
#ifdef CONTEXT_UCONTEXT
	from->stack_pointer = __builtin_frame_address(0);
	swapcontext(&from->registers, &to->registers);
#else
	context_swap(&from->stack_pointer, to->stack_pointer);
#endif
#ifdef CONTEXT_ASAN
	__sanitizer_finish_switch_fiber(from->shadow, NULL, NULL);
#endif
}
