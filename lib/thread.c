/* SPDX-License-Identifier: MIT */
/* thread.c: starting, leaving, succeeding. */
#include "thread.h"
#include "deadline.h"

#include <pooltoy/error.h>
#include <stdio.h>
#include <string.h>

static void compose_name(char *whole, size_t size, const struct thread_spec *spec)
{
	int room = (int)(size - sizeof "pt:" - strlen(spec->suffix));

	snprintf(whole, size, "pt:%.*s%s", room, spec->name, spec->suffix);
}

static void join_and_free(struct reaping *reaping)
{
	struct thread *thread = (struct thread *)reaping; /* its first member */
	void (*joined)(void *argument) = thread->joined;
	void *argument = thread->argument;

	sync_thread_join(&thread->sync);
	sync_free(thread);
	if (joined)
		joined(argument);
}

int thread_start(struct thread **thread, const struct thread_spec *spec)
{
	char name[SYNC_THREAD_NAME_SIZE];
	struct thread *started = sync_alloc(sizeof *started);

	if (!started)
		return POOLTOY_ENOMEM;
	started->reaping.reap = join_and_free;
	started->joined = spec->joined;
	started->argument = spec->argument;
	*thread = started;
	compose_name(name, sizeof name, spec);
	if (sync_thread_start_guarded(&started->sync, name, spec->stack_size, spec->guard_size,
				      spec->body, spec->argument)) {
		*thread = NULL;
		sync_free(started);
		return POOLTOY_EAGAIN;
	}
	return POOLTOY_OK;
}

void thread_leave(struct thread *self, struct reaper *reaper)
{
	void (*joined)(void *argument) = self->joined;
	void *argument = self->argument;

	if (reaper_give(reaper, &self->reaping))
		return;
	sync_thread_detach(&self->sync);
	sync_free(self);
	if (joined)
		joined(argument);
}

int actor_init(struct actor *actor)
{
	atomic_init(&actor->killed, false);
	atomic_init(&actor->thread_id, 0);
	actor->thread = NULL;
	return mailbox_init(&actor->mailbox) ? POOLTOY_ENOMEM : POOLTOY_OK;
}

void actor_destroy(struct actor *actor)
{
	mailbox_destroy(&actor->mailbox);
}

void actor_wait(struct actor *actor, uint64_t deadline)
{
	mailbox_wait(&actor->mailbox, deadline);
	if (sync_load(&actor->killed, relaxed) && sync_exchange(&actor->killed, false, acq_rel))
		sync_thread_exit();
}

void actor_kill(struct actor *actor)
{
	sync_store(&actor->killed, true, release); /* pairs with actor_wait */
	mailbox_wake(&actor->mailbox);
}

void actor_pardon(struct actor *actor)
{
	sync_store(&actor->killed, false, relaxed);
}

bool actor_succeed(struct actor *actor, const struct thread_spec *spec, sync_atomic(bool) * stop)
{
	enum { RETRY_MS = 10 };

	/*
	 * The mailbox's parker is this thread's until the next one has started; a message that wakes it
	 * stays in the mailbox.
	 */
	while (thread_start(&actor->thread, spec)) {
		if (sync_load(stop, acquire))
			return false;
		mailbox_wait(&actor->mailbox, deadline_from_timeout(RETRY_MS));
	}
	mailbox_wake(&actor->mailbox);
	return true;
}
