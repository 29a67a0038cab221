/* SPDX-License-Identifier: MIT */
/* test_mailbox.c: any thread posts, one takes. */
#include "support/suite.h"
#include "mailbox.h"

#include <pthread.h>

static const uint64_t PASSED = 1; /* a deadline */

static void posting_twice_is_posting_once(void)
{
	struct message message = { .posted = false };
	struct mailbox mailbox;

	CU_ASSERT_EQUAL_FATAL(mailbox_init(&mailbox), 0);
	CU_ASSERT_PTR_NULL(mailbox_take(&mailbox));
	mailbox_post(&mailbox, &message);
	mailbox_post(&mailbox, &message);
	CU_ASSERT_PTR_EQUAL(mailbox_take(&mailbox), &message);
	CU_ASSERT_PTR_NULL(mailbox_take(&mailbox));
	mailbox_destroy(&mailbox);
}

static void a_message_that_was_taken_can_be_posted_again(void)
{
	struct message message = { .posted = false };
	struct mailbox mailbox;
	int i;

	CU_ASSERT_EQUAL_FATAL(mailbox_init(&mailbox), 0);
	for (i = 0; i < 3; i++) {
		mailbox_post(&mailbox, &message);
		CU_ASSERT_PTR_EQUAL(mailbox_take(&mailbox), &message);
	}
	CU_ASSERT_PTR_NULL(mailbox_take(&mailbox));
	mailbox_destroy(&mailbox);
}

static void messages_of_one_thread_come_in_the_order_of_their_first_posts(void)
{
	struct message messages[5] = { 0 };
	struct mailbox mailbox;
	int i;

	CU_ASSERT_EQUAL_FATAL(mailbox_init(&mailbox), 0);
	for (i = 0; i < 5; i++)
		mailbox_post(&mailbox, &messages[i]);
	mailbox_post(&mailbox, &messages[0]); /* keeps its place */
	for (i = 0; i < 5; i++)
		CU_ASSERT_PTR_EQUAL(mailbox_take(&mailbox), &messages[i]);
	CU_ASSERT_PTR_NULL(mailbox_take(&mailbox));
	mailbox_destroy(&mailbox);
}

static void a_post_and_a_wake_both_end_the_wait(void)
{
	struct message message = { .posted = false };
	struct mailbox mailbox;

	CU_ASSERT_EQUAL_FATAL(mailbox_init(&mailbox), 0);
	CU_ASSERT_FALSE(mailbox_wait(&mailbox, PASSED));
	mailbox_post(&mailbox, &message);
	CU_ASSERT(mailbox_wait(&mailbox, SYNC_NEVER));
	CU_ASSERT_FALSE(mailbox_wait(&mailbox, PASSED));
	/* Nor does a post of what is in the box already go unnoticed. */
	mailbox_post(&mailbox, &message);
	CU_ASSERT(mailbox_wait(&mailbox, SYNC_NEVER));
	CU_ASSERT_PTR_EQUAL(mailbox_take(&mailbox), &message);
	mailbox_wake(&mailbox);
	CU_ASSERT(mailbox_wait(&mailbox, SYNC_NEVER));
	CU_ASSERT_PTR_NULL(mailbox_take(&mailbox));
	CU_ASSERT_FALSE(mailbox_wait(&mailbox, PASSED));
	mailbox_destroy(&mailbox);
}

/*
 * Many threads change objects and post them, all at once; the receiver adds up what it finds. Not
 * one change may be missed, though many posts are one.
 */
enum { SENDERS = 4, OBJECTS = 8, POSTS = 5000 };

struct object {
	struct message message;
	sync_atomic(unsigned) changes;
	unsigned seen; /* the receiver's */
};

struct office {
	struct mailbox mailbox;
	struct object objects[OBJECTS];
};

static void *send(void *argument)
{
	struct office *office = argument;
	unsigned i;

	for (i = 0; i < POSTS; i++) {
		struct object *object = &office->objects[i % OBJECTS];

		sync_fetch_add(&object->changes, 1, relaxed); /* the mailbox orders it */
		mailbox_post(&office->mailbox, &object->message);
	}
	return NULL;
}

static unsigned look_at(struct object *object)
{
	unsigned changes = sync_load(&object->changes, relaxed), fresh = changes - object->seen;

	object->seen = changes;
	return fresh;
}

static void the_receiver_sees_every_change_that_was_posted(void)
{
	static struct office office;
	pthread_t senders[SENDERS];
	unsigned seen = 0, taken = 0, i;
	struct message *message;

	CU_ASSERT_EQUAL_FATAL(mailbox_init(&office.mailbox), 0);
	for (i = 0; i < SENDERS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&senders[i], NULL, send, &office), 0);
	while (seen < SENDERS * POSTS) {
		while ((message = mailbox_take(&office.mailbox))) {
			seen += look_at((struct object *)message);
			taken++;
		}
		if (seen < SENDERS * POSTS)
			CU_ASSERT(mailbox_wait(&office.mailbox, SYNC_NEVER));
	}
	for (i = 0; i < SENDERS; i++)
		pthread_join(senders[i], NULL);
	CU_ASSERT_EQUAL(seen, SENDERS * POSTS);
	CU_ASSERT(taken >= OBJECTS);
	mailbox_destroy(&office.mailbox);
}

SUITE(TEST(posting_twice_is_posting_once), TEST(a_message_that_was_taken_can_be_posted_again),
      TEST(messages_of_one_thread_come_in_the_order_of_their_first_posts),
      TEST(a_post_and_a_wake_both_end_the_wait),
      TEST(the_receiver_sees_every_change_that_was_posted))
