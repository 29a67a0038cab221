/* SPDX-License-Identifier: MIT */
/*
 * try.c: a ledger in PostgreSQL under load, while its connections are terminated, its server is stopped and
 * started, and its queries hang; and the account of what its clients noticed.
 *
 * The verdicts are TAP. try.sh makes the server, and removes it.
 */
#include "cluster.h"
#include "load.h"

#include <err.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PATIENT = 20000, /* ms: longer than any outage here */
	HASTY = 300,
	SOON = 20000,  /* for what the trial itself waits for */
	HEALED = 2000, /* so long after the server's return all workers are there again, at most */
	TERMINATIONS = 20,
	TERMINATIONS_OF_WRITE = 10,
	CRASHES = 3,
	LOCKS = 2,
	FREEZES = 1
};

static struct cluster cluster;
static struct ledger ledger;
static struct load *load;

static struct verdict {
	bool holds;
	char text[256];
} verdicts[16];
static int verdict_count;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* What has to hold; told at the end. */
__attribute__((__format__(__printf__, 2, 3))) static void verdict(bool holds, const char *format, ...)
{
	struct verdict *verdict = &verdicts[verdict_count++];
	va_list arguments;

	verdict->holds = holds;
	va_start(arguments, format);
	vsnprintf(verdict->text, sizeof verdict->text, format, arguments);
	va_end(arguments);
}

static bool print_verdicts(void)
{
	bool good = true;

	for (int i = 0; i < verdict_count; i++) {
		printf("%s %d - %s\n", verdicts[i].holds ? "ok" : "not ok", i + 1, verdicts[i].text);
		good &= verdicts[i].holds;
	}
	printf("1..%d\n", verdict_count);
	return good;
}

static void phase_begins(const char *what, int times)
{
	char text[96];

	snprintf(text, sizeof text, "%2d x %s", times, what);
	printf("  %-66s", text);
	fflush(stdout);
}

static void phase_ends(double start)
{
	printf("%4.1f s\n", (now_ms() - start) / 1e3);
	fflush(stdout);
}

static struct pooltoy_pool_status status_of(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	if (pooltoy_pool_status(pool, &status))
		errx(1, "%s", pooltoy_last_error());
	return status;
}

static uint64_t deaths_of(struct pooltoy_pool *pool)
{
	return status_of(pool).worker_deaths;
}

/* Looks again and again whether something has come about, for so long at most. Returns how long it took. */
static double wait_until(bool (*is_so)(const void *argument), const void *argument, int timeout_ms)
{
	double start = now_ms();

	while (!is_so(argument) && now_ms() - start < timeout_ms)
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	return now_ms() - start;
}

static bool is_whole(const void *pool)
{
	struct pooltoy_pool_status status = status_of((struct pooltoy_pool *)pool);

	return status.idle + status.leased + status.resetting == status.size;
}

/* Workers that know nothing of the death of their connections look well, too. */
static bool are_connected(const void *argument)
{
	(void)argument;
	return cluster_number(&cluster, "SELECT count(*) FROM pg_stat_activity"
					" WHERE application_name IN ('read', 'write')") ==
		       READ_WORKERS + WRITE_WORKERS &&
	       is_whole(ledger.read) && is_whole(ledger.write);
}

static bool have_read(const void *before)
{
	return load_tally(load, READ).answered > ((const struct tally *)before)->answered;
}

static void await_a_read(void)
{
	struct tally before = load_tally(load, READ);

	wait_until(have_read, &before, SOON);
}

/* An SQL error. */

static void try_refusal(void)
{
	struct entry nothing = { MAKERS * IDS, 1, 0 };
	uint64_t before = deaths_of(ledger.write);
	int stored_before;
	int code = ledger_store(&ledger, &nothing, PATIENT, &stored_before);

	verdict(code == LEDGER_ESQL && deaths_of(ledger.write) == before,
		"an entry that the server refuses costs no worker");
}

/* Connections that break. */

static long terminated;

/* Until then they would count as connections. */
static bool have_ended(const void *processes)
{
	return cluster_number(&cluster, "SELECT count(*) FROM pg_stat_activity WHERE pid IN (%s)",
			      (const char *)processes) == 0;
}

