/* SPDX-License-Identifier: MIT */
/* sync_words.c: sleeping at two words at a time, by Linux's futex_waitv(2), and waking. */
#include "sync_words.h"

#include <linux/futex.h>
#include <linux/time_types.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef FUTEX_32 /* headers before Linux 5.16 */
#define FUTEX_32 2
struct futex_waitv {
	uint64_t val, uaddr;
	uint32_t flags, __reserved;
};
#endif
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static sync_atomic(bool) refused;

bool sync_words_can_be_awaited(void)
{
	return !sync_load(&refused, relaxed);
}

/*
 * A cancellation point, as the C library makes one of a system call: for that alone, a cancel comes at any
 * instruction. Safe here, since nothing is held, and a woken sleeper has taken nothing that could be lost
 * with it. Kept out of its callers, whose cleanup handlers are known at their calls alone, and from
 * sanitizers, whose code is not for that. `syscall` has been called before, so that the dynamic linker has
 * no work in between.
 */
__attribute__((noinline, no_sanitize("address", "thread", "undefined"))) static long
await_words(const struct futex_waitv words[2], const struct __kernel_timespec *until)
{
	int before;
	long woken;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
	woken = syscall(SYS_futex_waitv, words, 2, 0, until, CLOCK_MONOTONIC);
	pthread_setcanceltype(before, NULL);
	return woken;
}

bool sync_words_await(const sync_atomic(uint32_t) * shared, uint32_t value,
		      const sync_atomic(uint32_t) * own, uint64_t deadline)
{
	const struct futex_waitv words[2] = {
		{ .val = value, .uaddr = (uintptr_t)shared, .flags = FUTEX_32 },
		{ .uaddr = (uintptr_t)own, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG }
	};
	const struct __kernel_timespec until = { .tv_sec = (long long)(deadline / 1000000000u),
						 .tv_nsec = (long long)(deadline % 1000000000u) };

	if (await_words(words, deadline == SYNC_NEVER ? NULL : &until) >= 0)
		return true;
	if (errno == ENOSYS || errno == EPERM)
		sync_store(&refused, true, relaxed);
	return errno != ETIMEDOUT;
}

void sync_words_wake_shared(const sync_atomic(uint32_t) * word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void sync_words_wake(const sync_atomic(uint32_t) * own)
{
	(void)syscall(SYS_futex, own, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}
