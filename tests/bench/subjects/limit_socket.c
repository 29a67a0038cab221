/* SPDX-License-Identifier: MIT */
/* limit_socket.c: there and back between a thread and a child process over two Unix sockets. */
#include <err.h>
#include <sys/socket.h>
#include "subjects/limit_child.h"

void make_ends(struct ends *caller, struct ends *child)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		err(1, "socketpair");
	*caller = (struct ends){ .read = pair[0], .write = pair[0] };
	*child = (struct ends){ .read = pair[1], .write = pair[1] };
}

const struct subject subject = { .name = "limit_socket", .call = &limit_child_call };
