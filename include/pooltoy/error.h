/* SPDX-License-Identifier: MIT */
/* pooltoy/error.h: error codes, their texts, and the library's version. */
#ifndef POOLTOY_ERROR_H
#define POOLTOY_ERROR_H

#ifdef __cplusplus
#define POOLTOY_BEGIN_DECLS extern "C" {
#define POOLTOY_END_DECLS   }
#else
#define POOLTOY_BEGIN_DECLS
#define POOLTOY_END_DECLS
#endif

#if defined(__GNUC__)
#define POOLTOY_API                   __attribute__((visibility("default")))
#define POOLTOY_MUST_CHECK            __attribute__((warn_unused_result))
#define POOLTOY_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#define POOLTOY_NORETURN              __attribute__((noreturn))
#else
#define POOLTOY_API
#define POOLTOY_MUST_CHECK
#define POOLTOY_PRINTF(string, first)
#define POOLTOY_NORETURN
#endif

#define POOLTOY_VERSION_MAJOR 0
#define POOLTOY_VERSION_MINOR 1
#define POOLTOY_VERSION_PATCH 0
#define POOLTOY_VERSION       "0.1.0"

POOLTOY_BEGIN_DECLS

/*
 * Every function that can fail returns 0 or one of these. A handler may answer its caller with a
 * code of the application's own: the library never uses POOLTOY_EUSER or any value below it.
 */
enum pooltoy_error {
	POOLTOY_OK = 0,
	POOLTOY_EINVAL = -1,         /* an argument is missing or makes no sense */
	POOLTOY_ENOMEM = -2,         /* out of memory; nothing was changed */
	POOLTOY_EAGAIN = -3,         /* out of threads, or a bounded queue is full; try later */
	POOLTOY_ETIMEDOUT = -4,      /* the time given is over */
	POOLTOY_EBUSY = -5,          /* a worker's state or call cell is in use; or too late */
	POOLTOY_EFULL = -6,          /* no worker idle and the timeout was 0, or no capacity */
	POOLTOY_ESTALE = -7,         /* this lease has ended, or never was; this task has begun */
	POOLTOY_ECRASHED = -8,       /* the worker died under this call */
	POOLTOY_ESTARTING = -9,      /* the timeout was 0, and no worker is up yet */
	POOLTOY_EFAILED = -10,       /* the pool was given up; see pooltoy_pool_revive */
	POOLTOY_ESTOPPED = -11,      /* the pool or its supervisor has been stopped */
	POOLTOY_EEXIST = -12,        /* this supervisor has a pool of that name */
	POOLTOY_ENOENT = -13,        /* there is no such pool, worker or reply */
	POOLTOY_ECLOSED = -14,       /* the client has been closed */
	POOLTOY_ETOOSMALL = -15,     /* the buffer is too small; *length is the size needed */
	POOLTOY_EDEADLK = -16,       /* the call would wait for what waits for the caller */
	POOLTOY_EFORKED = -17,       /* the object dates from before fork() */
	POOLTOY_ETHREADEXITED = -18, /* the calling thread is past its end */
	POOLTOY_EVERSION = -19,      /* a newer header's structure asks for what is lacking here */
	POOLTOY_EQUARANTINED = -20,  /* stopped, but threads remain inside user code */
	POOLTOY_ECANCELLED = -21,    /* cancelled; a task: before it began; a drain: by a resume */
	POOLTOY_EISOLATED = -22,     /* the state is in a child process, out of reach */
	POOLTOY_EQUEUEFULL = -23,    /* as many wait for a worker as may: max_queue */
	POOLTOY_EOVERLOAD = -24,     /* shed: waited for too long while the pool is overloaded */
	POOLTOY_EPERM = -25,         /* the system does not let this process do that */
	POOLTOY_EPAUSED = -26,       /* the timeout was 0, and the pool is paused */
	POOLTOY_EQUOTA = -27,        /* the client has, or waits for, as many workers as it may */
	POOLTOY_EUSER = -1000        /* the application's own codes: this one and all below */
};

/*
 * A short English text for a code ("the lease has ended"), constant and never NULL. Codes of the
 * application give "application error".
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API const char *pooltoy_strerror(int code);

/*
 * The story of the calling thread's last failed call: where it failed, with the pool's name, and
 * down to the cause, such as
 *
 *     pool "poolio": checkout: timed out; last failure: worker 2: init failed: no route to host
 *
 * "" if no call of this thread has failed yet. A call that succeeds leaves the text as it is. The
 * string belongs to the thread, and its next failing call changes it.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API const char *pooltoy_last_error(void);

/*
 * The version of the library that runs, as opposed to POOLTOY_VERSION, that of the header compiled
 * against.
 *
 * Threads: any, and in any callback. Does not block.
 */
POOLTOY_API const char *pooltoy_version(void);

POOLTOY_END_DECLS

#endif
