/* SPDX-License-Identifier: MIT */
/* control.c: control sockets, from their start to their end. */
#include <pooltoy/control.h>

#include "complaint.h"
#include "extension.h"
#include "server.h"

#include <pooltoy/status.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pooltoy_control {
	struct extension extension;
	atomic_uint references; /* the handle's, the supervisor's, those of events on their way */
	pid_t pid;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the next two; held by who ends the thread */
	bool running;
	/* To be left by the stop; NULL: it has been stopped. */
	struct pooltoy_supervisor *supervisor;
	struct server server;
};

static struct pooltoy_control *control_of(struct extension *extension)
{
	return (struct pooltoy_control *)extension; /* its first member */
}

/* References. */

static void control_ref(struct extension *extension)
{
	atomic_fetch_add_explicit(&control_of(extension)->references, 1, memory_order_relaxed);
}

static void control_unref(struct extension *extension)
{
	struct pooltoy_control *control = control_of(extension);

	if (atomic_fetch_sub_explicit(&control->references, 1, memory_order_acq_rel) != 1)
		return;
	feed_close(&control->server.feed);
	pthread_mutex_destroy(&control->server.lock);
	pthread_mutex_destroy(&control->lock);
	free(control);
}

/* What the supervisor calls. */

static void control_hear(struct extension *extension, const struct pooltoy_event *event)
{
	feed_put(&control_of(extension)->server.feed, event);
}

static void control_quiesce(struct extension *extension)
{
	struct server *server = &control_of(extension)->server;

	pthread_mutex_lock(&server->lock); /* after the request that is being answered */
	server->supervisor = NULL;
	pthread_mutex_unlock(&server->lock);
}

static void end_thread_locked(struct pooltoy_control *control)
{
	if (!control->running)
		return;
	control->running = false;
	atomic_store_explicit(&control->server.stop, true, memory_order_release);
	feed_wake(&control->server.feed);
	pthread_join(control->thread, NULL);
	address_close(&control->server.address);
}

static void control_end(struct extension *extension)
{
	struct pooltoy_control *control = control_of(extension);

	pthread_mutex_lock(&control->lock);
	control->supervisor = NULL;
	end_thread_locked(control);
	pthread_mutex_unlock(&control->lock);
}

/* The thread. */

static void *control_main(void *argument)
{
	struct pooltoy_control *control = argument;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_setname_np(pthread_self(), "pt:control");
	server_run(&control->server);
	return NULL;
}

/* As the library's own threads: the server's signals are its own threads' affair. */
static int start_thread(struct pooltoy_control *control)
{
	static const int let_through[] = { SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
					   SIGTRAP, SIGABRT, SIGSYS, SIGPROF };
	sigset_t blocked;
	pthread_attr_t attributes;
	int failed = pthread_attr_init(&attributes);

	if (failed)
		return failed;
	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof let_through / sizeof let_through[0]; i++)
		sigdelset(&blocked, let_through[i]);
	failed = pthread_attr_setsigmask_np(&attributes, &blocked);
	if (!failed)
		failed = pthread_create(&control->thread, &attributes, control_main, control);
	pthread_attr_destroy(&attributes);
	return failed;
}

/* Start and stop. */

/* With a listening socket, and no thread yet. */
static int prepare(struct pooltoy_control *control, struct pooltoy_supervisor *supervisor,
		   const char *path)
{
	int code;

	control->extension = (struct extension){ .ref = control_ref,
						 .unref = control_unref,
						 .hear = control_hear,
						 .quiesce = control_quiesce,
						 .end = control_end };
	atomic_init(&control->references, 1);
	control->pid = getpid();
	control->supervisor = supervisor;
	control->server.supervisor = supervisor;
	if (pthread_mutex_init(&control->lock, NULL) ||
	    pthread_mutex_init(&control->server.lock, NULL))
		return complain(POOLTOY_ENOMEM, "no memory for a lock");
	code = feed_open(&control->server.feed);
	if (code)
		return complain(code, "an event descriptor: %s", pooltoy_strerror(code));
	code = address_open(&control->server.address, path);
	if (code)
		feed_close(&control->server.feed);
	return code;
}

static int run(struct pooltoy_control *control)
{
	int code;

	if (start_thread(control)) {
		address_close(&control->server.address);
		control_unref(&control->extension);
		return complain(POOLTOY_EAGAIN, "no thread to serve the socket");
	}
	control->running = true;
	code = pooltoy_extend(control->supervisor, &control->extension);
	if (code) {
		control_end(&control->extension);
		control_unref(&control->extension);
	}
	return code;
}

int pooltoy_control_start(struct pooltoy_supervisor *supervisor, const char *path,
			  struct pooltoy_control **control)
{
	struct pooltoy_control *started;
	int code;

	if (!supervisor || !control)
		return complain(POOLTOY_EINVAL, "NULL for the %s",
				supervisor ? "handle" : "supervisor");
	started = calloc(1, sizeof *started);
	if (!started)
		return complain(POOLTOY_ENOMEM, "no memory");
	code = prepare(started, supervisor, path);
	if (code) {
		free(started);
		return code;
	}
	code = run(started);
	if (!code)
		*control = started;
	return code;
}

const char *pooltoy_control_path(const struct pooltoy_control *control)
{
	return control->server.address.path;
}

void pooltoy_control_stop(struct pooltoy_control *control)
{
	if (!control || control->pid != getpid())
		return;
	pthread_mutex_lock(&control->lock);
	if (control->supervisor)
		pooltoy_extend_no_more(control->supervisor, &control->extension);
	control->supervisor = NULL;
	end_thread_locked(control);
	pthread_mutex_unlock(&control->lock);
	control_unref(&control->extension);
}

/* By the environment. */

/* The core's, when POOLTOY_CONTROL is set: see lib/extension.h. */
POOLTOY_API int pooltoy_control_attach(struct pooltoy_supervisor *supervisor, const char *where,
				       const void *identity);

int pooltoy_control_attach(struct pooltoy_supervisor *supervisor, const char *where,
			   const void *identity)
{
	int (*own)(struct pooltoy_pool *, struct pooltoy_pool_status *) = pooltoy_pool_status;
	struct pooltoy_control *control;
	int code;

	if (memcmp(&own, &identity, sizeof own) != 0)
		return complain(POOLTOY_EVERSION,
				"the program has a libpooltoy of its own: have it call "
				"pooltoy_control_start");
	code = pooltoy_control_start(supervisor, where[0] == '/' ? where : NULL, &control);
	if (!code) /* nobody has a handle: the supervisor ends it */
		control_unref(&control->extension);
	return code;
}
