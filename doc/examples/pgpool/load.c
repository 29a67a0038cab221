/* SPDX-License-Identifier: MIT */
/*
 * load.c: readers, writers, one that transfers, and printers of receipts.
 *
 * Writers send an entry until it is acknowledged, by the same id.
 */
#include "load.h"

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = READERS + MAKERS + PRINTERS };

struct client {
	pthread_t thread;
	struct load *load;
	enum kind kind;
	int number;            /* makers have the first */
	long done;             /* by itself alone */
	pthread_mutex_t mutex; /* of the tally */
	struct tally tally;
};

struct load {
	struct ledger *ledger;
	atomic_int timeout_ms;
	atomic_bool stop;
	atomic_long acknowledged[MAKERS];
	pthread_mutex_t mutex; /* of what follows */
	char first_failure[256];
	struct client clients[THREADS];
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

static void note_failure(struct load *load)
{
	pthread_mutex_lock(&load->mutex);
	if (!load->first_failure[0])
		snprintf(load->first_failure, sizeof load->first_failure, "%s",
			 pooltoy_last_error());
	pthread_mutex_unlock(&load->mutex);
}

static void count(struct client *client, int code, double start)
{
	struct tally *tally = &client->tally;
	double took = now_ms() - start;

	if (code && code != POOLTOY_ETIMEDOUT && code != POOLTOY_ECRASHED)
		note_failure(client->load);
	pthread_mutex_lock(&client->mutex);
	tally->requests++;
	tally->answered += code == 0;
	tally->timed_out += code == POOLTOY_ETIMEDOUT;
	tally->crashed += code == POOLTOY_ECRASHED;
	tally->failed = tally->requests - tally->answered - tally->timed_out - tally->crashed;
	if (took > tally->slowest_ms)
		tally->slowest_ms = took;
	pthread_mutex_unlock(&client->mutex);
}

static void count_more(struct client *client, long wrong, long stored_before)
{
	pthread_mutex_lock(&client->mutex);
	client->tally.wrong += wrong;
	client->tally.stored_before += stored_before;
	pthread_mutex_unlock(&client->mutex);
}

/* The sum of a writer's account, whose entries are of 1 each: at least what was acknowledged before. */
static int read_sum(struct client *client, int writer, long acknowledged, int timeout_ms)
{
	int64_t sum;
	int code = ledger_sum(client->load->ledger, writer, timeout_ms, &sum);

	if (code == 0)
		count_more(client, sum < acknowledged, 0);
	return code;
}

/* One of the entries that were acknowledged: it is there. */
static int read_entry(struct client *client, int writer, long acknowledged, int timeout_ms)
{
	struct entry entry = { writer * IDS + client->done * 7919 % acknowledged, writer, 0 };
	int found, code = ledger_find(client->load->ledger, &entry, timeout_ms, &found);

	if (code == 0)
		count_more(client, !found || entry.amount != 1, 0);
	return code;
}

static int read_one(struct client *client, int timeout_ms)
{
	int writer = (int)(client->done % WRITERS);
	long acknowledged = atomic_load(&client->load->acknowledged[writer]);

	if (client->done % 8 == 0 || acknowledged == 0)
		return read_sum(client, writer, acknowledged, timeout_ms);
	return read_entry(client, writer, acknowledged, timeout_ms);
}

static int store_one(struct client *client, int timeout_ms)
{
	atomic_long *acknowledged = &client->load->acknowledged[client->number];
	struct entry entry = { client->number * IDS + *acknowledged, client->number, 1 };
	int stored_before = 0;
	int code = ledger_store(client->load->ledger, &entry, timeout_ms, &stored_before);

	if (code == 0) {
		count_more(client, 0, stored_before);
		atomic_fetch_add(acknowledged, 1);
	}
	return code;
}

static int transfer_one(struct client *client, int timeout_ms)
{
	atomic_long *acknowledged = &client->load->acknowledged[client->number];
	struct entry from = { client->number * IDS + *acknowledged, ACCOUNT_FROM, -5 };
	int code = ledger_transfer(client->load->ledger, &from, ACCOUNT_TO, timeout_ms);

	if (code == 0)
		atomic_fetch_add(acknowledged, 1);
	return code;
}

static int print_one(struct client *client, int timeout_ms)
{
	struct entry entry = { client->done, client->number, 12 };
	char text[96], wanted[96];
	int code = ledger_receipt(client->load->ledger, &entry, timeout_ms, text, sizeof text);

	snprintf(wanted, sizeof wanted, "Receipt %ld: account %d, amount 12", client->done,
		 client->number);
	if (code == 0)
		count_more(client, strcmp(text, wanted) != 0, 0);
	return code;
}

static void *run(void *argument)
{
	static int (*const one[])(struct client * client, int timeout_ms) = {
		[READ] = read_one, [STORE] = store_one, [TRANSFER] = transfer_one, [RECEIPT] = print_one
	};
	struct client *client = argument;
	struct load *load = client->load;
	bool makes = client->kind == STORE || client->kind == TRANSFER;
	int code = 0, last_attempts = 3;

	/* Who makes entries leaves none in doubt, if it can be helped. */
	while (!atomic_load(&load->stop) || (code && makes && last_attempts-- > 0)) {
		double start = now_ms();

		code = one[client->kind](client, atomic_load(&load->timeout_ms));
		count(client, code, start);
		client->done++;
		pause_ms(2);
	}
	return NULL;
}

static enum kind kind_of(int thread)
{
	if (thread < WRITERS)
		return STORE;
	if (thread < MAKERS)
		return TRANSFER;
	return thread < MAKERS + READERS ? READ : RECEIPT;
}

struct load *load_start(struct ledger *ledger, int timeout_ms)
{
	struct load *load = calloc(1, sizeof *load);

