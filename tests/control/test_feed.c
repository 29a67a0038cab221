/* SPDX-License-Identifier: MIT */
/* test_feed.c: events on their way to the control socket, and those that do not fit. */
#include "feed.h"
#include "support/suite.h"

#include <jansson.h>
#include <stdlib.h>

static struct feed feed;

static void put(uint64_t dropped_before)
{
	struct pooltoy_event event = { .struct_size = sizeof event,
				       .type = POOLTOY_EVENT_WORKER_DIED,
				       .pool = "poolio",
				       .dropped = dropped_before };

	feed_put(&feed, &event);
}

/* How many events were lost before the next line, as it says; -1: there is none. */
static int64_t take(void)
{
	struct feed_line line;
	json_t *object;
	int64_t dropped;

	if (!feed_take(&feed, &line))
		return -1;
	object = json_loadb(line.text, line.length, 0, NULL);
	dropped = json_integer_value(json_object_get(json_object_get(object, "event"), "dropped"));
	json_decref(object);
	free(line.text);
	return dropped;
}

static void open_feed(void)
{
	CU_ASSERT_EQUAL_FATAL(feed_open(&feed), POOLTOY_OK);
	atomic_store_explicit(&feed.wanted, true, memory_order_relaxed);
}

static void what_nobody_wants_is_not_kept(void)
{
	CU_ASSERT_EQUAL_FATAL(feed_open(&feed), POOLTOY_OK);
	put(0);
	CU_ASSERT_EQUAL(take(), -1);
	feed_close(&feed);
}

static void what_does_not_fit_is_counted_by_the_next_that_does(void)
{
	open_feed();
	for (int i = 0; i < FEED_LINES; i++)
		put(0);
	for (int i = 0; i < 5; i++)
		put(0);
	put(2); /* two were lost before it came here */
	CU_ASSERT_EQUAL(take(), 0);
	put(3);
	for (int i = 1; i < FEED_LINES; i++)
		CU_ASSERT_EQUAL(take(), 0);
	CU_ASSERT_EQUAL(take(), 5 + 1 + 2 + 3);
	put(0);
	CU_ASSERT_EQUAL(take(), 0);
	CU_ASSERT_EQUAL(take(), -1);
	feed_close(&feed);
}

SUITE(TEST(what_nobody_wants_is_not_kept), TEST(what_does_not_fit_is_counted_by_the_next_that_does))
