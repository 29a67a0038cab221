/* SPDX-License-Identifier: MIT */
/* spec_copy.h: structures from programs that were compiled against an older or a newer header. */
#ifndef POOLTOY_LIB_SPEC_COPY_H
#define POOLTOY_LIB_SPEC_COPY_H

#include <stddef.h>

/*
 * Copies a structure that begins with its size into this library's own, of `size` bytes: what an
 * older header lacks is 0; what a newer one has beyond ours must be. 0, or POOLTOY_EINVAL or
 * POOLTOY_EVERSION with a message that begins with `what`.
 */
int spec_copy(void *own, size_t size, const void *given, const char *what);

#endif
