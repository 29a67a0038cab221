/* SPDX-License-Identifier: MIT */
/* ledger.h: a ledger in PostgreSQL, as the threads of a server use it. */
#ifndef PGPOOL_LEDGER_H
#define PGPOOL_LEDGER_H

#include "clerk.h"
#include "session.h"

enum { READ_WORKERS = 4,
       WRITE_WORKERS = 2,
       RECEIPT_WORKERS = 2 };

struct ledger {
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *read, *write; /* of connections */
	struct pooltoy_pool *receipt;      /* of workers that know nothing of the database */
	struct database for_reading, for_writing;
};

/* Starts the pools. Needs no server that runs: the pools try until they have one. `conninfo` stays. */
int ledger_start(struct ledger *ledger, const char *conninfo);
int ledger_stop(struct ledger *ledger);

/*
 * These may be called by any thread, and return 0, LEDGER_ESQL with pooltoy_last_error, or a code of
 * pooltoy's:
 *  - POOLTOY_ETIMEDOUT: `timeout_ms` is over, all attempts included
 *  - POOLTOY_ECRASHED: the connection broke. Of ledger_store and ledger_transfer alone: it may be stored or not;
 *    to be sure, store it again, by the same id. What changes nothing is run again without asking
 */
int ledger_store(struct ledger *ledger, const struct entry *entry, int timeout_ms,
		 int *stored_before);
/* *found: false if there is none by this id and account. */
int ledger_find(struct ledger *ledger, struct entry *entry, int timeout_ms, int *found);
int ledger_sum(struct ledger *ledger, int32_t account, int timeout_ms, int64_t *sum);
/* Moves an amount from one account to another: both entries are stored, or none. */
int ledger_transfer(struct ledger *ledger, const struct entry *from, int32_t to, int timeout_ms);
/* The entry in words. */
int ledger_receipt(struct ledger *ledger, const struct entry *entry, int timeout_ms, char *text,
		   size_t size);

#endif
