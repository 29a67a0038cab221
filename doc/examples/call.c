/* SPDX-License-Identifier: MIT */
/* call.c: a call whose reply may be of any length, an error that is a reply, and a cast. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pooltoy.h>

enum { ENOWORD = POOLTOY_EUSER - 1 };

/* Replies the word so many times. */
static int repeat(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	static const char word[] = "again ";
	unsigned char times;
	char reply[256 * sizeof word];
	size_t n = 0;

	(void)state;
	if (length != 1)
		return pooltoy_reply_error(self, ENOWORD);
	for (times = *(const unsigned char *)request; times > 0; times--) {
		memcpy(reply + n, word, sizeof word - 1);
		n += sizeof word - 1;
	}
	return pooltoy_reply(self, reply, n);
}

static int note(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	(void)self;
	(void)state;
	printf("noted: %.*s\n", (int)length, (const char *)message);
	return 0;
}

static const struct pooltoy_worker_ops repeater =
	POOLTOY_WORKER_OPS(.handle_call = repeat, .handle_cast = note);

/* example: call */
/* Asks; *reply is the caller's to free. */
static int ask(const struct pooltoy_lease *lease, const void *request,
	       size_t length, char **reply, size_t *reply_length)
{
	int rc;

	*reply_length = 100; /* enough, most of the time */
	*reply = malloc(*reply_length);
	if (*reply == NULL)
		return POOLTOY_ENOMEM;
	rc = pooltoy_call(lease, request, length, *reply, reply_length,
			  1000);
	if (rc == POOLTOY_ETOOSMALL) { /* it is kept to be fetched */
		free(*reply);
		*reply = malloc(*reply_length);
		if (*reply == NULL)
			return POOLTOY_ENOMEM;
		rc = pooltoy_call_reply(lease, *reply, reply_length);
	}
	if (rc) {
		free(*reply);
		*reply = NULL;
	}
	return rc;
}
/* end */

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	char *reply;
	size_t length;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &repeater, .size = 1),
			       &pool) ||
	    pooltoy_checkout(pool, 1000, &lease) ||
	    pooltoy_cast(&lease, "first", 5) ||
	    ask(&lease, "\x40", 1, &reply, &length))
		errx(1, "%s", pooltoy_last_error());
	printf("%zu bytes\n", length);
	free(reply);
	if (length != 64 * 6 || ask(&lease, "", 0, &reply, &length) != ENOWORD)
		errx(1, "%s", pooltoy_last_error());
	if (pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
