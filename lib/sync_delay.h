/* SPDX-License-Identifier: MIT */
/* sync_delay.h: for tests on real threads: at a step now and then the thread is held up. Part of sync_threads.h. */
#ifndef POOLTOY_LIB_SYNC_DELAY_H
#define POOLTOY_LIB_SYNC_DELAY_H

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * One step in 150, by chance, for 20 us to 1 ms: as if its processor were another's meanwhile. The wait is no
 * cancellation point, and one that confined child processes may make. Changes no errno.
 */
static inline void sync_delay(void)
{
	enum { ONE_IN = 150, LEAST_NS = 20000, MOST_NS = 1000000 };
	static _Thread_local uint32_t chance;
	static const int never;
	struct timespec delay = { 0, LEAST_NS };
	int kept = errno;

	if (chance == 0)
		chance = (uint32_t)syscall(SYS_gettid) * 2654435761u | 1;
	/* Marsaglia, Xorshift RNGs, 2003. */
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	if (chance / 128 % ONE_IN != 0)
		return;
	delay.tv_nsec += chance / 8 % (MOST_NS - LEAST_NS);
	(void)syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &delay, NULL, 0);
	errno = kept;
}

#endif
