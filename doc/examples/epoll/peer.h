/* SPDX-License-Identifier: MIT */
/* peer.h: the trial's ends of the connections. What the system refuses ends the trial. */
#ifndef EPOLL_PEER_H
#define EPOLL_PEER_H

#include <stdbool.h>
#include <stddef.h>

enum { SOON = 20 /* s: an answer that takes longer does not come */ };

/* To a Unix socket, if the address has a slash, else to a port of 127.0.0.1. */
int peer_connect(const char *address);

void peer_say(int peer, const char *text);

/* Whether the bytes that come next, soon, are these. */
bool peer_hears(int peer, const char *text);
bool peer_hears_nothing(int peer); /* up to now */
bool peer_hears_end(int peer);     /* soon, after whatever comes before; and closes */

/* Says `line` again and again, as often as it can without waiting; returns the bytes said. The next time it
 * goes on where it was, `said` bytes from the beginning. */
size_t peer_flood(int peer, const char *line, size_t said);

#endif