static void terminate_once(const char *pools)
{
	PGresult *result = cluster_run(&cluster,
				       "SELECT string_agg(pid::text, ','), count(pg_terminate_backend(pid))"
				       " FROM pg_stat_activity WHERE application_name IN (%s)",
				       pools);

	terminated += strtol(PQgetvalue(result, 0, 1), NULL, 10);
	if (!PQgetisnull(result, 0, 0))
		wait_until(have_ended, PQgetvalue(result, 0, 0), SOON);
	PQclear(result);
}

static void terminate(const char *pools, int times)
{
	double start = now_ms();

	for (int i = 0; i < times; i++) {
		wait_until(are_connected, NULL, SOON);
		terminate_once(pools);
	}
	wait_until(are_connected, NULL, SOON);
	await_a_read();
	phase_ends(start);
}

static void try_terminations(void)
{
	uint64_t deaths = deaths_of(ledger.read), start_failures = status_of(ledger.read).start_failures;
	struct tally before = load_tally(load, READ), after;

	phase_begins("the connections of pool write are terminated", TERMINATIONS_OF_WRITE);
	terminate("'write'", TERMINATIONS_OF_WRITE);
	after = load_tally(load, READ);
	deaths = deaths_of(ledger.read) - deaths;
	start_failures = status_of(ledger.read).start_failures - start_failures;
	phase_begins("all connections are terminated", TERMINATIONS);
	terminate("'read', 'write'", TERMINATIONS);
	verdict(terminated == TERMINATIONS_OF_WRITE * WRITE_WORKERS +
				      TERMINATIONS * (READ_WORKERS + WRITE_WORKERS),
		"every termination hit: %ld", terminated);
	verdict(deaths + start_failures == 0 && after.answered > before.answered &&
			after.requests - after.answered == before.requests - before.answered,
		"pool read does not notice that pool write's connections are terminated");
}

/* A server that crashes. */

static char outage[256]; /* what the pool says of it */

static bool is_degraded(const void *argument)
{
	struct pooltoy_pool_status status = status_of(ledger.read);

	(void)argument;
	if (status.state == POOLTOY_POOL_DEGRADED)
		snprintf(outage, sizeof outage, "%s", status.last_reason);
	return status.state == POOLTOY_POOL_DEGRADED;
}

static void try_crashes(void)
{
	double slowest = 0, start = now_ms();

	phase_begins("the server is stopped (immediate), and started again", CRASHES);
	for (int i = 0; i < CRASHES; i++) {
		double took;

		cluster_crash(&cluster);
		wait_until(is_degraded, NULL, SOON);
		cluster_start(&cluster);
		took = wait_until(are_connected, NULL, SOON);
		if (took > slowest)
			slowest = took;
		await_a_read();
	}
	phase_ends(start);
	printf("     pool read said: %s\n"
	       "     once the server was back, all were connected again within %.0f ms\n",
	       outage, slowest);
	fflush(stdout);
	verdict(outage[0] && slowest <= HEALED,
		"the pools heal by themselves within %d ms: it took %.0f ms", HEALED, slowest);
}

/* Queries that hang. */

static void lock(void)
{
	PQclear(cluster_run(&cluster, "BEGIN"));
	PQclear(cluster_run(&cluster, "LOCK TABLE entries IN ACCESS EXCLUSIVE MODE"));
}

static void unlock(void)
{
	PQclear(cluster_run(&cluster, "COMMIT"));
}

/* Of each kind that uses the database, one for each of its threads, more than before. */
static bool have_timed_out(const void *argument)
{
	const struct tally *before = argument;

	return load_tally(load, READ).timed_out >= before[READ].timed_out + READERS &&
	       load_tally(load, STORE).timed_out >= before[STORE].timed_out + WRITERS &&
	       load_tally(load, TRANSFER).timed_out >= before[TRANSFER].timed_out + TRANSFERRERS;
}

static void try_lock(void)
{
	struct tally before[KINDS];

	for (int kind = 0; kind < KINDS; kind++)
		before[kind] = load_tally(load, (enum kind)kind);
	lock();
	wait_until(have_timed_out, before, SOON);
	unlock();
	await_a_read();
}

