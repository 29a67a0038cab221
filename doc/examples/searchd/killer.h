/* SPDX-License-Identifier: MIT */
/* killer.h: kills and crashes in searchd's pools, over HTTP, each watched until it has hit. */
#ifndef SEARCHD_KILLER_H
#define SEARCHD_KILLER_H

#include "http_client.h"

struct kills {
	const char *pool;
	int managers; /* how often to kill the manager */
	int workers;  /* how often to kill a worker */
	int pause_ms; /* between two kills, beyond the time that the pool needs to recover */
	int hits;     /* out: how many were seen to hit */
	int crashes;  /* how often to send what makes a worker of pool snippet segfault */
	int sent;     /* out: how many of these the pool was ready for */
	int told;     /* out: how many were answered by 5xx and "signal 11", and cost a worker */
};

/*
 * Kills managers and workers in turns. A kill has hit when the pool's instance number, or its count
 * of dead workers, has gone up. The next one waits until the pool is whole again and nothing is
 * being run for the second time: the server promises a request one retry, not two.
 */
void kill_on(struct http_client *client, struct kills *kills);

/* The crashes likewise: for real, since this server has a bug. */
void crash_on(struct http_client *client, struct kills *kills);

/* What /status says, whole (a new reference); and one pool in it (borrowed), or NULL. */
json_t *status_get(struct http_client *client);
json_t *status_pool(json_t *status, const char *name);
long pool_number(json_t *pool, const char *name);

/* Waits until all workers of the pool are there, and no request is run again. True if so. */
int wait_until_whole(struct http_client *client, const char *pool);

#endif
