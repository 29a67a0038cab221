/* SPDX-License-Identifier: MIT */
/*
 * guard.h: which requests are answered. The page is for browsers on this machine; the pages of strangers, which such a
 * browser shows as well, are to learn nothing from it, under whatever name they have it looked up.
 */
#ifndef OBSERVE_GUARD_H
#define OBSERVE_GUARD_H

#include <stdbool.h>

/* Of a request; NULL: it has no such header. */
struct asked {
	const char *method, *host, *origin;
	const char *site, *mode; /* Sec-Fetch-Site, Sec-Fetch-Mode */
};

/* `names`, ended by NULL: of this host, besides those that each has for itself. */
bool guard_knows_host(const char *host, const char *const *names);
/* Why it is refused, and by which status; NULL: it is not. */
const char *guard_refuses(const struct asked *asked, const char *const *names, unsigned *status);

#endif
