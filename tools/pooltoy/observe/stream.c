/* SPDX-License-Identifier: MIT */
/* stream.c: messages on their way to any number of readers. */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stream_open(struct stream *stream)
{
	memset(stream, 0, sizeof *stream);
	pthread_mutex_init(&stream->lock, NULL);
	pthread_cond_init(&stream->put, NULL);
}

static void let_go_locked(struct message *message)
{
	if (--message->holders == 0)
		free(message);
}

static void forget_oldest_locked(struct stream *stream)
{
	struct message *message = stream->kept[stream->oldest++ % STREAM_MESSAGES];

	stream->bytes -= message->length;
	let_go_locked(message);
}

void stream_close(struct stream *stream)
{
	while (stream->oldest < stream->next)
		forget_oldest_locked(stream);
	pthread_cond_destroy(&stream->put);
	pthread_mutex_destroy(&stream->lock);
}

void stream_end(struct stream *stream)
{
	pthread_mutex_lock(&stream->lock);
	stream->over = true;
	pthread_cond_broadcast(&stream->put);
	pthread_mutex_unlock(&stream->lock);
}

struct message *stream_message(const char *event, const char *data)
{
	static const char format[] = "event: %s\ndata: %s\n\n";
	size_t length = strlen(event) + strlen(data) + sizeof format;
	struct message *message = malloc(sizeof *message + length);

	if (!message)
		return NULL;
	message->holders = 1;
	message->length = (size_t)snprintf(message->text, length, format, event, data);
	return message;
}

void stream_put(struct stream *stream, const char *event, const char *data)
{
	struct message *message = stream_message(event, data);

	if (!message)
		return;
	pthread_mutex_lock(&stream->lock);
	while (stream->oldest < stream->next && (stream->next - stream->oldest == STREAM_MESSAGES ||
						 stream->bytes + message->length > STREAM_BYTES))
		forget_oldest_locked(stream);
	stream->kept[stream->next++ % STREAM_MESSAGES] = message;
	stream->bytes += message->length;
	pthread_cond_broadcast(&stream->put);
	pthread_mutex_unlock(&stream->lock);
}

uint64_t stream_position(struct stream *stream)
{
	uint64_t next;

	pthread_mutex_lock(&stream->lock);
	next = stream->next;
	pthread_mutex_unlock(&stream->lock);
	return next;
}

struct message *stream_take(struct stream *stream, uint64_t number)
{
	struct message *message = NULL;

	pthread_mutex_lock(&stream->lock);
	while (number >= stream->next && !stream->over)
		pthread_cond_wait(&stream->put, &stream->lock);
	if (number < stream->next && number >= stream->oldest) {
		message = stream->kept[number % STREAM_MESSAGES];
		message->holders++;
	}
	pthread_mutex_unlock(&stream->lock);
	return message;
}

void stream_give_back(struct stream *stream, struct message *message)
{
	pthread_mutex_lock(&stream->lock);
	let_go_locked(message);
	pthread_mutex_unlock(&stream->lock);
}
