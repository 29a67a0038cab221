/* SPDX-License-Identifier: MIT */
/*
 * pooltoy.hpp: the library for C++17: handles and leases that are given back by destructors, typed
 * calls, std::chrono, lambdas. Headers only, on top of pooltoy.h.
 *
 * Rules that hold throughout:
 *  - Nothing throws, but what your own functions, containers and constructors throw. Functions return
 *    a result, with a value, or a code and its story. All of it works with -fno-exceptions -fno-rtti.
 *  - Handles, leases and results are moved, never copied; one that was moved from is empty.
 *  - What the C functions say of threads, blocking and callbacks holds. checkout, call and transaction
 *    may block, and are cancellation points: a thread that ends there unwinds, and destructors run.
 *    The destructor of a supervisor blocks; no other one does.
 *  - Who uses a lease or a task has a handle of its pool: declare the supervisor first, then pools, then
 *    what is had of them.
 *  - Timeouts are durations, rounded up to milliseconds; zero tries; `forever` waits.
 *  - get() is the C handle, borrowed, for whatever is not here.
 */
#ifndef POOLTOY_HPP
#define POOLTOY_HPP

#include <pooltoy.h>
#include <pooltoy/result.hpp>
#include <pooltoy/timeout.hpp>
#include <pooltoy/bytes.hpp>
#include <pooltoy/cancel_token.hpp>
#include <pooltoy/worker.hpp>
#include <pooltoy/lease.hpp>
#include <pooltoy/pool.hpp>
#include <pooltoy/completion.hpp>

#endif
