/* SPDX-License-Identifier: MIT */
/* error.c: codes, their texts, and the calling thread's last error. */
#include "error.h"
#include "sync.h"

#include <stdarg.h>
#include <stdio.h>

struct error_text {
	char text[384]; /* small: it lives in the thread-local reserve */
};
SYNC_THREAD_LOCAL(struct error_text, last_error);

void error_record(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(last_error()->text, sizeof last_error()->text, format, arguments);
	va_end(arguments);
}

const char *pooltoy_last_error(void)
{
	return last_error()->text;
}

/* By code, which goes down from 0. */
static const char *const texts[] = {
	[POOLTOY_OK] = "success",
	[-POOLTOY_EINVAL] = "invalid argument",
	[-POOLTOY_ENOMEM] = "out of memory",
	[-POOLTOY_EAGAIN] = "no resources for it now, try again",
	[-POOLTOY_ETIMEDOUT] = "timed out",
	[-POOLTOY_EBUSY] = "the worker's state or call cell is in use",
	[-POOLTOY_EFULL] = "no worker is idle",
	[-POOLTOY_ESTALE] = "the lease has ended",
	[-POOLTOY_ECRASHED] = "the worker died",
	[-POOLTOY_ESTARTING] = "no worker is up yet",
	[-POOLTOY_EFAILED] = "the pool has failed",
	[-POOLTOY_ESTOPPED] = "the pool has been stopped",
	[-POOLTOY_EEXIST] = "a pool of that name exists",
	[-POOLTOY_ENOENT] = "no such pool or worker",
	[-POOLTOY_ECLOSED] = "the client has been closed",
	[-POOLTOY_ETOOSMALL] = "the buffer is too small",
	[-POOLTOY_EDEADLK] = "would wait for itself",
	[-POOLTOY_EFORKED] = "the object is from before fork()",
	[-POOLTOY_ETHREADEXITED] = "the thread is past its end",
	[-POOLTOY_EVERSION] = "not supported by this version of the library",
	[-POOLTOY_EQUARANTINED] = "stopped, but threads remain in user code",
	[-POOLTOY_ECANCELLED] = "cancelled; of a drain: the pool was resumed",
	[-POOLTOY_EISOLATED] = "the worker's state is in a child process",
	[-POOLTOY_EQUEUEFULL] = "too many wait already",
	[-POOLTOY_EOVERLOAD] = "overloaded: waited for too long",
	[-POOLTOY_EPAUSED] = "the pool is paused",
	[-POOLTOY_EPERM] = "not permitted",
	[-POOLTOY_EQUOTA] = "the client has as many as it may"
};

const char *pooltoy_strerror(int code)
{
	const int last = (int)(sizeof texts / sizeof texts[0]) - 1;

	if (code <= POOLTOY_EUSER)
		return "application error";
	return code <= 0 && code >= -last && texts[-code] ? texts[-code] : "unknown error";
}

const char *pooltoy_version(void)
{
	return POOLTOY_VERSION;
}
