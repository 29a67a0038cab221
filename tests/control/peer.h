/* SPDX-License-Identifier: MIT */
/* peer.h: an operator's end of a control socket. */
#ifndef CONTROL_PEER_H
#define CONTROL_PEER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct peer {
	int fd;
	size_t length;
	char bytes[1 << 16]; /* what has come, and was not taken */
};

/* Connects, and takes no greeting; false: refused. */
bool peer_connect(struct peer *peer, const char *path);
/* Connects, and takes the greeting, which must be one. */
void peer_open(struct peer *peer, const char *path);
void peer_close(struct peer *peer);

void peer_send(struct peer *peer, const char *text);
/* The next line, as an object, which is the caller's to free; soon. NULL: the connection was closed. */
json_t *peer_read(struct peer *peer);
/* Sends the line, and reads the answer. */
json_t *peer_ask(struct peer *peer, const char *line);
/* The same; the answer is to be this error, or a result ("OK"). */
void peer_expect(struct peer *peer, const char *line, const char *code);
/* Nothing more comes, soon: the connection is closed. */
void peer_expect_end(struct peer *peer);

/* A string member of a member: text_of(answer, "error", "code"); "" if there is none. */
const char *text_of(const json_t *object, const char *member, const char *inner);

#endif
