/* SPDX-License-Identifier: MIT */
/* isolation_protocol.h: what the library and its helper, pooltoy-child, must agree about. */
#ifndef POOLTOY_LIB_ISOLATION_PROTOCOL_H
#define POOLTOY_LIB_ISOLATION_PROTOCOL_H

#include "channel.h"

#include <stdio.h>

/* To be raised whenever what passes between the two changes its meaning; of its shape see below. */
enum { ISOLATION_VERSION = 2 };

/* The parts of a child's first message, one after the other behind its head. Texts end with a 0. */
enum isolation_part {
	ISOLATION_POOL,     /* its name */
	ISOLATION_MODULE,   /* path of a shared object */
	ISOLATION_SYMBOL,   /* of its struct pooltoy_worker_ops */
	ISOLATION_USER,     /* "": none */
	ISOLATION_FILTER,   /* struct sock_filter, several */
	ISOLATION_ARGUMENT, /* for `init` */
	ISOLATION_PARTS
};

struct isolation_birth {
	uint64_t address_space, cpu_seconds, open_files; /* 0: no limit */
	uint64_t parts[ISOLATION_PARTS];                 /* their lengths */
	uint32_t index;                                  /* of the worker */
	uint32_t max_spins;
};

enum { ISOLATION_PROTOCOL_SIZE = 40, ISOLATION_FILTER_INSTRUCTION = 8 };

/* Version and shape, as text. */
static inline void isolation_protocol(char text[ISOLATION_PROTOCOL_SIZE])
{
	snprintf(text, ISOLATION_PROTOCOL_SIZE, "%d.%zu.%zu.%zu", ISOLATION_VERSION,
		 sizeof(struct channel_shared), offsetof(struct channel_shared, room),
		 sizeof(struct isolation_birth));
}

#endif
