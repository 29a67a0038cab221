/* SPDX-License-Identifier: MIT */
/* spec.h: a pool's specification, checked. */
#ifndef POOLTOY_LIB_SPEC_H
#define POOLTOY_LIB_SPEC_H

#include "pool.h"

/* A pool's specification, checked and with its defaults filled in. 0, or a code with its
 * message. What it has memory for is the caller's, as long as no pool has it: pool_config_free. */
int spec_to_config(const struct pooltoy_pool_spec *given, struct pool_config *config);

#endif
