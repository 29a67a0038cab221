/* SPDX-License-Identifier: MIT */
/* queue.c: the explorer on itself: the queue's two-step push, and choices of a scenario's own. */
#include "explore.h"

struct message {
	struct sync_queue_node node;
	unsigned number;
};

enum { FOUND_NONE, FOUND_NONE_YET, FIRST_THEN_SECOND, SECOND_THEN_FIRST, HIGHEST_CHOICE };

static struct sync_queue queue;
static struct message messages[2];
static sync_atomic(int) sent;

static void set_up(void)
{
	sync_queue_init(&queue);
	sync_store(&sent, 0, relaxed);
	for (unsigned i = 0; i < 2; i++)
		messages[i].number = i;
}

static void send(struct message *message)
{
	sync_queue_push(&queue, &message->node);
	sync_fetch_add(&sent, 1, release);
}

static void send_first(void)
{
	send(&messages[0]);
}

static void send_second(void)
{
	send(&messages[1]);
}

static void receive(void)
{
	unsigned received[2], count = 0;

	while (count < 2) {
		struct sync_queue_node *node = sync_queue_pop(&queue);

		if (!node) {
			explore_saw(sync_load(&sent, acquire) > (int)count ? FOUND_NONE_YET
									   : FOUND_NONE);
			sync_yield_until((node = sync_queue_pop(&queue)));
		}
		received[count++] = ((struct message *)(void *)node)->number;
	}
	EXPLORE_CHECK(received[0] != received[1]);
	explore_saw(received[0] == 0 ? FIRST_THEN_SECOND : SECOND_THEN_FIRST);
	if (explore_choose(3) == 2)
		explore_saw(HIGHEST_CHOICE);
}

EXPLORE_SCENARIO(engine_queue) = {
	.story = "messages of two senders all arrive, in either order",
	.setup = set_up,
	.fibers = { { "receiver", receive, false },
		    { "first", send_first, false },
		    { "second", send_second, false } },
	.sights = { [FOUND_NONE] = "found none",
		    [FOUND_NONE_YET] = "found none, since another push was half done",
		    [FIRST_THEN_SECOND] = "first, then second",
		    [SECOND_THEN_FIRST] = "second, then first",
		    [HIGHEST_CHOICE] = "highest choice" },
};
