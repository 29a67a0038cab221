/* SPDX-License-Identifier: MIT */
/* peer.c: an operator's end of a control socket. */
#include "control/peer.h"

#include "scenario/support.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool peer_connect(struct peer *peer, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
	peer->length = 0;
	peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (peer->fd < 0 || connect(peer->fd, (struct sockaddr *)&name, sizeof name) == 0)
		return peer->fd >= 0;
	close(peer->fd);
	peer->fd = -1;
	return false;
}

void peer_close(struct peer *peer)
{
	close(peer->fd);
}

void peer_send(struct peer *peer, const char *text)
{
	CU_ASSERT_EQUAL(send(peer->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* False: the end. */
static bool receive(struct peer *peer)
{
	struct pollfd polled = { .fd = peer->fd, .events = POLLIN };
	ssize_t got;

	if (poll(&polled, 1, SOON) != 1 || peer->length == sizeof peer->bytes) {
		CU_FAIL("nothing came, or too much");
		return false;
	}
	got = recv(peer->fd, peer->bytes + peer->length, sizeof peer->bytes - peer->length, 0);
	if (got > 0)
		peer->length += (size_t)got;
	return got > 0;
}

json_t *peer_read(struct peer *peer)
{
	json_t *object;
	char *newline;

	while (!(newline = memchr(peer->bytes, '\n', peer->length)))
		if (!receive(peer))
			return NULL;
	object = json_loadb(peer->bytes, (size_t)(newline - peer->bytes), 0, NULL);
	CU_ASSERT_PTR_NOT_NULL(object);
	peer->length -= (size_t)(newline + 1 - peer->bytes);
	memmove(peer->bytes, newline + 1, peer->length);
	return object;
}

void peer_open(struct peer *peer, const char *path)
{
	json_t *greeting;

	CU_ASSERT_FATAL(peer_connect(peer, path));
	greeting = peer_read(peer);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(greeting, "pooltoy")), 1);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(greeting, "version")),
			       pooltoy_version());
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(greeting, "pid")), getpid());
	json_decref(greeting);
}

json_t *peer_ask(struct peer *peer, const char *line)
{
	peer_send(peer, line);
	peer_send(peer, "\n");
	return peer_read(peer);
}

void peer_expect(struct peer *peer, const char *line, const char *code)
{
	json_t *answer = peer_ask(peer, line);
	const char *got =
		json_object_get(answer, "result") ? "OK" : text_of(answer, "error", "code");

	if (strcmp(got, code) != 0)
		printf("# %s: %s, not %s: %s\n", line, got, code,
		       text_of(answer, "error", "message"));
	CU_ASSERT_STRING_EQUAL(got, code);
	if (strcmp(code, "OK") != 0)
		CU_ASSERT_STRING_NOT_EQUAL(text_of(answer, "error", "message"), "");
	json_decref(answer);
}

void peer_expect_end(struct peer *peer)
{
	while (receive(peer))
		peer->length = 0;
}

const char *text_of(const json_t *object, const char *member, const char *inner)
{
	const char *text =
		json_string_value(json_object_get(json_object_get(object, member), inner));

	return text ? text : "";
}