static void try_locks(void)
{
	int cancelled = cluster_cancellations(&cluster);
	uint64_t deaths = deaths_of(ledger.read) + deaths_of(ledger.write);
	double start = now_ms();

	phase_begins("queries hang at a lock, past their deadlines", LOCKS);
	for (int i = 0; i < LOCKS; i++)
		try_lock();
	deaths = deaths_of(ledger.read) + deaths_of(ledger.write) - deaths;
	cancelled = cluster_cancellations(&cluster) - cancelled;
	phase_ends(start);
	verdict(cancelled >= LOCKS * READERS && deaths == 0,
		"queries past their deadlines are cancelled, %d of them, and cost no worker: %d",
		cancelled, (int)deaths);
}

/* A server's process that hangs, so that it cannot be cancelled. */

static bool is_replaced(const void *deaths)
{
	return deaths_of(ledger.read) > *(const uint64_t *)deaths;
}

static int64_t frozen;

static bool found_one_to_freeze(const void *argument)
{
	(void)argument;
	frozen = cluster_number(&cluster, "SELECT pid FROM pg_stat_activity WHERE application_name ="
					  " 'read' AND wait_event_type = 'Lock'"
					  " ORDER BY query_start DESC LIMIT 1");
	return frozen > 0;
}

static void try_frozen(void)
{
	uint64_t deaths = deaths_of(ledger.read);
	double start = now_ms();
	int quarantined;

	phase_begins("a process of the server is frozen (SIGSTOP) in a query", FREEZES);
	lock();
	wait_until(found_one_to_freeze, NULL, SOON);
	if (frozen > 0)
		kill((pid_t)frozen, SIGSTOP);
	wait_until(is_replaced, &deaths, SOON / 4);
	quarantined = status_of(ledger.read).quarantined;
	if (frozen > 0)
		kill((pid_t)frozen, SIGCONT);
	unlock();
	await_a_read();
	phase_ends(start);
	verdict(frozen > 0 && quarantined == 0 && deaths_of(ledger.read) == deaths + 1,
		"a process that does not heed a cancel costs one worker, and no thread");
}

/* The account. */

static void print_pool(const char *name, struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = status_of(pool);

	printf("  %-8s %-8s instance %d, %d restarts, %d workers died, %d starts failed,"
	       " %d quarantined\n",
	       name, pooltoy_pool_state_name(status.state), (int)status.instance,
	       (int)status.restarts, (int)status.worker_deaths, (int)status.start_failures,
	       status.quarantined);
}

static void print_requests(const char *name, enum kind kind)
{
	struct tally tally = load_tally(load, kind);

	printf("  %-9s %8ld %9ld %10ld %9ld %7ld %8.0f ms\n", name, tally.requests, tally.answered,
	       tally.timed_out, tally.crashed, tally.failed, tally.slowest_ms);
}

static void print_account(void)
{
	struct tally stores = load_tally(load, STORE);

	printf("\nThe pools after\n");
	print_pool("read", ledger.read);
	print_pool("write", ledger.write);
	print_pool("receipt", ledger.receipt);
	printf("\nRequests     number  answered  timed out   crashed  failed     slowest\n");
	print_requests("read", READ);
	print_requests("store", STORE);
	print_requests("transfer", TRANSFER);
	print_requests("receipt", RECEIPT);
	printf("\n%ld stores that timed out or crashed were sent again by the same id: %ld had been stored.\n\n",
	       stores.timed_out + stores.crashed, stores.stored_before);
}

/* The verdicts at the end. */

/* How many of those that were acknowledged are in the ledger, by `rows` entries each. */
static long find_acknowledged(int maker, int rows)
{
	return cluster_number(&cluster,
			      "SELECT count(*) FROM (SELECT id FROM entries WHERE id >= %lld AND"
			      " id < %lld GROUP BY id HAVING count(*) = %d) AS found",
			      maker * IDS, maker * IDS + load_acknowledged(load, maker), rows);
}

