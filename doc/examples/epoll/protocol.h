/* SPDX-License-Identifier: MIT */
/* protocol.h: requests and answers, which are lines. */
#ifndef EPOLL_PROTOCOL_H
#define EPOLL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE = 128 }; /* bytes, at most, with the end of the line */

struct request {
	enum verb { UNKNOWN, DOUBLE, BEGIN, ADD, REST, END, STATUS } verb;
	long number;
};

/* What the server has at a moment. */
struct figures {
	int connections;
	int leaving;  /* connections whose client has left, and whose last completion is to come */
	int unsent;   /* connections whose answer is not taken */
	int sessions; /* leased workers of that pool */
	int waiting;  /* for one */
};

struct line_buffer {
	char bytes[LINE];
	size_t length;
};

/* Takes the first line that has come in, if there is one, out of the buffer, and says what it is. */
bool protocol_take_request(struct line_buffer *in, struct request *request);

/* The answer becomes what the buffer has. "ok", "busy", if it was refused for overload, or the error. */
void protocol_answer(struct line_buffer *out, int code);
void protocol_answer_number(struct line_buffer *out, long number);
void protocol_answer_figures(struct line_buffer *out, const struct figures *figures);

#endif
