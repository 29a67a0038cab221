/* SPDX-License-Identifier: MIT */
/*
 * Shared memory for the models weak_*.pml: as C11 promises it, or with -DTSO as x86 has it, with a
 * store buffer for each thread. Both have the same operations, by which a model reads as the code
 * does; each names its order.
 *
 * The model defines THREADS, LOCATIONS and GATES, and WRITES, more than a location sees of them.
 * Each process that uses memory has a parameter t, its thread's number. Locations are bytes, 0 at first.
 *
 *   LOAD(variable, location, order)
 *   STORE(location, number, order)
 *   EXCHANGE(before, location, number, order)   `number` may be an expression of `before`
 *   CAS(ok, location, from, to, order)          if it fails it has read, maybe what is not the latest
 *   PASS(gate)   waits until the gate is open, and shuts it: a lock is taken, a parker's token is
 *   OPEN(gate)   opens it: the lock is free, the token left. Who passes sees what was before.
 *   START(location, number)                     what is there before any thread is
 *   LATEST(location)                            for laws: what is there when all has come to rest
 */
#define RELAXED 0
#define ACQUIRE 1
#define RELEASE 2
#define ACQ_REL 3
#define SEQ_CST 7

bool gate[GATES];

#ifdef TSO
#include "memory_tso.h.pml"
#else
#include "memory_c11.h.pml"
#endif
