/* SPDX-License-Identifier: MIT */
/* sync_descriptor.h: the descriptors that a server and its child have of each other. */
#ifndef POOLTOY_LIB_SYNC_DESCRIPTOR_H
#define POOLTOY_LIB_SYNC_DESCRIPTOR_H

#include "sync_child.h"

#include <fcntl.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE /* a C library older than Linux 5.1 */
#define F_SEAL_FUTURE_WRITE 0x10
#endif

/* Those of the child are put into place by number, so none is to be in the way. */
static inline int out_of_the_way(int descriptor)
{
	int moved;

	if (descriptor < 0 || descriptor >= CHILD_DESCRIPTORS)
		return descriptor;
	moved = fcntl(descriptor, F_DUPFD_CLOEXEC, CHILD_DESCRIPTORS);
	close(descriptor);
	return moved;
}

static inline void drop(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

#endif