	if (!load)
		errx(1, "out of memory");
	load->ledger = ledger;
	load->timeout_ms = timeout_ms;
	pthread_mutex_init(&load->mutex, NULL);
	for (int i = 0; i < THREADS; i++) {
		struct client *client = &load->clients[i];

		client->load = load;
		client->kind = kind_of(i);
		client->number = i;
		pthread_mutex_init(&client->mutex, NULL);
		if (pthread_create(&client->thread, NULL, run, client))
			errx(1, "no thread");
	}
	return load;
}

static long requests_of(struct client *client)
{
	long requests;

	pthread_mutex_lock(&client->mutex);
	requests = client->tally.requests;
	pthread_mutex_unlock(&client->mutex);
	return requests;
}

void load_set_timeout(struct load *load, int timeout_ms)
{
	atomic_store(&load->timeout_ms, timeout_ms);
	for (int i = 0; i < THREADS; i++) {
		long before = requests_of(&load->clients[i]);

		while (requests_of(&load->clients[i]) == before)
			pause_ms(1);
	}
}

struct tally load_tally(struct load *load, enum kind kind)
{
	struct tally sum = { 0 };

	for (int i = 0; i < THREADS; i++) {
		struct client *client = &load->clients[i];

		if (client->kind != kind)
			continue;
		pthread_mutex_lock(&client->mutex);
		sum.requests += client->tally.requests;
		sum.answered += client->tally.answered;
		sum.timed_out += client->tally.timed_out;
		sum.crashed += client->tally.crashed;
		sum.failed += client->tally.failed;
		sum.wrong += client->tally.wrong;
		sum.stored_before += client->tally.stored_before;
		if (client->tally.slowest_ms > sum.slowest_ms)
			sum.slowest_ms = client->tally.slowest_ms;
		pthread_mutex_unlock(&client->mutex);
	}
	return sum;
}

const char *load_first_failure(struct load *load)
{
	return load->first_failure;
}

void load_stop(struct load *load)
{
	atomic_store(&load->stop, true);
	for (int i = 0; i < THREADS; i++)
		pthread_join(load->clients[i].thread, NULL);
}

long load_acknowledged(const struct load *load, int maker)
{
	return load->acknowledged[maker];
}

void load_free(struct load *load)
{
	for (int i = 0; i < THREADS; i++)
		pthread_mutex_destroy(&load->clients[i].mutex);
	pthread_mutex_destroy(&load->mutex);
	free(load);
}
