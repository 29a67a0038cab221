/* SPDX-License-Identifier: MIT */
/* workers.c: pool A's workers, which do as the case wants, and pool B's, which double numbers. */
#include "parts.h"

/* The state of one of A's workers. */
struct desk {
	struct sync_cond interrupt;
	bool interrupted;
};

static int a_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct desk *desk;

	(void)argument;
	if (stage.story->pool.exclusive)
		EXPLORE_CHECK(stage.a_inits == stage.a_terminates);
	if (stage.manners.init_takes > 0)
		stage_wait(&stage.time, NULL, sync_now() + stage.manners.init_takes);
	if (stage.manners.inits_fail != 0) {
		if (stage.manners.inits_fail > 0)
			stage.manners.inits_fail--;
		return pooltoy_worker_fail(self, "no desk");
	}
	desk = sync_alloc(sizeof *desk);
	if (!desk)
		return POOLTOY_ENOMEM;
	sync_cond_init(&desk->interrupt);
	*state = desk;
	stage.a_inits++;
	return 0;
}

static int a_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	struct desk *desk = state;
	struct request request;

	EXPLORE_CHECK(length == sizeof request);
	memcpy(&request, bytes, length);
	switch (request.what) {
	case BREAKS:
		return pooltoy_worker_fail(self, "broken");
	case HEARS_NOTHING:
		stage_wait(&stage.time, NULL, sync_now() + request.takes);
		break;
	default:
		desk->interrupted = false;
		stage_wait(&desk->interrupt, &desk->interrupted, sync_now() + request.takes);
	}
	return 0;
}

static void a_interrupt(struct pooltoy_worker *self, void *state)
{
	struct desk *desk = state;

	(void)self;
	sync_mutex_lock(&stage.lock);
	stage.news.interrupts++;
	desk->interrupted = true;
	sync_cond_signal(&desk->interrupt);
	sync_mutex_unlock(&stage.lock);
}

static void a_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct desk *desk = state;
	uint64_t takes = pooltoy_worker_index(self) == 0 ? stage.manners.terminate_0_takes
							 : stage.manners.terminate_takes;

	(void)reason;
	if (takes > 0)
		stage_wait(&stage.time, NULL, sync_now() + takes);
	sync_cond_destroy(&desk->interrupt);
	sync_free(desk);
	stage.a_terminates++;
}

const struct pooltoy_worker_ops a_worker =
	POOLTOY_WORKER_OPS(.init = a_init, .handle_call = a_call, .interrupt = a_interrupt,
			   .terminate = a_terminate);

static int b_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	int number;

	(void)state;
	EXPLORE_CHECK(length == sizeof number);
	memcpy(&number, bytes, length);
	number *= 2;
	return pooltoy_reply(self, &number, sizeof number);
}

const struct pooltoy_worker_ops b_worker = POOLTOY_WORKER_OPS(.handle_call = b_call);
