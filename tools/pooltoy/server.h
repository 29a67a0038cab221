/* SPDX-License-Identifier: MIT */
/* server.h: finding servers, and speaking with one. */
#ifndef TOOL_SERVER_H
#define TOOL_SERVER_H

#include "tool.h"

enum { SERVER_PATH = 128 };

/* A connection to a server. */
struct server {
	char path[SERVER_PATH];
	int fd;
	json_t *greeting;
	char *input; /* what has come, and was not taken */
	size_t length, capacity;
};

/*
 * Connects, and takes the greeting. False: `why` says what is wrong; it is empty if nobody listens
 * there.
 */
bool server_open(struct server *server, const char *path, char *why, size_t size);
void server_close(struct server *server);

/* The next line; NULL: the connection has ended, or (timeout_ms not -1) it was not there in time. */
json_t *server_read(struct server *server, int timeout_ms);
/* The connection has ended, or what comes is no line: nothing is to be expected of it. */
bool server_has_ended(const struct server *server);
/* Sends a request, which it uses up. False: nobody takes it. */
bool server_request(struct server *server, json_t *request);
/* Sends a request, which it uses up, and waits for the answer, whatever it says; NULL: there is none. */
json_t *server_exchange(struct server *server, json_t *request);
/*
 * Sends a request, which it uses up, and waits for the answer: its result, which is the caller's.
 * NULL: it has been said on stderr what is wrong, and *status is the exit status for that.
 */
json_t *server_ask(struct server *server, json_t *request, int *status);

/* The result in an answer, which it uses up; NULL: as above. */
json_t *answer_result(json_t *answer, int *status);

/* Calls `found` for each socket in the folders for that, by path. */
void server_each(void (*found)(const char *path, void *argument), void *argument);

/* Opens the one that the options mean: DONE, or the exit status; it has been said why. */
int server_choose(struct server *server, const struct options *options);

/* Of the greeting. */
long server_pid(const struct server *server);
const char *server_program(const struct server *server);

#endif
