/* SPDX-License-Identifier: MIT */
/*
 * pooltoy.h: supervised worker pools for multithreaded C servers. The whole of the public
 * interface.
 *
 * Rules that hold throughout, unless a function says otherwise:
 *  - Functions return 0 or a negative POOLTOY_E code; pooltoy_last_error() then tells the story.
 *  - Any thread may call any function, at any time, without registering first.
 *  - A NULL that makes no sense is POOLTOY_EINVAL. A thread's first call may answer POOLTOY_ENOMEM,
 *    one from its last destructors POOLTOY_ETHREADEXITED. Contracts name these only where they mean
 *    more.
 *  - Timeouts are milliseconds: 0 tries, -1 waits forever, as in poll(2). Deadlines are nanoseconds of
 *    CLOCK_MONOTONIC: checkout.h.
 *  - A handle stays unreleased throughout every call that uses it, or a lease of its pool: who uses
 *    a lease, or somebody for them, has a handle of its pool.
 *  - The library never calls back with one of its locks held, but to allocate memory (memory.h).
 *
 * A comment that says "any callback" means the callbacks of workers and of events. "Does not
 * block" means: waits for no other thread, but for short critical sections.
 */
#ifndef POOLTOY_H
#define POOLTOY_H

#include <pooltoy/error.h>
#include <pooltoy/memory.h>
#include <pooltoy/event.h>
#include <pooltoy/worker.h>
#include <pooltoy/supervisor.h>
#include <pooltoy/pool.h>
#include <pooltoy/lease.h>
#include <pooltoy/client.h>
#include <pooltoy/checkout.h>
#include <pooltoy/task.h>
#include <pooltoy/completion.h>
#include <pooltoy/status.h>
#include <pooltoy/metrics.h>

#endif
