/* SPDX-License-Identifier: MIT */
/* sync_words.h: a thread sleeps at a word that it shares with another process: Linux's futexes. */
#ifndef POOLTOY_LIB_SYNC_WORDS_H
#define POOLTOY_LIB_SYNC_WORDS_H

#include "sync.h"

/* False once the system has refused to. */
bool sync_words_can_be_awaited(void);

/*
 * Sleeps as long as `value` is at `shared`, and 0 at `own`, a word of this process alone: true; false once
 * the deadline (ns) has passed. Who changes a word wakes its sleeper afterwards. May wake for no reason.
 * A cancellation point.
 */
bool sync_words_await(const sync_atomic(uint32_t) * shared, uint32_t value,
		      const sync_atomic(uint32_t) * own, uint64_t deadline);

void sync_words_wake_shared(const sync_atomic(uint32_t) * word);
void sync_words_wake(const sync_atomic(uint32_t) * own);

#endif
