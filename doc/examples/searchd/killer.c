/* SPDX-License-Identifier: MIT */
/* killer.c: kills, and the proof of each. */
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

	json_array_foreach(pools, i,
			   pool) if (strcmp(json_string_value(json_object_get(pool, "name")),
					    name) == 0) return pool;
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
	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		long now = current_number(client, pool, proof);

		if (now < 0 || now > before)
			return now > before;
		pause_ms(1);
	}
	return 0;
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
