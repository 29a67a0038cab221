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

const char *pooltoy_strerror(int code)
{
	switch (code) {
	case POOLTOY_OK:
		return "success";
	case POOLTOY_EINVAL:
		return "invalid argument";
	case POOLTOY_ENOMEM:
		return "out of memory";
	case POOLTOY_EAGAIN:
		return "no resources for it now, try again";
	case POOLTOY_ETIMEDOUT:
		return "timed out";
	case POOLTOY_EBUSY:
		return "the worker's state or call cell is in use";
	case POOLTOY_EFULL:
		return "no worker is idle";
	case POOLTOY_ESTALE:
		return "the lease has ended";
	case POOLTOY_ECRASHED:
		return "the worker died";
	case POOLTOY_ESTARTING:
		return "no worker is up yet";
	case POOLTOY_EFAILED:
		return "the pool has failed";
	case POOLTOY_ESTOPPED:
		return "the pool has been stopped";
	case POOLTOY_EEXIST:
		return "a pool of that name exists";
	case POOLTOY_ENOENT:
		return "no such pool or worker";
	case POOLTOY_ECLOSED:
		return "the client has been closed";
	case POOLTOY_ETOOSMALL:
		return "the buffer is too small";
	case POOLTOY_EDEADLK:
		return "would wait for itself";
	case POOLTOY_EFORKED:
		return "the object is from before fork()";
	case POOLTOY_ETHREADEXITED:
		return "the thread is past its end";
	case POOLTOY_EVERSION:
		return "not supported by this version of the library";
	case POOLTOY_EQUARANTINED:
		return "stopped, but threads remain in user code";
	case POOLTOY_ECANCELLED:
		return "cancelled; of a drain: the pool was resumed";
	case POOLTOY_EISOLATED:
		return "the worker's state is in a child process";
	case POOLTOY_EQUEUEFULL:
		return "too many wait already";
	case POOLTOY_EOVERLOAD:
		return "overloaded: waited for too long";
	case POOLTOY_EPAUSED:
		return "the pool is paused";
	case POOLTOY_EPERM:
		return "not permitted";
	case POOLTOY_EQUOTA:
		return "the client has as many as it may";
	default:
		return code <= POOLTOY_EUSER ? "application error" : "unknown error";
	}
}

const char *pooltoy_version(void)
{
	return POOLTOY_VERSION;
}
