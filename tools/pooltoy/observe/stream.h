/* SPDX-License-Identifier: MIT */
/*
 * stream.h: messages on their way to any number of readers, who share them: the last ones are kept, however slow a
 * reader is, and one who has missed some is told so.
 *
 * Threads: all functions but open and close from any, at any time.
 */
#ifndef OBSERVE_STREAM_H
#define OBSERVE_STREAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_MESSAGES = 256, STREAM_BYTES = 16 << 20 };

struct message {
	unsigned holders; /* guarded by the stream's lock */
	size_t length;
	char text[];
};

struct stream {
	pthread_mutex_t lock; /* guards all below; a leaf */
	pthread_cond_t put;
	struct message *kept[STREAM_MESSAGES]; /* the one numbered n is at n modulo that */
	uint64_t oldest, next;                 /* numbers */
	size_t bytes;                          /* of those kept */
	bool over;
};

void stream_open(struct stream *stream);
/* Nobody reads any more. */
void stream_close(struct stream *stream);
/* No more messages: whoever waits for one is told. */
void stream_end(struct stream *stream);

/* A server-sent event: its name, and data that is one line. Without memory for it, it is missed by all. */
void stream_put(struct stream *stream, const char *event, const char *data);
/* The same as a message that is no part of any stream; NULL: no memory. Given back to any stream. */
struct message *stream_message(const char *event, const char *data);

/* The number of the message that comes next. */
uint64_t stream_position(struct stream *stream);
/*
 * Waits for the message of that number. NULL: the stream is over, or that message is kept no more.
 * What is returned is to be given back.
 */
struct message *stream_take(struct stream *stream, uint64_t number);
void stream_give_back(struct stream *stream, struct message *message);

#endif
