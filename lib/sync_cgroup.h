/* SPDX-License-Identifier: MIT */
/* sync_cgroup.h: the cgroup of a child process. */
#ifndef POOLTOY_LIB_SYNC_CGROUP_H
#define POOLTOY_LIB_SYNC_CGROUP_H

#include "sync_child.h"

enum { CGROUP_PATH_SIZE = 512 };

/* All zero: none, of which the functions below make nothing. */
struct cgroup {
	char path[CGROUP_PATH_SIZE];
};

/* As the specification says: 0, or an errno value, and `reason` says what failed. */
int cgroup_make(struct cgroup *cgroup, const struct sync_child_spec *spec, char *reason,
		size_t size);

/* A process goes into it. The same. */
int cgroup_join(const struct cgroup *cgroup, long process, char *reason, size_t size);

/* Whether the kernel has ended something in it for lack of memory. */
bool cgroup_ran_out(const struct cgroup *cgroup);

/* With all processes that are left in it; blocks for a moment. */
void cgroup_remove(struct cgroup *cgroup);

#endif
