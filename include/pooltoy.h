/* SPDX-License-Identifier: MIT */
/*
 * pooltoy.h: supervised worker pools for multithreaded C servers. The whole of the public
 * interface.
 *
 * Rules that hold throughout, unless a function says otherwise:
 *  - functions return 0 or a negative POOLTOY_E code; pooltoy_last_error() then tells the story;
 *  - any thread may call any function, at any time, without registering first;
 *  - timeouts are milliseconds: 0 tries, -1 waits forever, as in poll(2);
 *  - a handle must stay unreleased throughout every call that it, or a lease of its pool, is used
 * in;
 *  - the library never calls back with one of its locks held.
 */
#ifndef POOLTOY_H
#define POOLTOY_H

#include <pooltoy/error.h>
#include <pooltoy/event.h>
#include <pooltoy/worker.h>
#include <pooltoy/supervisor.h>
#include <pooltoy/pool.h>
#include <pooltoy/lease.h>
#include <pooltoy/client.h>
#include <pooltoy/status.h>

#endif
