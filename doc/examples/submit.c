/* SPDX-License-Identifier: MIT */
/* submit.c: numbers are doubled by whichever worker is free; one task is cancelled. */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <pooltoy.h>

enum { NUMBERS = 100 };

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	n = *(const int *)request * 2;
	return pooltoy_reply(self, &n, sizeof n);
}

static const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = doubler_call);

/* example: submit */
struct batch {
	pthread_mutex_t lock;
	pthread_cond_t over;
	int left, failed;
	long sum;
};

static void note(struct batch *batch, const int *doubled)
{
	pthread_mutex_lock(&batch->lock);
	if (doubled)
		batch->sum += *doubled;
	else
		batch->failed++;
	if (--batch->left == 0)
		pthread_cond_signal(&batch->over);
	pthread_mutex_unlock(&batch->lock);
}

/* On a worker's thread, mostly: quick. */
static void told(const struct pooltoy_outcome *outcome, void *argument)
{
	note(argument, outcome->code ? NULL : outcome->reply);
}

static void double_all(struct pooltoy_pool *pool, struct batch *batch,
		       const int *numbers, int count)
{
	batch->left = count;
	for (int i = 0; i < count; i++)
		if (pooltoy_submit(pool, &numbers[i], sizeof numbers[i],
				   told, batch, NULL))
			note(batch, NULL); /* told is not called */
	pthread_mutex_lock(&batch->lock);
	while (batch->left > 0)
		pthread_cond_wait(&batch->over, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
}
/* end */

/* The only task that waits, behind a worker that somebody holds. */
static void cancel_one(struct pooltoy_pool *pool, struct batch *batch)
{
	struct pooltoy_lease lease;
	struct pooltoy_task task;
	int n = 1;

	batch->left = 1;
	if (pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_submit(pool, &n, sizeof n, told, batch, &task) ||
	    pooltoy_task_cancel(&task) || pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
}

int main(void)
{
	static struct batch batch = { .lock = PTHREAD_MUTEX_INITIALIZER,
				      .over = PTHREAD_COND_INITIALIZER };
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool, *single;
	int numbers[NUMBERS];

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3),
			       &pool) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1),
			       &single))
		errx(1, "%s", pooltoy_last_error());
	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = i;
	double_all(pool, &batch, numbers, NUMBERS);
	cancel_one(single, &batch);
	printf("%ld, and %d not done\n", batch.sum, batch.failed);
	if (batch.sum != NUMBERS * (NUMBERS - 1) || batch.failed != 1)
		errx(1, "that is not what was expected");
	pooltoy_pool_release(single);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
