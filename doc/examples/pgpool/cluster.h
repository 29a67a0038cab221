/* SPDX-License-Identifier: MIT */
/* cluster.h: the server that the trial ill-treats, by cluster.sh, and what it knows of its clients. */
#ifndef PGPOOL_CLUSTER_H
#define PGPOOL_CLUSTER_H

#include <libpq-fe.h>
#include <stdint.h>

struct cluster {
	const char *script, *directory;
	char conninfo[256];
	PGconn *admin; /* the trial's own connection */
};

/* `script` is cluster.sh, which has created a server in `directory`. */
void cluster_init(struct cluster *cluster, const char *script, const char *directory);

/* These end the program if they fail: then the trial is worth nothing. */
void cluster_start(struct cluster *cluster);
void cluster_stop(struct cluster *cluster);
/* At once: connections break, nothing is written that was not before. */
void cluster_crash(struct cluster *cluster);

/* Runs a statement on the trial's own connection. To be cleared. */
PGresult *cluster_run(struct cluster *cluster, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));
/* The first value of the first row; 0 if there is no row. */
int64_t cluster_number(struct cluster *cluster, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

/* How many statements the server's log says were cancelled by request of their client. */
int cluster_cancellations(const struct cluster *cluster);

#endif
