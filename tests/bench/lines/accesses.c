/* SPDX-License-Identifier: MIT */
/* accesses.c: stands in for the thread sanitizer's runtime, and keeps for each line who has it. */
#include "accesses.h"

#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

enum { LINE = 64, LINES = 1 << 20, THREADS = 512, WORD = 64 };

struct line {
	uintptr_t number; /* 0: none yet */
	uint64_t has[THREADS / WORD];
	int writer; /* the last thread that wrote it; has it alone, if nobody has read it since */
};

static struct line lines[LINES];
static struct accesses counts;
static volatile char turn; /* a lock that the sanitizer would not follow */
static int threads;
static __thread int self = -1;

static void enter(void)
{
	while (__atomic_test_and_set(&turn, __ATOMIC_ACQUIRE))
		;
	if (self < 0 && (self = threads++) == THREADS)
		errx(1, "too many threads");
}

static void leave(void)
{
	__atomic_clear(&turn, __ATOMIC_RELEASE);
}

static struct line *line_at(uintptr_t number)
{
	size_t i = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 44);
	unsigned probes;

	for (probes = 0; probes < LINES; probes++, i = (i + 1) % LINES) {
		if (!lines[i].number) {
			lines[i].number = number;
			lines[i].writer = -1;
		}
		if (lines[i].number == number)
			return &lines[i];
	}
	errx(1, "too many lines");
}

static bool has(const struct line *line)
{
	return line->has[self / WORD] >> self % WORD & 1;
}

static void read_line(struct line *line)
{
	if (!has(line) && line->writer >= 0)
		counts.read++;
	line->has[self / WORD] |= UINT64_C(1) << self % WORD;
}

static void write_line(struct line *line)
{
	uint64_t others = 0;

	for (int i = 0; i < THREADS / WORD; i++) {
		others |= line->has[i] & ~(i == self / WORD ? UINT64_C(1) << self % WORD : 0);
		line->has[i] = 0;
	}
	counts.written += others != 0;
	line->has[self / WORD] = UINT64_C(1) << self % WORD;
	line->writer = self;
}

static void follow(volatile const void *object, size_t size, bool writes, bool exclusive)
{
	uintptr_t number = (uintptr_t)object / LINE, last = ((uintptr_t)object + size - 1) / LINE;

	enter();
	counts.all++;
	counts.exclusive += exclusive;
	for (; number <= last; number++)
		(writes ? write_line : read_line)(line_at(number));
	leave();
}

void accesses_begin(void)
{
	enter();
	memset(&counts, 0, sizeof counts);
	leave();
}

struct accesses accesses_end(void)
{
	struct accesses ended;

	enter();
	ended = counts;
	leave();
	return ended;
}

/* What the compiler calls. Each atomic access is done as one of its own, after it was followed. */

#define PLAIN_ONE(name, size, writes) \
	void __tsan_##name(void *object) \
	{ \
		follow(object, size, writes, false); \
	}
#define PLAIN(size) \
	PLAIN_ONE(read##size, size, false) \
	PLAIN_ONE(write##size, size, true) \
	PLAIN_ONE(unaligned_read##size, size, false) \
	PLAIN_ONE(unaligned_write##size, size, true)
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *object, size_t size)
{
	follow(object, size, false, false);
}

void __tsan_write_range(void *object, size_t size)
{
	follow(object, size, true, false);
}

void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void)
{
}

void __tsan_init(void)
{
}

#define WORD(bits) uint##bits##_t
#define EXCHANGING(bits, name, operation) \
	WORD(bits) \
	__tsan_atomic##bits##_##name(volatile WORD(bits) * object, WORD(bits) value, int order) \
	{ \
		(void)order; \
		follow(object, sizeof *object, true, true); \
		return operation(object, value, __ATOMIC_SEQ_CST); \
	}
#define COMPARING(bits, name) \
	int __tsan_atomic##bits##_compare_exchange_##name( \
		volatile WORD(bits) * object, WORD(bits) * expected, WORD(bits) desired, \
		int order, int failure) \
	{ \
		(void)order; \
		(void)failure; \
		follow(object, sizeof *object, true, true); \
		return __atomic_compare_exchange_n(object, expected, desired, false, \
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	}
#define ATOMIC(bits) \
	WORD(bits) __tsan_atomic##bits##_load(const volatile WORD(bits) * object, int order) \
	{ \
		(void)order; \
		follow(object, sizeof *object, false, false); \
		return __atomic_load_n(object, __ATOMIC_SEQ_CST); \
	} \
	void __tsan_atomic##bits##_store(volatile WORD(bits) * object, WORD(bits) value, \
					 int order) \
	{ \
		(void)order; \
		follow(object, sizeof *object, true, false); \
		__atomic_store_n(object, value, __ATOMIC_SEQ_CST); \
	} \
	EXCHANGING(bits, exchange, __atomic_exchange_n) \
	EXCHANGING(bits, fetch_add, __atomic_fetch_add) \
	EXCHANGING(bits, fetch_sub, __atomic_fetch_sub) \
	EXCHANGING(bits, fetch_and, __atomic_fetch_and) \
	EXCHANGING(bits, fetch_or, __atomic_fetch_or) \
	EXCHANGING(bits, fetch_xor, __atomic_fetch_xor) \
	COMPARING(bits, strong) \
	COMPARING(bits, weak)
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

void __tsan_atomic_thread_fence(int order)
{
	(void)order;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order)
{
	(void)order;
}

/* Mutexes, by the linker's --wrap. */
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	follow(mutex, sizeof(pthread_mutex_t), true, true);
	return __real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	follow(mutex, sizeof(pthread_mutex_t), true, false);
	return __real_pthread_mutex_unlock(mutex);
}
