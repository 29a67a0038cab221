/* SPDX-License-Identifier: MIT */
/* completion_queue.c: records, a queue of those that are ready, an event. */
#include "completion_queue.h"

#include <string.h>

static void queue_ref(struct pooltoy_completion_queue *queue)
{
	sync_fetch_add(&queue->references, 1, relaxed);
}

static void queue_unref(struct pooltoy_completion_queue *queue)
{
	if (sync_fetch_sub(&queue->references, 1, acq_rel) != 1)
		return;
	while (queue->records) {
		struct completion *next = queue->records->next;

		sync_free(queue->records);
		queue->records = next;
	}
	sync_mutex_destroy(&queue->lock);
	sync_event_destroy(&queue->event);
	sync_free(queue);
}

int completion_queue_create(const struct completion_kind *kind,
			    struct pooltoy_completion_queue **queue)
{
	struct pooltoy_completion_queue *made = sync_alloc_lines(sizeof *made);
	int failed;

	if (!made)
		return POOLTOY_ENOMEM;
	made->kind = kind;
	made->fork_epoch = sync_fork_epoch();
	atomic_init(&made->references, 1);
	sync_queue_init(&made->ready);
	if (sync_mutex_init(&made->lock, RANK_RECORDS)) {
		sync_free(made);
		return POOLTOY_ENOMEM;
	}
	failed = sync_event_init(&made->event);
	if (failed) {
		sync_mutex_destroy(&made->lock);
		sync_free(made);
		return failed == ENOMEM ? POOLTOY_ENOMEM : POOLTOY_EAGAIN;
	}
	*queue = made;
	return POOLTOY_OK;
}

/* Records. */

static struct completion *take_free(struct pooltoy_completion_queue *queue)
{
	struct completion *completion;

	sync_mutex_lock(&queue->lock);
	completion = queue->free;
	if (completion) {
		queue->free = completion->next_free;
		completion->serial++;
		sync_store(&completion->references, 1, relaxed);
	}
	sync_mutex_unlock(&queue->lock);
	return completion;
}

static struct completion *make(struct pooltoy_completion_queue *queue)
{
	struct completion *completion = sync_alloc(queue->kind->size);

	if (!completion)
		return NULL;
	completion->queue = queue;
	completion->serial = 1;
	atomic_init(&completion->references, 1);
	sync_mutex_lock(&queue->lock);
	completion->next = queue->records;
	queue->records = completion;
	sync_mutex_unlock(&queue->lock);
	return completion;
}

struct completion *completion_take(struct pooltoy_completion_queue *queue)
{
	struct completion *completion = take_free(queue);

	if (!completion)
		completion = make(queue);
	if (!completion)
		return NULL;
	queue_ref(queue);
	completion->told = (struct pooltoy_completion){ .struct_size = sizeof completion->told,
							.worker = -1,
							.reason = "" };
	memset(completion + 1, 0, queue->kind->size - sizeof *completion);
	return completion;
}

void completion_ref(struct completion *completion)
{
	sync_fetch_add(&completion->references, 1, relaxed);
}

void completion_unref(struct completion *completion)
{
	struct pooltoy_completion_queue *queue = completion->queue;

	if (sync_fetch_sub(&completion->references, 1, acq_rel) != 1)
		return;
	queue->kind->dispose(completion);
	sync_mutex_lock(&queue->lock);
	completion->next_free = queue->free;
	queue->free = completion;
	sync_mutex_unlock(&queue->lock);
	queue_unref(queue);
}

static bool ref_if_any_locked(struct completion *completion)
{
	unsigned references = sync_load(&completion->references, relaxed);

	while (references > 0)
		if (sync_cas(&completion->references, &references, references + 1, acquire))
			return true;
	return false;
}

bool completion_find(struct completion *completion, uint64_t serial)
{
	struct pooltoy_completion_queue *queue = completion->queue;
	bool found;

	sync_mutex_lock(&queue->lock);
	found = completion->serial == serial && ref_if_any_locked(completion);
	sync_mutex_unlock(&queue->lock);
	return found;
}

/* Completions. */

static struct completion *completion_at(struct sync_queue_node *node)
{
	return (struct completion *)((char *)node - offsetof(struct completion, node));
}

static void tell_receiver(struct pooltoy_completion_queue *queue)
{
	/*
	 * Sequentially consistent, after the push: pairs with the look again in completion_queue_drain.
	 * An exchange even if the word is set already: a mere look could come before the push.
	 */
	if (!sync_exchange(&queue->signalled, true, seq_cst))
		sync_event_set(&queue->event);
}

static void leave_all_behind(struct pooltoy_completion_queue *queue)
{
	struct sync_queue_node *node;

	do {
		sync_mutex_lock(&queue->lock);
		node = sync_queue_pop(&queue->ready);
		sync_mutex_unlock(&queue->lock);
		if (node) {
			queue->kind->left_behind(completion_at(node));
			completion_unref(completion_at(node));
		}
	} while (node);
}

void completion_post(struct completion *completion)
{
	struct pooltoy_completion_queue *queue = completion->queue;

	queue_ref(queue); /* the completion may be drained and released in a moment */
	sync_queue_push(&queue->ready, &completion->node);
	tell_receiver(queue);
	/* Sequentially consistent: pairs with completion_queue_close. */
	if (sync_load(&queue->closed, seq_cst))
		leave_all_behind(queue);
	queue_unref(queue);
}

unsigned completion_queue_drain(struct pooltoy_completion_queue *queue,
				const struct pooltoy_completion *completions[], unsigned max)
{
	bool reset = false;
	unsigned count = 0;

	while (count < max) {
		struct sync_queue_node *node = sync_queue_pop(&queue->ready);

		if (node) {
			completions[count++] = &completion_at(node)->told;
		} else if (!reset) {
			reset = true;
			/* In this order: a sender who comes in between finds the word set, and is seen. */
			sync_event_reset(&queue->event);
			/* Pairs with tell_receiver; an exchange, so that what a sender has pushed who
			 * found the word set is seen. */
			sync_exchange(&queue->signalled, false, seq_cst);
		} else {
			return count;
		}
	}
	/* What is left may be of senders who found the word set. */
	if (reset)
		tell_receiver(queue);
	return count;
}

void completion_queue_close(struct pooltoy_completion_queue *queue)
{
	struct completion *completion;
	bool held;

	sync_store(&queue->closed, true, seq_cst); /* then it looks: pairs with completion_post */
	for (completion = queue->records; completion; completion = completion->next) {
		sync_mutex_lock(&queue->lock);
		held = ref_if_any_locked(completion);
		sync_mutex_unlock(&queue->lock);
		if (!held)
			continue;
		queue->kind->cancel(completion);
		completion_unref(completion);
	}
	leave_all_behind(queue);
	queue_unref(queue);
}
