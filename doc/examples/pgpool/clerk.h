/* SPDX-License-Identifier: MIT */
/* clerk.h: a worker that answers requests about the ledger. */
#ifndef PGPOOL_CLERK_H
#define PGPOOL_CLERK_H

#include <pooltoy.h>
#include <stdint.h>

/* Amounts by the id of what moved them: a client chooses it, and under it an entry is stored once. */
#define LEDGER_SCHEMA \
	"CREATE TABLE entries (id bigint, account integer, amount bigint NOT NULL CHECK (amount <> 0)," \
	" PRIMARY KEY (id, account));" \
	"CREATE INDEX ON entries (account)"
#define LEDGER_INSERT \
	"INSERT INTO entries (id, account, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"

struct entry {
	int64_t id;
	int32_t account;
	int64_t amount;
};

enum clerk_task { CLERK_STORE,
		  CLERK_FIND,
		  CLERK_SUM };

struct clerk_request {
	enum clerk_task task;
	struct entry entry; /* as far as it is known */
};

/* The server refuses the statement; the reply says why. */
enum { LEDGER_ESQL = POOLTOY_EUSER };

struct clerk_reply {
	int64_t amount;    /* CLERK_FIND, CLERK_SUM */
	int32_t rows;      /* how many were stored or found */
	char problem[200]; /* LEDGER_ESQL */
};

/* Their pool's argument is a struct database. */
extern const struct pooltoy_worker_ops clerk_ops;

/* An entry as parameters for LEDGER_INSERT. */
struct entry_text {
	char id[24], account[16], amount[24];
	const char *values[3];
};
void entry_print(const struct entry *entry, struct entry_text *text);

#endif
