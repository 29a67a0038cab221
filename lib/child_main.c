/* SPDX-License-Identifier: MIT */
/* child_main.c: the process of a child: how it begins. */
#include "child.h"
#include "isolation_protocol.h"
#include "sync_served.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

int pooltoy_child_main(int argc, char **argv)
{
	static struct child child;
	char protocol[ISOLATION_PROTOCOL_SIZE];
	struct channel_shared *shared;

	if (argc != 5)
		errx(EXIT_FAILURE, "this is pooltoy's helper for workers in child processes; it is "
				   "started by the library");
	isolation_protocol(protocol);
	if (strcmp(argv[1], pooltoy_version()) != 0 || strcmp(argv[2], protocol) != 0)
		errx(EXIT_FAILURE,
		     "this is version %s (protocol %s), and the library that started it is %.20s "
		     "(protocol %.40s): they are to be of one version",
		     pooltoy_version(), protocol, argv[1], argv[2]);
	sync_served_begin(strtol(argv[3], NULL, 10), argv[4]);
	shared = sync_served_memory();
	if (!shared || !child_open(&child, shared))
		errx(EXIT_FAILURE, "no memory");
	child_serve(&child);
	return EXIT_FAILURE; /* not reached */
}
