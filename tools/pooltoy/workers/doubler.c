/* SPDX-License-Identifier: MIT */
/*
 * doubler.c: a worker as a shared object, for `pooltoy shell`: an int in, twice the int out. To make one:
 *
 *     cc -shared -fPIC -o doubler.so doubler.c $(pkg-config --cflags --libs pooltoy)
 */
#include <pooltoy.h>

extern const struct pooltoy_worker_ops doubler;

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return pooltoy_reply_error(self, POOLTOY_EINVAL); /* the client's fault, not ours */
	n = (int)(2u * *(const unsigned *)request);
	return pooltoy_reply(self, &n, sizeof n);
}

const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = doubler_call);
