/* SPDX-License-Identifier: MIT */
/* completion.c: a loop that blocks in poll alone has numbers doubled by workers that it checks out. */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
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

/* example: completion */
enum { BATCH = 16 };

struct job {
	int number;
	int code; /* 1: under way */
};

static int job_start(struct pooltoy_completion_queue *queue,
		     struct pooltoy_pool *pool, struct job *job)
{
	job->code = 1;
	return pooltoy_checkout_start(queue, pool, NULL, 5000, job, NULL);
}

static void job_has_worker(struct pooltoy_completion_queue *queue,
			   const struct pooltoy_completion *completion)
{
	struct job *job = completion->tag;
	int code = completion->code;

	if (!code) {
		code = pooltoy_call_start(queue, &completion->lease,
					  &job->number,
					  sizeof job->number, 1000,
					  job, NULL);
		if (code)
			pooltoy_checkin(&completion->lease);
	}
	if (code)
		job->code = code;
}

static void job_has_reply(const struct pooltoy_completion *completion)
{
	struct job *job = completion->tag;

	if (!completion->code)
		memcpy(&job->number, completion->reply,
		       sizeof job->number);
	job->code = completion->code;
	pooltoy_checkin(&completion->lease);
}

/* Until `left` jobs are done. A server polls its sockets beside. */
static void loop(struct pooltoy_completion_queue *queue, int left)
{
	struct pollfd poller = { .fd = pooltoy_completion_queue_fd(queue),
				 .events = POLLIN };
	const struct pooltoy_completion *batch[BATCH];

	while (left > 0) {
		int n;

		poll(&poller, 1, -1);
		n = pooltoy_completion_queue_drain(queue, batch, BATCH);
		for (int i = 0; i < n; i++) {
			const struct job *job = batch[i]->tag;

			if (batch[i]->type == POOLTOY_COMPLETION_CHECKOUT)
				job_has_worker(queue, batch[i]);
			else
				job_has_reply(batch[i]);
			left -= job->code <= 0;
			pooltoy_completion_release(batch[i]);
		}
	}
}
/* end */

int main(void)
{
	static struct job jobs[NUMBERS];
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_completion_queue *queue;
	int sum = 0;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3),
			       &pool) ||
	    pooltoy_completion_queue_open(&queue))
		errx(1, "%s", pooltoy_last_error());
	for (int i = 0; i < NUMBERS; i++) {
		jobs[i].number = i;
		if (job_start(queue, pool, &jobs[i]))
			errx(1, "%s", pooltoy_last_error());
	}
	loop(queue, NUMBERS);
	for (int i = 0; i < NUMBERS; i++)
		sum += jobs[i].code ? 0 : jobs[i].number;
	printf("%d\n", sum);
	if (sum != NUMBERS * (NUMBERS - 1))
		errx(1, "that is not what was expected");
	pooltoy_completion_queue_close(queue);
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
