/* SPDX-License-Identifier: MIT */
/* receipt.h: a worker without a connection, in a pool beside those that have one. */
#ifndef PGPOOL_RECEIPT_H
#define PGPOOL_RECEIPT_H

#include <pooltoy.h>

/* A request is a struct entry, the reply its text, with its 0. */
extern const struct pooltoy_worker_ops receipt_ops;

#endif
