/* SPDX-License-Identifier: MIT */
/* peer.c: sockets that block, for so long at most; once one has waited in vain, nobody waits any more. */
#include "peer.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *address)
{
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in port = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)strtoul(address, NULL, 10)),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bool is_path = strchr(address, '/');
	int peer = socket(is_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(path.sun_path, sizeof path.sun_path, "%s", address);
	if (peer < 0 || (is_path ? connect(peer, (struct sockaddr *)&path, sizeof path)
				 : connect(peer, (struct sockaddr *)&port, sizeof port)))
		err(1, "connect");
	return peer;
}

int peer_connect(const char *address)
{
	const struct timeval soon = { .tv_sec = SOON };
	const int little = 1; /* so that little can be said before it is heard */
	int peer = connect_to(address);

	if (setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) ||
	    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon) ||
	    setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &little, sizeof little))
		err(1, "setsockopt");
	return peer;
}

void peer_say(int peer, const char *text)
{
	if (send(peer, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		err(1, "send");
}

static bool in_vain;

static ssize_t hear(int peer, char *bytes, size_t size, int flags)
{
	ssize_t length = recv(peer, bytes, size, in_vain ? flags | MSG_DONTWAIT : flags);

	in_vain |= length < 0 && errno == EAGAIN;
	return length;
}

bool peer_hears(int peer, const char *text)
{
	char heard[256] = "";
	ssize_t length = hear(peer, heard, strlen(text), MSG_WAITALL);

	if (length == (ssize_t)strlen(text) && strcmp(heard, text) == 0)
		return true;
	warnx("\"%s\" was expected, \"%s\" was heard", text, length < 0 ? "" : heard);
	return false;
}

bool peer_hears_nothing(int peer)
{
	char byte;

	return recv(peer, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

bool peer_hears_end(int peer)
{
	char bytes[4096];
	ssize_t length;

	do
		length = hear(peer, bytes, sizeof bytes, 0);
	while (length > 0);
	close(peer);
	return length == 0 || errno == ECONNRESET; /* reset: it has not read all that was said */
}

size_t peer_flood(int peer, const char *line, size_t said)
{
	size_t length = strlen(line), before = said;
	ssize_t sent;

	do {
		size_t at = said % length;

		sent = send(peer, line + at, length - at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent > 0)
			said += (size_t)sent;
	} while (sent > 0);
	if (errno != EAGAIN)
		err(1, "send");
	return said - before;
}
