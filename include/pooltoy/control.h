/* SPDX-License-Identifier: MIT */
/*
 * pooltoy/control.h: the control socket, by which an operator's tools look into a running server. In
 * a library of its own, libpooltoy-control (pkg-config pooltoy-control), which needs jansson.
 */
#ifndef POOLTOY_CONTROL_H
#define POOLTOY_CONTROL_H

#include <pooltoy/error.h>
#include <pooltoy/supervisor.h>

POOLTOY_BEGIN_DECLS

/* A control socket, and the thread that serves it. */
struct pooltoy_control;

/*
 * Opens the supervisor's control socket: a Unix socket, mode 0600, that answers processes of this
 * process's effective user and of root. control.md, of the documents, has the protocol; pooltoy(1) speaks it.
 *
 * `path` NULL: PID.sock in the folder $XDG_RUNTIME_DIR/pooltoy or, without that variable,
 * /tmp/pooltoy-UID, where pooltoy(1) finds it; PID-2.sock for a process's second supervisor, and so
 * on. The folder is made, with mode 0700; another user's is refused. A socket that nobody listens on
 * any more is replaced.
 *
 * With the variable POOLTOY_CONTROL in the environment, each supervisor opens its socket by itself at
 * its start, without a call: at that path if the variable begins with a slash, else, unless it is
 * "0" or empty, as with NULL.
 *
 * The socket's thread takes no lock that a checkout takes. Its memory is malloc's, whatever
 * pooltoy_set_allocator says.
 *
 * Threads: any, and in any callback. Blocks no longer than it takes to make a socket and a thread.
 *
 * Errors:
 *  - POOLTOY_EEXIST: the supervisor has a control socket; or somebody listens at that path
 *  - POOLTOY_ENOENT: there is no such folder
 *  - POOLTOY_EPERM: the folder is another user's, or may not be written to
 *  - POOLTOY_EINVAL: the path is empty, or too long for a socket; or NULL was given
 *  - POOLTOY_EAGAIN: out of threads, descriptors, or space on the file system
 *  - POOLTOY_ENOMEM
 *  - POOLTOY_EFORKED
 */
POOLTOY_API int pooltoy_control_start(struct pooltoy_supervisor *supervisor, const char *path,
				      struct pooltoy_control **control) POOLTOY_MUST_CHECK;

/* Where it listens; the string lives as long as the handle. Any thread, any callback. */
POOLTOY_API const char *pooltoy_control_path(const struct pooltoy_control *control);

/*
 * Closes all connections, removes the socket, and gives the handle back. NULL is allowed.
 *
 * pooltoy_supervisor_stop closes them too; the handle is to be given back all the same, before or
 * after, but not while it runs.
 *
 * Threads: any, and in any callback. Blocks until the socket's thread has ended, which waits for
 * nobody. In a forked child it does nothing.
 */
POOLTOY_API void pooltoy_control_stop(struct pooltoy_control *control);

POOLTOY_END_DECLS

#endif
