/* SPDX-License-Identifier: MIT */
/* notifier.c: a bounded ring of events, a mailbox of errands, and the thread that serves both. */
#include "notifier.h"

#include <string.h>

struct event_record {
	struct pooltoy_event event;
	struct extension *extension; /* to be told; with a reference */
	char pool[NOTIFIER_NAME], reason[NOTIFIER_REASON];
	struct sync_stack stack;
};

static void copy_text(char *to, size_t size, const char *from)
{
	size_t length = from ? strnlen(from, size - 1) : 0;

	if (length > 0)
		memcpy(to, from, length);
	to[length] = 0;
}

void notifier_emit(struct notifier *notifier, const struct pooltoy_event *event)
{
	static const struct sync_stack none;

	notifier_emit_with(notifier, event, &none);
}

void notifier_emit_with(struct notifier *notifier, const struct pooltoy_event *event,
			const struct sync_stack *stack)
{
	struct event_record *record = NULL;

	sync_mutex_lock(&notifier->lock);
	if (notifier->count < NOTIFIER_RING) {
		record = &notifier->ring[(notifier->first + notifier->count) % NOTIFIER_RING];
		record->event = *event;
		record->event.dropped = notifier->dropped;
		copy_text(record->pool, sizeof record->pool, event->pool);
		copy_text(record->reason, sizeof record->reason, event->reason);
		record->stack = *stack;
		notifier->count++;
		notifier->dropped = 0;
	} else {
		notifier->dropped++;
	}
	sync_mutex_unlock(&notifier->lock);
	if (record)
		mailbox_wake(&notifier->actor.mailbox);
}

/* With the lock. */
static struct extension *extension_locked(struct notifier *notifier)
{
	if (notifier->extension)
		notifier->extension->ref(notifier->extension);
	return notifier->extension;
}

struct extension *notifier_extension(struct notifier *notifier)
{
	struct extension *extension;

	sync_mutex_lock(&notifier->lock);
	extension = extension_locked(notifier);
	sync_mutex_unlock(&notifier->lock);
	return extension;
}

bool notifier_extend(struct notifier *notifier, struct extension *extension)
{
	bool first;

	sync_mutex_lock(&notifier->lock);
	first = !notifier->extension;
	if (first) {
		notifier->extension = extension;
		extension->ref(extension);
	}
	sync_mutex_unlock(&notifier->lock);
	return first;
}

bool notifier_extend_no_more(struct notifier *notifier, struct extension *extension)
{
	bool was_there;

	sync_mutex_lock(&notifier->lock);
	was_there = notifier->extension == extension;
	if (was_there)
		notifier->extension = NULL;
	sync_mutex_unlock(&notifier->lock);
	return was_there;
}

static bool next_event(struct notifier *notifier, struct event_record *record)
{
	bool found;

	sync_mutex_lock(&notifier->lock);
	found = notifier->count > 0;
	if (found) {
		*record = notifier->ring[notifier->first];
		record->extension = extension_locked(notifier);
		notifier->first = (notifier->first + 1) % NOTIFIER_RING;
		notifier->count--;
	}
	sync_mutex_unlock(&notifier->lock);
	return found;
}

static bool serve_one(struct notifier *notifier)
{
	struct message *message = mailbox_take(&notifier->actor.mailbox);
	struct event_record record;
	char stack[NOTIFIER_STACK];

	if (message) {
		struct errand *errand = (struct errand *)message; /* its first member */

		errand->run(errand);
		return true;
	}
	if (!next_event(notifier, &record))
		return false;
	record.event.struct_size = sizeof record.event;
	record.event.pool = record.pool;
	record.event.reason = record.reason;
	sync_stack_describe(&record.stack, stack, sizeof stack);
	record.event.stack = stack[0] ? stack : NULL;
	if (record.extension) {
		record.extension->hear(record.extension, &record.event);
		record.extension->unref(record.extension);
	}
	notifier->on_event(&record.event, notifier->argument);
	return true;
}