static void judge_entries(void)
{
	long stored = 0, stores_found = 0, moved = 0, moves_found = 0, half;

	for (int maker = 0; maker < MAKERS; maker++)
		if (maker < WRITERS) {
			stored += load_acknowledged(load, maker);
			stores_found += find_acknowledged(maker, 1);
		} else {
			moved += load_acknowledged(load, maker);
			moves_found += find_acknowledged(maker, 2);
		}
	half = cluster_number(&cluster, "SELECT count(*) FROM (SELECT id FROM entries WHERE account IN"
					" (%d, %d) GROUP BY id HAVING sum(amount) <> 0) AS half",
			      ACCOUNT_FROM, ACCOUNT_TO);
	verdict(stored > 0 && stores_found == stored,
		"every acknowledged entry is found: %ld of %ld", stores_found, stored);
	verdict(moved > 0 && moves_found == moved, "every acknowledged transfer is found: %ld of %ld",
		moves_found, moved);
	verdict(half == 0, "no transfer is half done: %ld", half);
}

static void judge_requests(const struct tally *reads_before_hangs)
{
	struct tally reads = load_tally(load, READ), stores = load_tally(load, STORE),
		     transfers = load_tally(load, TRANSFER);
	long failed = reads_before_hangs->requests - reads_before_hangs->answered;

	verdict(reads_before_hangs->requests > 0 && failed == 0,
		"no read failed for its client until queries hung: %ld of %ld", failed,
		reads_before_hangs->requests);
	verdict(reads.wrong == 0, "no read missed what had been acknowledged: %ld of %ld", reads.wrong,
		reads.answered);
	failed = reads.crashed + reads.failed + stores.failed + transfers.failed;
	verdict(failed == 0, "no request failed for another reason%s%s", failed ? ": " : "",
		load_first_failure(load));
}

static void judge_others(void)
{
	struct pooltoy_pool_status status = status_of(ledger.receipt);
	struct tally tally = load_tally(load, RECEIPT);

	verdict(tally.requests > 0 && tally.answered == tally.requests && tally.wrong == 0 &&
			status.instance == 1 && status.restarts == 0 && status.worker_deaths == 0 &&
			status.start_failures == 0,
		"pool receipt has noticed nothing: %ld of %ld failed", tally.requests - tally.answered,
		tally.requests);
}

static void judge_pools(void)
{
	struct pooltoy_pool_status read = status_of(ledger.read), write = status_of(ledger.write);

	verdict(are_connected(NULL) && read.restarts + write.restarts == 0 &&
			read.quarantined + write.quarantined == 0,
		"at the end all workers are there, and none is in quarantine");
}

int main(int argc, char **argv)
{
	struct tally reads_before_hangs;

	if (argc != 3)
		errx(2, "usage: try CLUSTER.SH DIRECTORY, or rather try.sh");
	cluster_init(&cluster, argv[1], argv[2]);
	printf("A ledger in PostgreSQL: its connections are in two pools, and a third has none. Under load,\n"
	       "connections break, the server crashes, and queries hang. What do the clients notice?\n\n");
	cluster_start(&cluster);
	PQclear(cluster_run(&cluster, LEDGER_SCHEMA));
	if (ledger_start(&ledger, cluster.conninfo))
		errx(1, "%s", pooltoy_last_error());
	load = load_start(&ledger, PATIENT);
	printf("Under %d readers, %d writers, %d that transfers, and %d printers of receipts\n", READERS,
	       WRITERS, TRANSFERRERS, PRINTERS);
	try_refusal();
	await_a_read();
	try_terminations();
	try_crashes();
	reads_before_hangs = load_tally(load, READ);
	load_set_timeout(load, HASTY);
	try_locks();
	try_frozen();
	load_set_timeout(load, PATIENT);
	load_stop(load);
	wait_until(are_connected, NULL, SOON);
	print_account();
	judge_entries();
	judge_requests(&reads_before_hangs);
	judge_others();
	judge_pools();
	verdict(ledger_stop(&ledger) == 0, "the pools stop cleanly");
	cluster_stop(&cluster);
	load_free(load);
	return !print_verdicts();
}
