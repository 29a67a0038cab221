/* SPDX-License-Identifier: MIT */
/* probe.h: static probes for tracers, as systemtap's <sys/sdt.h> makes them. */
#ifndef POOLTOY_LIB_PROBE_H
#define POOLTOY_LIB_PROBE_H

/*
 * PROBE(name, argument, ...): one nop, and a note in the shared object that tells a tracer where it is
 * and where its arguments are; a tracer puts a breakpoint in its place while it looks. So arguments
 * should be at hand: an address, or what was loaded anyway. Without <sys/sdt.h>, or with
 * --disable-probes, nothing at all. doc/tracing/ says what each probe tells.
 *
 *   checkout      pool's name, worker, generation, where, operation
 *                                                          a client has a lease; the caller's address
 *   wait          pool's name, clients that wait, operation
 *                                                          a client begins to wait for one
 *   wait_end      pool's name, code, operation             its checkout ends without one
 *   grant         pool's name, worker, generation          it is handed one in the queue
 *   checkin       pool's name, worker, generation          it gives it back
 *   call          pool's name, worker, generation, bytes   a call begins
 *   call_done     pool's name, worker, code                it has ended, for its caller
 *   crash         pool's name, worker (-1: the manager), reason
 *   restart       pool's name, instance, ns since the crash
 *   park, wake    parker                                   a thread goes to sleep; is woken
 *
 * The operation is 0 if the calling thread itself waits; else a completion queue's, which any thread may end.
 */
#if defined(POOLTOY_PROBES)
#define SDT_USE_VARIADIC 1
#include <sys/sdt.h>
#define PROBE(...) \
	do { \
		PROBE_BEGIN STAP_PROBEV(pooltoy, __VA_ARGS__); \
		PROBE_END \
	} while (0)
#ifdef __clang__
/* What <sys/sdt.h> makes of few arguments is GNU C. */
#define PROBE_BEGIN \
	_Pragma("clang diagnostic push") \
		_Pragma("clang diagnostic ignored \"-Wgnu-zero-variadic-macro-arguments\"")
#define PROBE_END _Pragma("clang diagnostic pop")
#else
#define PROBE_BEGIN
#define PROBE_END
#endif
#else
#define PROBE(...) ((void)0)
#endif

#endif
