/* SPDX-License-Identifier: MIT */
/* load.h: the threads of a server that uses the ledger, and what they see. */
#ifndef PGPOOL_LOAD_H
#define PGPOOL_LOAD_H

#include "ledger.h"

enum { READERS = 4,
       WRITERS = 3,
       TRANSFERRERS = 1,
       MAKERS = WRITERS + TRANSFERRERS,
       PRINTERS = 2 };

/* An id is its maker's number times this, and a count from 0. */
#define IDS 1000000000LL
/* The accounts that amounts are moved between; each writer has one of its own, by its number from 0. */
enum { ACCOUNT_FROM = 100,
       ACCOUNT_TO = 101 };

enum kind { READ,
	    STORE,
	    TRANSFER,
	    RECEIPT,
	    KINDS };

struct tally {
	long requests, answered;
	long timed_out; /* POOLTOY_ETIMEDOUT */
	long crashed;   /* POOLTOY_ECRASHED */
	long failed;    /* any other way */
	long wrong;     /* answered, but what had been acknowledged was not there */
	long stored_before;
	double slowest_ms;
};

struct load;

struct load *load_start(struct ledger *ledger, int timeout_ms);
/* Of all requests that run when this returns. */
void load_set_timeout(struct load *load, int timeout_ms);
/* So far. */
struct tally load_tally(struct load *load, enum kind kind);
/* What failed first in some other way, or "". After load_stop. */
const char *load_first_failure(struct load *load);
/* Lets all have what they still want acknowledged, and ends them. */
void load_stop(struct load *load);
/* How many entries, or transfers, of this maker were acknowledged: by ids from `maker` * IDS on. */
long load_acknowledged(const struct load *load, int maker);
void load_free(struct load *load);

#endif
