/* SPDX-License-Identifier: MIT */
/* conversation.c: one client's connection without its socket. */
#include "conversation.h"

#include <pooltoy/error.h>
#include <stdlib.h>
#include <string.h>

static size_t pending(const struct conversation *conversation)
{
	return conversation->length - conversation->sent;
}

static void drop_output(struct conversation *conversation)
{
	free(conversation->output);
	conversation->output = NULL;
	conversation->sent = conversation->length = conversation->capacity = 0;
	conversation->most = CONVERSATION_MOST;
}

/* Without memory for what is to be said, there is nothing left to say. */
static void give_up(struct conversation *conversation)
{
	drop_output(conversation);
	conversation->over = true;
}

static bool make_room(struct conversation *conversation, size_t length)
{
	size_t capacity = pending(conversation) + length;
	char *output;

	if (conversation->sent > 0)
		memmove(conversation->output, conversation->output + conversation->sent,
			pending(conversation));
	conversation->length -= conversation->sent;
	conversation->sent = 0;
	if (capacity <= conversation->capacity)
		return true;
	capacity += capacity / 2;
	output = realloc(conversation->output, capacity);
	if (!output)
		return false;
	conversation->output = output;
	conversation->capacity = capacity;
	return true;
}

static void say(struct conversation *conversation, const char *line, size_t length)
{
	if (!make_room(conversation, length)) {
		give_up(conversation);
		return;
	}
	memcpy(conversation->output + conversation->length, line, length);
	conversation->length += length;
}

/* Uses the reference up. */
static void say_object(struct conversation *conversation, json_t *object)
{
	size_t length;
	char *line = dispatcher_line(object, &length);

	if (line)
		say(conversation, line, length);
	else
		give_up(conversation);
	free(line);
	conversation->most = pending(conversation) + CONVERSATION_MOST;
}

void conversation_open(struct conversation *conversation)
{
	memset(conversation, 0, sizeof *conversation);
	say_object(conversation, dispatcher_greeting());
}

void conversation_refuse(struct conversation *conversation, int code, const char *message)
{
	say_object(conversation, dispatcher_error(NULL, code, message));
	conversation->over = true;
}

void conversation_close(struct conversation *conversation)
{
	drop_output(conversation);
}

size_t conversation_room(const struct conversation *conversation)
{
	if (conversation->over || pending(conversation) > CONVERSATION_PLENTY)
		return 0;
	return sizeof conversation->input - conversation->heard;
}

void conversation_hear(struct conversation *conversation, const char *bytes, size_t length)
{
	memcpy(conversation->input + conversation->heard, bytes, length);
	conversation->heard += length;
}

static void answer_line(struct conversation *conversation, struct pooltoy_supervisor *supervisor,
			size_t length)
{
	struct dispatch dispatch = { .supervisor = supervisor };

	if (length == 0 || (length == 1 && conversation->input[0] == '\r'))
		return;
	say_object(conversation, dispatcher_answer(&dispatch, conversation->input, length));
	if (dispatch.subscribe)
		conversation->subscribed = true;
}

bool conversation_answer(struct conversation *conversation, struct pooltoy_supervisor *supervisor)
{
	bool answered = false;
	char *newline;

	while (!conversation->over && pending(conversation) <= CONVERSATION_PLENTY) {
		newline = memchr(conversation->input, '\n', conversation->heard);
		if (!newline) {
			if (conversation->heard == sizeof conversation->input)
				conversation_refuse(conversation, POOLTOY_EINVAL,
						    "the request is too long");
			break;
		}
		answer_line(conversation, supervisor, (size_t)(newline - conversation->input));
		answered = true;
		conversation->heard -= (size_t)(newline + 1 - conversation->input);
		memmove(conversation->input, newline + 1, conversation->heard);
	}
	return answered;
}

void conversation_tell(struct conversation *conversation, const char *line, size_t length)
{
	if (!conversation->subscribed || conversation->over)
		return;
	if (pending(conversation) + length > conversation->most)
		give_up(conversation);
	else
		say(conversation, line, length);
}

const char *conversation_output(const struct conversation *conversation, size_t *length)
{
	*length = pending(conversation);
	return *length > 0 ? conversation->output + conversation->sent : NULL;
}

void conversation_sent(struct conversation *conversation, size_t length)
{
	conversation->sent += length;
	if (pending(conversation) == 0)
		drop_output(conversation);
}
