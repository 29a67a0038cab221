/* SPDX-License-Identifier: MIT */
/* reaper.c: joining and freeing, off everybody's path. */
#include "reaper.h"

#include <pooltoy/error.h>

enum { BATCH = 64 };

/* All that is there now, up to a batch: one grace period for the lot. How many. */
static unsigned reap_batch(struct reaper *reaper)
{
	struct reaping *batch[BATCH];
	struct message *message;
	unsigned count = 0, i;
	bool wait = false;

	while (count < BATCH && (message = mailbox_take(&reaper->mailbox))) {
		batch[count] = (struct reaping *)message; /* its first member */
		wait |= batch[count]->after_grace_period;
		count++;
	}
	if (wait)
		sync_rcu_synchronize();
	for (i = 0; i < count; i++)
		batch[i]->reap(batch[i]);
	return count;
}

static void reaper_main(void *argument)
{
	struct reaper *reaper = argument;
	bool stop;

	sync_store(&reaper->thread_id, sync_thread_id(), relaxed);
	do {
		stop = sync_load(&reaper->stop,
				 acquire); /* before the last look into the mailbox */
		while (reap_batch(reaper) > 0)
			;
		if (!stop)
			mailbox_wait(&reaper->mailbox, SYNC_NEVER);
	} while (!stop);
}

int reaper_start(struct reaper *reaper)
{
	int code = POOLTOY_ENOMEM;

	if (mailbox_init(&reaper->mailbox))
		return code;
	if (sync_mutex_init(&reaper->lock, RANK_REAPER))
		goto no_lock;
	reaper->closed = false;
	atomic_init(&reaper->stop, false);
	if (sync_thread_start(&reaper->thread, "pt:reaper", 0, reaper_main, reaper) == 0)
		return POOLTOY_OK;

	code = POOLTOY_EAGAIN;
	sync_mutex_destroy(&reaper->lock);
no_lock:
	mailbox_destroy(&reaper->mailbox);
	return code;
}

bool reaper_give(struct reaper *reaper, struct reaping *reaping)
{
	bool closed;

	sync_mutex_lock(&reaper->lock);
	closed = reaper->closed;
	if (!closed)
		mailbox_post(&reaper->mailbox, &reaping->message);
	sync_mutex_unlock(&reaper->lock);
	return !closed;
}

bool reaper_is_self(struct reaper *reaper)
{
	return sync_load(&reaper->thread_id, relaxed) == sync_thread_id();
}

void reaper_stop(struct reaper *reaper)
{
	sync_mutex_lock(&reaper->lock);
	reaper->closed = true;
	sync_mutex_unlock(&reaper->lock);
	sync_store(&reaper->stop, true, release);
	mailbox_wake(&reaper->mailbox);
	sync_thread_join(&reaper->thread);
}

void reaper_destroy(struct reaper *reaper)
{
	sync_mutex_destroy(&reaper->lock);
	mailbox_destroy(&reaper->mailbox);
}
