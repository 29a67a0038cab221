/* SPDX-License-Identifier: MIT */
/* test_conversation.c: a client's connection without its socket: how much it holds of what is not read. */
#include "conversation.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

static struct conversation conversation;

/* A dispatcher that answers any request by twice as many bytes as there may be of events. */

json_t *dispatcher_greeting(void)
{
	return json_object();
}

json_t *dispatcher_answer(struct dispatch *dispatch, const char *line, size_t length)
{
	static char text[2 * CONVERSATION_MOST];

	(void)line;
	(void)length;
	memset(text, 'x', sizeof text - 1);
	dispatch->subscribe = true;
	return json_string(text);
}

json_t *dispatcher_error(json_t *id, int code, const char *message)
{
	(void)id;
	(void)code;
	return json_string(message);
}

char *dispatcher_line(json_t *object, size_t *length)
{
	char *line = json_dumps(object, JSON_ENCODE_ANY);

	json_decref(object);
	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	*length = strlen(line);
	return line;
}

static size_t output_length(void)
{
	size_t length;

	conversation_output(&conversation, &length);
	return length;
}

/* Of a subscriber who reads nothing, until its conversation is over, or more than there may be. */
static size_t tell_until_over(void)
{
	static char line[1024];
	size_t told = 0;

	memset(line, 'x', sizeof line);
	while (!conversation.over && told <= CONVERSATION_MOST) {
		conversation_tell(&conversation, line, sizeof line);
		told += sizeof line;
	}
	return told;
}

static void open_and_subscribe(void)
{
	conversation_open(&conversation);
	conversation_hear(&conversation, "?\n", 2);
	CU_ASSERT(conversation_answer(&conversation, NULL));
	CU_ASSERT(conversation.subscribed);
}

static void events_that_are_not_read_end_it(void)
{
	open_and_subscribe();
	conversation_sent(&conversation, output_length());
	tell_until_over();
	CU_ASSERT(conversation.over);
	CU_ASSERT_EQUAL(output_length(), 0);
	conversation_close(&conversation);
}

static void events_behind_a_long_answer_do_not_cut_it(void)
{
	size_t answer;

	open_and_subscribe();
	answer = output_length();
	CU_ASSERT(answer > CONVERSATION_MOST);
	conversation_tell(&conversation, "!\n", 2);
	CU_ASSERT_EQUAL(output_length(), answer + 2);
	CU_ASSERT_FALSE(conversation.over);
	CU_ASSERT(tell_until_over() <= CONVERSATION_MOST);
	CU_ASSERT(conversation.over);
	conversation_close(&conversation);
}

SUITE(TEST(events_that_are_not_read_end_it), TEST(events_behind_a_long_answer_do_not_cut_it))
