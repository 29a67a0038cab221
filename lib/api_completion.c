/* SPDX-License-Identifier: MIT */
/* api_completion.c: completion queues, completions, and cancelling what is pending. */
#include "error.h"
#include "operation.h"

#include <limits.h>

int pooltoy_completion_queue_open(struct pooltoy_completion_queue **queue)
{
	struct pooltoy_completion_queue *made;
	struct pooltoy_client *client;
	int code;

	if (!queue)
		return error_set(POOLTOY_EINVAL, "completion queue: NULL for the handle");
	code = completion_queue_create(&operation_kind, &made);
	if (code)
		return error_set(code, "completion queue: %s",
				 code == POOLTOY_ENOMEM ? "no memory"
							: "no descriptor is to be had");
	code = pooltoy_client_open("completions", &client);
	if (code) {
		completion_queue_close(made);
		return error_set(code, "completion queue: no memory");
	}
	made->client = client;
	*queue = made;
	return POOLTOY_OK;
}

int pooltoy_completion_queue_fd(struct pooltoy_completion_queue *queue)
{
	int code = operation_check(queue);

	return code ? code : sync_event_descriptor(&queue->event);
}

int pooltoy_completion_queue_drain(struct pooltoy_completion_queue *queue,
				   const struct pooltoy_completion *completions[], unsigned max)
{
	int code = operation_check(queue);

	if (code)
		return code;
	if (!completions && max > 0)
		return error_set(POOLTOY_EINVAL, "completion queue: NULL for the completions");
	return (int)completion_queue_drain(queue, completions, max < INT_MAX ? max : INT_MAX);
}

void pooltoy_completion_release(const struct pooltoy_completion *completion)
{
	if (completion && completion_of(completion)->queue->fork_epoch == sync_fork_epoch())
		completion_unref(completion_of(completion));
}

void pooltoy_completion_queue_close(struct pooltoy_completion_queue *queue)
{
	struct pooltoy_client *client;

	if (!queue || queue->fork_epoch != sync_fork_epoch())
		return;
	client = queue->client;
	completion_queue_close(queue);
	pooltoy_client_close(client);
}

int pooltoy_pending_cancel(const struct pooltoy_pending *pending)
{
	struct completion *completion = pending ? (struct completion *)pending->operation : NULL;
	bool cancelled;
	int code;

	if (!completion)
		return error_set(POOLTOY_EINVAL, "pending: not one that a start has given");
	code = operation_check(completion->queue);
	if (code)
		return code;
	cancelled = completion_find(completion, pending->serial);
	if (cancelled) {
		cancelled = operation_leave((struct operation *)completion, POOLTOY_ECANCELLED);
		completion_unref(completion);
	}
	return cancelled
		       ? POOLTOY_OK
		       : error_set(POOLTOY_ESTALE, "pending: the operation is over, or has begun");
}
