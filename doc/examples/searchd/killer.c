/* SPDX-License-Identifier: MIT */
/* killer.c: kills and crashes, and the proof of each. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "killer.h"

enum { PATIENCE_MS = 10000 };

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

json_t *status_get(struct http_client *client)
{
	return http_client_get(client, "/status") == 200 ? http_client_json(client) : NULL;
}

json_t *status_pool(json_t *status, const char *name)
{
	json_t *pools = json_object_get(json_object_get(status, "supervisor"), "pools");
	json_t *pool;
	size_t i;

	json_array_foreach (pools, i, pool)
		if (strcmp(json_string_value(json_object_get(pool, "name")), name) == 0)
			return pool;
	return NULL;
}

long pool_number(json_t *pool, const char *name)
{
	return (long)json_integer_value(json_object_get(pool, name));
}

/* -1 if the server does not answer. */
static long current_number(struct http_client *client, const char *pool, const char *name)
{
	json_t *status = status_get(client);
	long number = status ? pool_number(status_pool(status, pool), name) : -1;

	json_decref(status);
	return number;
}

static int is_whole(json_t *pool)
{
	long alive = pool_number(pool, "idle") + pool_number(pool, "leased") +
		     pool_number(pool, "resetting");

	return alive == pool_number(pool, "size") && pool_number(pool, "stopping") == 0 &&
	       pool_number(json_object_get(pool, "requests"), "retrying") == 0;
}

int wait_until_whole(struct http_client *client, const char *pool)
{
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		json_t *status = status_get(client);
		int whole;

		if (!status)
			return 0;
		whole = is_whole(status_pool(status, pool));
		json_decref(status);
		if (whole)
			return 1;
		pause_ms(1);
	}
	return 0;
}

/* The `nth` of the pool's living workers, counted around. */
static long worker_index(struct http_client *client, const char *pool, int nth)
{
	json_t *status = status_get(client);
	json_t *workers = json_object_get(status_pool(status, pool), "workers");
	size_t count = json_array_size(workers);
	long index = 0;

	if (count)
		index = pool_number(json_array_get(workers, (size_t)nth % count), "index");
	json_decref(status);
	return index;
}

/* Waits until a number of the pool's is greater than it was before. True if so. */
static int has_risen(struct http_client *client, const char *pool, const char *name, long before)
{
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		long now = current_number(client, pool, name);

		if (now < 0 || now > before)
			return now > before;
		pause_ms(1);
	}
	return 0;
}

/* One kill. Returns true if it was seen to hit. */
static int kill_one(struct http_client *client, const char *pool, int manager, int nth)
{
	const char *proof = manager ? "instance" : "worker_deaths";
	long before = current_number(client, pool, proof);
	char path[128];

	if (manager)
		snprintf(path, sizeof path, "/kill/%s/manager", pool);
	else
		snprintf(path, sizeof path, "/kill/%s/worker?index=%ld", pool,
			 worker_index(client, pool, nth));
	if (http_client_post(client, path, "") != 202)
		return 0;
	return has_risen(client, pool, proof, before);
}

void kill_on(struct http_client *client, struct kills *kills)
{
	int total = kills->managers + kills->workers;

	kills->hits = 0;
	for (int i = 0; i < total; i++) {
		/* Spreads the managers evenly among the workers. */
		int manager = (i + 1) * kills->managers / total > i * kills->managers / total;

		if (!wait_until_whole(client, kills->pool))
			return;
		kills->hits += kill_one(client, kills->pool, manager, i);
		pause_ms(kills->pause_ms);
	}
}

/* True if the last answer says that the request's worker died of a segmentation fault. */
static int tells_fault(struct http_client *client, long status)
{
	json_t *answer = http_client_json(client);
	const char *error = json_string_value(json_object_get(answer, "error"));
	int told = status >= 500 && error && strstr(error, "signal 11");

	json_decref(answer);
	return told;
}

/* One crash. Returns true if its request was told of it, and it was seen to hit. */
static int crash_one(struct http_client *client, const char *pool)
{
	long before = current_number(client, pool, "worker_deaths");
	long status = http_client_post(client, "/snippet", "a [mark that nobody closes");

	return tells_fault(client, status) && has_risen(client, pool, "worker_deaths", before);
}

void crash_on(struct http_client *client, struct kills *kills)
{
	kills->sent = kills->told = 0;
	while (kills->sent < kills->crashes && wait_until_whole(client, kills->pool)) {
		kills->sent++;
		kills->told += crash_one(client, kills->pool);
		pause_ms(kills->pause_ms);
	}
}
