/* SPDX-License-Identifier: MIT */
/* parts.h: what the parts of the stage share: the pools, the news, the workers. */
#ifndef SUPERVISION_PARTS_H
#define SUPERVISION_PARTS_H

#include "stage.h"

enum { TEXT_SIZE = 512 };

struct client {
	struct sync_cond told; /* has something to do */
	const struct step *task;
	bool gone; /* it is to end */
	struct pooltoy_lease lease;
	int answer;    /* of what it did last ... */
	bool answered; /* ... since the step before */
};

/* What A's workers do. */
struct manners {
	int inits_fail;                                          /* so many more; -1: all */
	uint64_t init_takes, terminate_takes, terminate_0_takes; /* ns */
};

/* What happened since the step before. */
struct news {
	unsigned events[64]; /* by type */
	uint64_t restarted_after, backoff; /* ns, of the last such event */
	unsigned interrupts, releases;
	bool b_stopped;
};

struct stage {
	const struct story *story;
	struct sync_mutex lock; /* guards what waits on it; held for no longer than a look */
	struct sync_cond settled, time; /* nobody signals the second: time alone passes */
	bool settling;
	uint64_t began;

	struct pooltoy_supervisor *supervisor; /* NULL once it has been stopped */
	struct pooltoy_pool *a, *b;
	struct pooltoy_lease b_lease;
	struct client clients[CLIENTS + 1]; /* 0 is the driver */
	struct manners manners;
	struct news news;
	unsigned a_inits, a_terminates, b_events;
};
extern struct stage stage;

/* Waits until that time (virtual ns), or until `*early`, which the lock guards and `cond` tells. */
void stage_wait(struct sync_cond *cond, const bool *early, uint64_t until);

/* workers.c */
extern const struct pooltoy_worker_ops a_worker, b_worker;
struct request {
	enum { TAKES_TIME, HEARS_NOTHING, BREAKS } what;
	uint64_t takes;
};

/* news.c */
void news_hear(const struct pooltoy_event *event, void *unused);
void news_release(void *unused);
/* Both write `size` bytes at most. */
void news_state(char *text, size_t size);
void news_tell(char *text, size_t size); /* and begins anew */

#endif
