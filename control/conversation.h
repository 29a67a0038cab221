/* SPDX-License-Identifier: MIT */
/*
 * conversation.h: one client's connection without its socket: bytes in, bytes out. Nothing here
 * waits, and all that grows has a bound.
 */
#ifndef POOLTOY_CONTROL_CONVERSATION_H
#define POOLTOY_CONTROL_CONVERSATION_H

#include "dispatcher.h"

enum {
	CONVERSATION_LINE = 4096, /* bytes of a request, with its newline */
	/* Of output: requests are left unanswered while there is more than the first; with the second
	 * behind an answer, however long that is, events for a subscriber who does not read end
	 * the conversation. */
	CONVERSATION_PLENTY = 64 * 1024,
	CONVERSATION_MOST = 1024 * 1024
};

struct conversation {
	char input[CONVERSATION_LINE];
	size_t heard;                  /* bytes in it */
	char *output;                  /* NULL if there is none */
	size_t sent, length, capacity; /* of the output */
	size_t most;                   /* of it, by events */
	bool subscribed;
	bool over; /* to be closed when the output has been sent */
};

/* Says the greeting. */
void conversation_open(struct conversation *conversation);
/* Refuses it with a message; it is over. */
void conversation_refuse(struct conversation *conversation, int code, const char *message);
void conversation_close(struct conversation *conversation);

/* How many bytes it can hear now. */
size_t conversation_room(const struct conversation *conversation);
/* Takes no more bytes than there is room for. */
void conversation_hear(struct conversation *conversation, const char *bytes, size_t length);
/* Answers the requests that are complete, until there is plenty of output. True: one has been. */
bool conversation_answer(struct conversation *conversation, struct pooltoy_supervisor *supervisor);
/* A line for a subscriber. */
void conversation_tell(struct conversation *conversation, const char *line, size_t length);

/* What is to be sent. */
const char *conversation_output(const struct conversation *conversation, size_t *length);
/* So much of it was. */
void conversation_sent(struct conversation *conversation, size_t length);

#endif
