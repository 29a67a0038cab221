/* SPDX-License-Identifier: MIT */
/*
 * service.c: checkout, call, checkin, with one retry.
 *
 * What a kill does to a request depends on the moment at which it comes:
 *  - before or in the checkout: nothing. Who waits keeps waiting, through a restart of the whole
 *    pool too, and is served by the first worker that is ready.
 *  - between checkout and call: the call answers POOLTOY_ESTALE. No handler has seen the request,
 *    so running it on another worker is always right.
 *  - in the call: POOLTOY_ECRASHED. The handler may have run to its end, or not at all.
 *  - between call and checkin: the reply is there; the checkin answers POOLTOY_ESTALE, which is
 *    worth counting and no more.
 */
#include <stdlib.h>

#include "service.h"

enum {
	CHECKOUT_MS = 5000,
	CALL_MS = 5000,
	USUAL_REPLY = 4096 /* bytes */
};

/* One call, with as large a buffer as its reply needs. */
static int call(const struct pooltoy_lease *lease, const void *request, size_t length,
		struct reply *reply)
{
	int code;

	reply->length = USUAL_REPLY;
	reply->bytes = malloc(reply->length);
	if (!reply->bytes)
		return POOLTOY_ENOMEM;
	code = pooltoy_call(lease, request, length, reply->bytes, &reply->length, CALL_MS);
	while (code == POOLTOY_ETOOSMALL) {
		char *larger = realloc(reply->bytes, reply->length);

		if (!larger)
			return POOLTOY_ENOMEM;
		reply->bytes = larger;
		code = pooltoy_call_reply(lease, reply->bytes, &reply->length);
	}
	return code;
}

static int call_once(struct service *service, const void *request, size_t length,
		     struct reply *reply)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(service->pool, CHECKOUT_MS, &lease);

	if (code)
		return code;
	code = call(&lease, request, length, reply);
	/* The crash has ended the lease; and what pooltoy_last_error says of it is to be kept. */
	if (code == POOLTOY_ECRASHED)
		return code;
	if (pooltoy_checkin(&lease) == POOLTOY_ESTALE && code == 0)
		atomic_fetch_add(&service->counters.died_answered, 1);
	return code;
}

int service_call(struct service *service, const void *request, size_t length,
		 enum after_crash after_crash, struct reply *reply)
{
	int code;

	*reply = (struct reply){ NULL, 0 };
	atomic_fetch_add(&service->counters.requests, 1);
	code = call_once(service, request, length, reply);
	if (code == POOLTOY_ESTALE || (code == POOLTOY_ECRASHED && after_crash == RUN_AGAIN)) {
		counters_retry_begins(&service->counters, code);
		free(reply->bytes);
		reply->bytes = NULL;
		code = call_once(service, request, length, reply);
		counters_retry_ends(&service->counters);
	}
	counters_ended(&service->counters, code);
	return code;
}
