/* SPDX-License-Identifier: MIT */
/* pooltoy/client.h: explicit clients: holders of leases that are not threads. */
#ifndef POOLTOY_CLIENT_H
#define POOLTOY_CLIENT_H

#include <pooltoy/error.h>
#include <pooltoy/lease.h>

POOLTOY_BEGIN_DECLS

/*
 * A client holds leases; when it ends, so do they. By default it is the calling thread. Where a
 * connection is served by many threads, or a thread serves many connections, make the connection
 * a client.
 */
struct pooltoy_client;

/*
 * Opens a client. `name` is shown beside what it holds: copied, cut to 31 bytes; NULL: "client".
 * *client is the caller's until pooltoy_client_close.
 *
 * Threads: any, and in any callback. Does not block.
 *
 * Errors:
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EINVAL: client is NULL
 */
POOLTOY_API int pooltoy_client_open(const char *name,
				    struct pooltoy_client **client) POOLTOY_MUST_CHECK;

/*
 * Ends all leases of the client, as the end of a thread does, and uses the handle up. NULL is
 * allowed.
 *
 * Calls with the client that other threads wait in answer POOLTOY_ECLOSED once they are granted a
 * worker, or they time out. New ones must not be made.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API void pooltoy_client_close(struct pooltoy_client *client);

/*
 * pooltoy_checkout for this client in place of the calling thread.
 *
 * Threads: any, and any number of them at once; in any callback. Blocks as pooltoy_checkout does.
 *
 * Errors: those of pooltoy_checkout, and
 *  - POOLTOY_EQUOTA: also if the client waits in as many checkouts as it may (max_waiters_per_client)
 *  - POOLTOY_ECLOSED: the client was closed meanwhile; no worker is held
 */
POOLTOY_API int pooltoy_client_checkout(struct pooltoy_client *client, struct pooltoy_pool *pool,
					int timeout_ms,
					struct pooltoy_lease *lease) POOLTOY_MUST_CHECK;

POOLTOY_END_DECLS

#endif
