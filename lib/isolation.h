/* SPDX-License-Identifier: MIT */
/* isolation.h: what a pool whose workers run in child processes is to give them. */
#ifndef POOLTOY_LIB_ISOLATION_H
#define POOLTOY_LIB_ISOLATION_H

#include "cell.h"

#include <pooltoy/pool.h>

struct isolation {
	struct pooltoy_worker_ops ops; /* the worker's own: which it has is all that counts here */
	struct pooltoy_limits limits;  /* its pointers are to memory of this object */
	char *module, *symbol;
	void *argument;
	size_t argument_length;
};

/*
 * From a specification that asks for it, and is checked but for that; with the worker's ops as copied.
 * 0, POOLTOY_EINVAL, POOLTOY_EVERSION or POOLTOY_ENOMEM, with its message.
 */
int isolation_make(const struct pooltoy_pool_spec *spec, const struct pooltoy_worker_ops *ops,
		   struct isolation **isolation);
void isolation_free(struct isolation *isolation); /* NULL is allowed */

/* The first message to a child, which says all that it is to be (isolation_protocol.h). False: no memory. */
bool isolation_message(const struct isolation *isolation, const char *pool, unsigned index,
		       unsigned max_spins, struct bytes *message);

#endif
