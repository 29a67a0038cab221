/* SPDX-License-Identifier: MIT */
/* confinement.h: a child process takes from itself what it is not to have. */
#ifndef POOLTOY_LIB_CONFINEMENT_H
#define POOLTOY_LIB_CONFINEMENT_H

#include "isolation_protocol.h"

/* Limits, privileges and user; before anything of the worker's is loaded. NULL, or why it cannot. */
const char *confine(const struct isolation_birth *birth, const char *user);

/* The filter of system calls, for all threads of the process. The same. */
const char *confine_calls(const void *filter, size_t length);

#endif