static void notifier_main(void *argument);

static struct thread_spec notifier_thread(struct notifier *notifier)
{
	return (struct thread_spec){
		.name = "notifier", .suffix = "", .body = notifier_main, .argument = notifier
	};
}

static void notifier_ends(void *argument)
{
	struct notifier *notifier = argument;
	struct pooltoy_supervisor *supervisor = notifier->supervisor;
	struct thread *self = notifier->actor.thread;
	struct thread_spec spec = notifier_thread(notifier);

	/* If it has not finished, a callback has ended the thread, not the notifier. */
	supervisor_ref(supervisor); /* the next thread's */
	if (!notifier->finished && actor_succeed(&notifier->actor, &spec, &notifier->stop)) {
		thread_leave(self, notifier->reaper);
	} else {
		supervisor_unref(supervisor);
		thread_leave(self, notifier->reaper);
		sync_store(&notifier->stopped, true, release); /* pairs with notifier_stop */
		parker_unpark(sync_load(&notifier->stopper, acquire));
	}
	supervisor_unref(supervisor); /* this thread's; it may be the last */
}

static void notifier_main(void *argument)
{
	struct notifier *notifier = argument;
	bool stop;

	sync_cleanup_push(notifier_ends, notifier);
	sync_store(&notifier->actor.thread_id, sync_thread_id(), relaxed);
	do {
		stop = sync_load(&notifier->stop,
				 acquire); /* before the last look at what is there */
		while (serve_one(notifier))
			;
		if (!stop)
			actor_wait(&notifier->actor, SYNC_NEVER);
	} while (!stop);
	notifier->finished = true;
	sync_cleanup_pop(1);
}

int notifier_start(struct notifier *notifier, struct pooltoy_supervisor *supervisor,
		   struct reaper *reaper, pooltoy_event_fn *on_event, void *argument)
{
	struct thread_spec spec = notifier_thread(notifier);
	int code;

	memset(notifier, 0, sizeof *notifier);
	notifier->reaper = reaper;
	notifier->on_event = on_event;
	notifier->argument = argument;
	notifier->supervisor = supervisor;
	notifier->ring = sync_alloc(NOTIFIER_RING * sizeof *notifier->ring);
	if (!notifier->ring)
		return POOLTOY_ENOMEM;
	code = actor_init(&notifier->actor);
	if (code)
		goto no_actor;
	code = sync_mutex_init(&notifier->lock, RANK_EVENTS) ? POOLTOY_ENOMEM : POOLTOY_OK;
	if (code)
		goto no_lock;
	supervisor_ref(supervisor); /* the thread's */
	code = thread_start(&notifier->actor.thread, &spec);
	if (!code)
		return POOLTOY_OK;

	supervisor_unref(supervisor);
	sync_mutex_destroy(&notifier->lock);
no_lock:
	actor_destroy(&notifier->actor);
no_actor:
	sync_free(notifier->ring);
	return code;
}

void notifier_send(struct notifier *notifier, struct errand *errand)
{
	mailbox_post(&notifier->actor.mailbox, &errand->message);
}

bool notifier_is_self(struct notifier *notifier)
{
	return sync_load(&notifier->actor.thread_id, relaxed) == sync_thread_id();
}

bool notifier_stop(struct notifier *notifier, struct parker *parker, uint64_t deadline)
{
	sync_store(&notifier->stopper, parker, release);
	sync_store(&notifier->stop, true, release);
	mailbox_wake(&notifier->actor.mailbox);
	while (!sync_load(&notifier->stopped, acquire))
		if (!parker_park(parker, deadline))
			return false;
	return true;
}

void notifier_destroy(struct notifier *notifier)
{
	sync_mutex_destroy(&notifier->lock);
	actor_destroy(&notifier->actor);
	sync_free(notifier->ring);
}
