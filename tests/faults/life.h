/* SPDX-License-Identifier: MIT */
/* life.h: a whole life with the library, in which every function that it exports is called. */
#ifndef FAULTS_LIFE_H
#define FAULTS_LIFE_H

#include "support/faults.h"

/*
 * Lives once, on a thread of its own, with `bad` requests of that kind refused after `good`. Asserts that
 * each call succeeds, or says by a code that its header names, and by a story with the pool and the
 * cause in it, what was lacking; that with nothing refused any more the pool serves; that callbacks ran
 * as they must; and that nothing is left at the end: no memory, thread, mutex, condition variable.
 *
 * Returns how many were refused.
 */
unsigned life_with_faults(enum faults_kind kind, unsigned good, unsigned bad);

#endif
