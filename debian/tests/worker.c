/* SPDX-License-Identifier: MIT */
/* worker.c: says which program it runs in, or crashes if that is wanted. */
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <pooltoy.h>

extern const struct pooltoy_worker_ops teller;

static int tell(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	char path[4096];
	ssize_t n;

	(void)state;
	if (length == 5 && memcmp(request, "crash", 5) == 0)
		raise(SIGSEGV);
	n = readlink("/proc/self/exe", path, sizeof path);
	if (n < 0)
		return pooltoy_worker_fail(self, "readlink");
	return pooltoy_reply(self, path, (size_t)n);
}

const struct pooltoy_worker_ops teller = POOLTOY_WORKER_OPS(.handle_call = tell);
