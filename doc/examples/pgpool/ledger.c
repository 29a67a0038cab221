/* SPDX-License-Identifier: MIT */
/* ledger.c: pools, started and stopped; checkout, call, checkin; and a transaction on the caller's thread. */
#include "ledger.h"
#include "receipt.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/*
 * A server that is down has its pools try again after so long (ms), twice as long each time, up to the
 * maximum: so long after its return, at most, and the time it takes to connect, they serve again.
 */
enum { BACKOFF_MIN = 50,
       BACKOFF_MAX = 500 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int time_left(int64_t deadline)
{
	int64_t left = deadline - now_ms();

	return left > 0 ? (int)left : 0;
}

/* A checkout that waits while the server is down, as while all workers are in use. */
static int checkout(struct pooltoy_pool *pool, int64_t deadline, struct pooltoy_lease *lease)
{
	int left = time_left(deadline);

	return left > 0 ? pooltoy_checkout(pool, left, lease) : POOLTOY_ETIMEDOUT;
}

static int call_once(struct pooltoy_pool *pool, const struct clerk_request *request,
		     int64_t deadline, struct clerk_reply *reply)
{
	size_t length = sizeof *reply;
	struct pooltoy_lease lease;
	int code = checkout(pool, deadline, &lease);

	if (code)
		return code;
	code = pooltoy_call(&lease, request, sizeof *request, reply, &length, time_left(deadline));
	if (code != POOLTOY_ECRASHED) /* that has ended the lease */
		pooltoy_checkin(&lease);
	return code;
}

/*
 * When a server restarts, each connection of its pool that was idle costs one request POOLTOY_ECRASHED. So
 * one more attempt is not enough: it might meet the next.
 */
static int call(struct pooltoy_pool *pool, const struct clerk_request *request, bool again,
		int timeout_ms, struct clerk_reply *reply)
{
	int64_t deadline = now_ms() + timeout_ms;
	int code;

	do
		code = call_once(pool, request, deadline, reply);
	while (code == POOLTOY_ESTALE /* nothing has run */ || (code == POOLTOY_ECRASHED && again));
	return code;
}

int ledger_store(struct ledger *ledger, const struct entry *entry, int timeout_ms,
		 int *stored_before)
{
	struct clerk_request request = { CLERK_STORE, *entry };
	struct clerk_reply reply;
	int code = call(ledger->write, &request, false, timeout_ms, &reply);

	if (code == 0)
		*stored_before = reply.rows == 0;
	return code;
}

int ledger_find(struct ledger *ledger, struct entry *entry, int timeout_ms, int *found)
{
	struct clerk_request request = { CLERK_FIND, *entry };
	struct clerk_reply reply;
	int code = call(ledger->read, &request, true, timeout_ms, &reply);

	if (code == 0) {
		*found = reply.rows > 0;
		entry->amount = reply.amount;
	}
	return code;
}

int ledger_sum(struct ledger *ledger, int32_t account, int timeout_ms, int64_t *sum)
{
	struct clerk_request request = { CLERK_SUM, { .account = account } };
	struct clerk_reply reply;
	int code = call(ledger->read, &request, true, timeout_ms, &reply);

	if (code == 0)
		*sum = reply.amount;
	return code;
}

static enum session_outcome insert(struct session *session, const struct entry *entry)
{
	struct entry_text text = { .id = "" };

	entry_print(entry, &text);
	return session_run(session, LEDGER_INSERT, 3, text.values, NULL);
}

/* The deadline is for the server to keep: nobody interrupts a thread that uses a state itself. */
static enum session_outcome transfer(struct session *session, const struct entry *from, int32_t to,
				     int left)
{
	struct entry other = { from->id, to, -from->amount };
	enum session_outcome outcome;
	char limit[64];

	snprintf(limit, sizeof limit, "SET LOCAL statement_timeout = %d", left > 0 ? left : 1);
	outcome = session_run(session, "BEGIN", 0, NULL, NULL);
	if (outcome == SESSION_DONE)
		outcome = session_run(session, limit, 0, NULL, NULL);
	if (outcome == SESSION_DONE)
		outcome = insert(session, from);
	if (outcome == SESSION_DONE)
		outcome = insert(session, &other);
	if (outcome == SESSION_DONE)
		return session_run(session, "COMMIT", 0, NULL, NULL);
	if (outcome != SESSION_LOST && session_run(session, "ROLLBACK", 0, NULL, NULL) != SESSION_DONE)
		return SESSION_LOST;
	return outcome;
}

int ledger_transfer(struct ledger *ledger, const struct entry *from, int32_t to, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;
	enum session_outcome outcome;
	struct pooltoy_lease lease;
	char problem[200];
	void *state;
	int code = checkout(ledger->write, deadline, &lease);

	if (code)
		return code;
	code = pooltoy_lease_state(&lease, &state);
	if (code) {
		pooltoy_checkin(&lease);
		return code == POOLTOY_ESTALE ? POOLTOY_ECRASHED : code;
	}
	outcome = transfer(state, from, to, time_left(deadline));
	if (outcome == SESSION_LOST) { /* the next client is to get another worker */
		pooltoy_checkin_failed(&lease, POOLTOY_REPLACE,
				       session_problem(state, problem, sizeof problem));
		return POOLTOY_ECRASHED;
	}
	pooltoy_checkin(&lease);
	if (outcome == SESSION_CANCELLED)
		return POOLTOY_ETIMEDOUT;
	return outcome == SESSION_DONE ? 0 : LEDGER_ESQL;
}

int ledger_receipt(struct ledger *ledger, const struct entry *entry, int timeout_ms, char *text,
		   size_t size)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(ledger->receipt, timeout_ms, &lease);

	if (code)
		return code;
	code = pooltoy_call(&lease, entry, sizeof *entry, text, &size, timeout_ms);
	pooltoy_checkin(&lease);
	return code;
}

static int start_pool(struct ledger *ledger, const char *name, struct database *database, int size,
		      struct pooltoy_pool **pool)
{
	return pooltoy_start_pool(ledger->supervisor,
				  POOLTOY_POOL_SPEC(.name = name, .worker = &clerk_ops,
						    .argument = database, .size = size,
						    .backoff_min = BACKOFF_MIN,
						    .backoff_max = BACKOFF_MAX),
				  pool);
}

static void release_pools(struct ledger *ledger)
{
	pooltoy_pool_release(ledger->read);
	pooltoy_pool_release(ledger->write);
	pooltoy_pool_release(ledger->receipt);
}

int ledger_start(struct ledger *ledger, const char *conninfo)
{
	int code;

	*ledger = (struct ledger){
		.for_reading = { conninfo, "-c default_transaction_read_only=on" },
		.for_writing = { conninfo, NULL },
	};
	code = pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &ledger->supervisor);
	if (code)
		return code;
	code = start_pool(ledger, "read", &ledger->for_reading, READ_WORKERS, &ledger->read);
	if (code == 0)
		code = start_pool(ledger, "write", &ledger->for_writing, WRITE_WORKERS,
				  &ledger->write);
	if (code == 0)
		code = pooltoy_start_pool(ledger->supervisor,
					  POOLTOY_POOL_SPEC(.name = "receipt", .worker = &receipt_ops,
							    .size = RECEIPT_WORKERS),
					  &ledger->receipt);
	if (code)
		ledger_stop(ledger);
	return code;
}

int ledger_stop(struct ledger *ledger)
{
	int code = pooltoy_supervisor_stop(ledger->supervisor, -1);

	release_pools(ledger);
	return code;
}
