/* SPDX-License-Identifier: MIT */
/* promise.h: what the library exports, and which codes its headers promise. */
#ifndef FAULTS_PROMISE_H
#define FAULTS_PROMISE_H

#include <stdbool.h>

/* The function has been called; by its name, and from any thread. */
void promise_used(const char *function);
/* The functions that lib/pooltoy.map exports and that have not been called so far: how many, and the
 * first one's name. Those that the map does not know count as well. */
unsigned promise_unused(const char **first);

/* Whether the comment above the function's declaration names the code. */
bool promise_allows(const char *function, int code);

#endif
