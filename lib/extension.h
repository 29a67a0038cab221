/* SPDX-License-Identifier: MIT */
/*
 * extension.h: what is told of a supervisor's events beside its receiver, and ends with it: the
 * control socket, which is a library of its own. The functions here are exported to that library
 * alone, of this very version.
 */
#ifndef POOLTOY_LIB_EXTENSION_H
#define POOLTOY_LIB_EXTENSION_H

#include <pooltoy/event.h>

struct pooltoy_supervisor;

/*
 * Embedded in its object, which counts its references: its supervisor has one, and who runs one of
 * these functions. None of them may block, but for `end`.
 */
struct extension {
	void (*ref)(struct extension *extension);
	void (*unref)(struct extension *extension);
	/* The notifier's thread, before the receiver hears of the event. */
	void (*hear)(struct extension *extension, const struct pooltoy_event *event);
	/* From its return on, the supervisor is not to be used; events still come. */
	void (*quiesce)(struct extension *extension);
	/* No events come any more. Waits for no thread but its own. */
	void (*end)(struct extension *extension);
};

/*
 * Gives the supervisor its extension, of which it may have one: 0, POOLTOY_EEXIST, POOLTOY_EFORKED,
 * POOLTOY_EINVAL (NULL).
 */
POOLTOY_API int pooltoy_extend(struct pooltoy_supervisor *supervisor, struct extension *extension);
/* Takes it away, with the supervisor's reference. hear() may still run, and end after this. */
POOLTOY_API void pooltoy_extend_no_more(struct pooltoy_supervisor *supervisor,
					struct extension *extension);
/* Sets pooltoy_last_error. */
POOLTOY_API void pooltoy_tell_error(const char *text);

/*
 * At a supervisor's start: opens its control socket if the environment says so. What is wrong with
 * that is told on stderr, and is no error of the start.
 */
void extension_load(struct pooltoy_supervisor *supervisor);

/*
 * What libpooltoy-control exports for extension_load, as `pooltoy_control_attach`. `identity` is the
 * caller's pooltoy_pool_status: another copy of this library than that library's, such as one that is
 * linked statically, has another, and its supervisors would not be known there.
 */
typedef int control_attach_fn(struct pooltoy_supervisor *supervisor, const char *where,
			      const void *identity);

#endif
