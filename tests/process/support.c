/* SPDX-License-Identifier: MIT */
/* support.c: what tests of workers in child processes share. */
#include "process/support.h"
#include "scenario/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

int count_descriptors(void)
{
	int count = 0, fd;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

void expect_nothing_left(int descriptors)
{
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	/* The pool's memory goes with the reaper's thread, a moment later. */
	AWAIT(count_descriptors() == descriptors);
}
