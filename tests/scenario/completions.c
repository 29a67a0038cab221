/* SPDX-License-Identifier: MIT */
/* completions.c: starting operations, and taking what became of them as a server does. */
#include "completions.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

void scene_open(struct scene *scene, const struct pooltoy_pool_spec *given)
{
	scene_begin(scene, given);
	MUST(pooltoy_completion_queue_open(&scene->queue));
}

void scene_close(struct scene *scene)
{
	pooltoy_completion_queue_close(scene->queue);
	scene_end(scene);
}

bool is_readable(struct scene *scene)
{
	struct pollfd poller = { pooltoy_completion_queue_fd(scene->queue), POLLIN, 0 };

	return poll(&poller, 1, 0) == 1;
}

const struct pooltoy_completion *next_completion(struct scene *scene)
{
	struct pollfd poller = { pooltoy_completion_queue_fd(scene->queue), POLLIN, 0 };
	const struct pooltoy_completion *completion = NULL;
	int count, ready;

	do {
		ready = poll(&poller, 1, SOON);
		CU_ASSERT(ready == 1 || errno == EINTR);
		count = pooltoy_completion_queue_drain(scene->queue, &completion, 1);
	} while (count == 0 && ready != 0);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	return completion;
}

void expect_none(struct scene *scene)
{
	const struct pooltoy_completion *completion;

	EXPECT(0, pooltoy_completion_queue_drain(scene->queue, &completion, 1));
	CU_ASSERT_FALSE(is_readable(scene));
}

struct pooltoy_lease expect(struct scene *scene, enum pooltoy_completion_type type, void *tag,
			    int code)
{
	const struct pooltoy_completion *completion = next_completion(scene);
	struct pooltoy_lease lease = completion->lease;

	CU_ASSERT(completion->struct_size >= sizeof *completion);
	CU_ASSERT_EQUAL(completion->type, type);
	CU_ASSERT_PTR_EQUAL(completion->tag, tag);
	CU_ASSERT_EQUAL(completion->code, code);
	if (completion->code != code)
		printf("# code %d: %s\n", completion->code, completion->reason);
	pooltoy_completion_release(completion);
	return lease;
}

int start_checkout(struct scene *scene, int timeout_ms, void *tag, struct pooltoy_pending *pending)
{
	return pooltoy_checkout_start(scene->queue, scene->pool, NULL, timeout_ms, tag, pending);
}

int start_call(struct scene *scene, const struct pooltoy_lease *lease, struct order order,
	       int timeout_ms, struct pooltoy_pending *pending)
{
	return pooltoy_call_start(scene->queue, lease, &order, sizeof order, timeout_ms, scene,
				  pending);
}

void start_held_call(struct scene *scene, const struct pooltoy_lease *lease, int timeout_ms,
		     struct pooltoy_pending *pending)
{
	MUST(start_call(scene, lease, (struct order){ HOLD, 1, &scene->gate }, timeout_ms,
			pending));
}

struct pooltoy_lease check_out(struct scene *scene)
{
	MUST(start_checkout(scene, SOON, scene, NULL));
	return expect(scene, POOLTOY_COMPLETION_CHECKOUT, scene, 0);
}

int answer_of(const struct pooltoy_completion *completion)
{
	int answer = -1;

	CU_ASSERT_EQUAL(completion->length, sizeof answer);
	if (completion->length == sizeof answer)
		memcpy(&answer, completion->reply, sizeof answer);
	return answer;
}
