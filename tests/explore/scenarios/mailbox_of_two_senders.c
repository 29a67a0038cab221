/* SPDX-License-Identifier: MIT */
/* mailbox_of_two_senders.c: nothing that was written is missed. */
#include "explore.h"

#include "mailbox.h"

enum { POSTED_TWICE, WAITED, SENDERS = 2, POSTS = 2 };

static struct mailbox mailbox;
static struct thing {
	struct message message;
	sync_atomic(unsigned) written[SENDERS];
} things[2];
static unsigned received;

static void set_up(void)
{
	memset(things, 0, sizeof things);
	received = 0;
	EXPLORE_CHECK(mailbox_init(&mailbox) == 0);
}

static void finish(void)
{
	EXPLORE_CHECK(mailbox_take(&mailbox) == NULL);
	if (received < SENDERS * POSTS)
		explore_saw(POSTED_TWICE);
	mailbox_destroy(&mailbox);
}

/* Both senders post both messages. */
static void send(unsigned sender)
{
	for (unsigned i = 0; i < POSTS; i++) {
		sync_store(&things[i].written[sender], 1, relaxed);
		mailbox_post(&mailbox, &things[i].message);
	}
}

static void send_one(void)
{
	send(0);
}

static void send_other(void)
{
	send(1);
}

static void receive(void)
{
	unsigned seen = 0;

	while (seen < SENDERS * POSTS) {
		struct message *message = mailbox_take(&mailbox);
		struct thing *thing = (struct thing *)(void *)message;

		if (!message) {
			explore_saw(WAITED);
			mailbox_wait(&mailbox, SYNC_NEVER);
			continue;
		}
		received++;
		/* Whoever posted has been heard: what it wrote is seen now, or it posts again. */
		for (unsigned sender = 0; sender < SENDERS; sender++)
			seen += sync_exchange(&thing->written[sender], 0, relaxed);
	}
	while (mailbox_take(&mailbox))
		received++;
}

/* A post may come after all has been seen. */
static void finish_late(void)
{
	while (mailbox_take(&mailbox))
		received++;
	finish();
}

EXPLORE_SCENARIO(mailbox_of_two_senders) = {
	.story = "two senders post the same two messages: nothing that was written is missed",
	.setup = set_up,
	.finish = finish_late,
	.fibers = { { "receiver", receive, false },
		    { "one", send_one, false },
		    { "other", send_other, false } },
	.sights = { [POSTED_TWICE] = "a message was posted twice and taken once",
		    [WAITED] = "the receiver waited" },
	.budget = { .spurious = 1 },
	.cap = 200000,
};
