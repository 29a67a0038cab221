/* SPDX-License-Identifier: MIT */
/* limit_pipe.c: there and back between a thread and a child process over two pipes. */
#include <err.h>
#include <unistd.h>
#include "subjects/limit_child.h"

void make_ends(struct ends *caller, struct ends *child)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	*caller = (struct ends){ .read = back[0], .write = there[1] };
	*child = (struct ends){ .read = there[0], .write = back[1] };
}

const struct subject subject = { .name = "limit_pipe", .call = &limit_child_call };
