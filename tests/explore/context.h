/* SPDX-License-Identifier: MIT */
/* context.h: stacks, and the switch from one to another. */
#ifndef EXPLORE_CONTEXT_H
#define EXPLORE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#define CONTEXT_UCONTEXT 1
#include <ucontext.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define CONTEXT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONTEXT_ASAN 1
#endif
#endif

/* Where an execution stands while another one runs. */
struct context {
#ifdef CONTEXT_UCONTEXT
	ucontext_t registers;
#endif
	void *stack_pointer; /* above it lie its frames, below them at most its saved registers */
	char *stack; /* NULL: the OS thread's own, until it has been switched away from */
	size_t stack_size;
	void *shadow; /* the sanitizer's record of this execution */
};

/* Makes stacks of `size` bytes, each behind a guard of as many. Aborts when there is no memory. */
char *context_stacks(unsigned count, size_t size);

/* Prepares a context that begins with entry(), which must not return. */
void context_make(struct context *context, char *stack, size_t size, void (*entry)(void));

/* Goes on with `to`; returns when somebody switches back. */
void context_switch(struct context *from, struct context *to);

/* The first thing that entry() calls. */
void context_entered(void);

#endif
