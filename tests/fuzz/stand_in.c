/* SPDX-License-Identifier: MIT */
/* stand_in.c: what the dispatcher uses of the library, for a supervisor that always has the same tree. */
#include <pooltoy.h>

#include <stdio.h>
#include <string.h>

enum { WORKERS = 3 };

static struct pooltoy_pool *const poolio = (struct pooltoy_pool *)&(char){ 0 };

const char *pooltoy_last_error(void)
{
	return "the story, with bytes that are no text: \xff\xc3";
}

const char *pooltoy_version(void)
{
	return POOLTOY_VERSION;
}

int pooltoy_find_pool(struct pooltoy_supervisor *supervisor, const char *name,
		      struct pooltoy_pool **pool)
{
	(void)supervisor;
	*pool = poolio;
	return strcmp(name, "poolio") == 0 ? POOLTOY_OK : POOLTOY_ENOENT;
}

void pooltoy_pool_release(struct pooltoy_pool *pool)
{
	(void)pool;
}

const char *pooltoy_pool_name(const struct pooltoy_pool *pool)
{
	(void)pool;
	return "poolio";
}

int pooltoy_pool_status(struct pooltoy_pool *pool, struct pooltoy_pool_status *status)
{
	(void)pool;
	status->state = POOLTOY_POOL_FAILED;
	snprintf(status->last_reason, sizeof status->last_reason, "\xff");
	return POOLTOY_OK;
}

int pooltoy_pool_histogram(struct pooltoy_pool *pool, enum pooltoy_duration duration,
			   struct pooltoy_histogram *histogram)
{
	(void)pool;
	histogram->sampled = (int)duration;
	histogram->count = 1;
	histogram->buckets[POOLTOY_HISTOGRAM_BUCKETS - 1] = 1;
	return POOLTOY_OK;
}

uint64_t pooltoy_histogram_bound(int bucket)
{
	return bucket == POOLTOY_HISTOGRAM_BUCKETS - 1 ? UINT64_MAX : (uint64_t)bucket;
}

const char *pooltoy_duration_name(enum pooltoy_duration duration)
{
	return duration == POOLTOY_DURATION_WAIT ? "wait" : "hold";
}

const char *pooltoy_pool_state_name(enum pooltoy_pool_state state)
{
	(void)state;
	return "failed";
}

const char *pooltoy_worker_state_name(enum pooltoy_worker_state state)
{
	(void)state;
	return "leased";
}

int pooltoy_walk(struct pooltoy_supervisor *supervisor,
		 int (*visit)(const struct pooltoy_node *node, void *argument), void *argument)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_node node = { .type = POOLTOY_NODE_SUPERVISOR };
	int result;

	(void)supervisor;
	result = visit(&node, argument);
	node = (struct pooltoy_node){ .type = POOLTOY_NODE_POOL,
				      .pool = "p\x80ool",
				      .status = &status };
	result = result ? result : visit(&node, argument);
	node = (struct pooltoy_node){ .type = POOLTOY_NODE_MANAGER, .thread_id = 7 };
	result = result ? result : visit(&node, argument);
	for (int worker = 0; !result && worker < WORKERS; worker++) {
		node = (struct pooltoy_node){ .type = POOLTOY_NODE_WORKER,
					      .worker = worker,
					      .state = POOLTOY_WORKER_LEASED,
					      .monitored = worker > 0,
					      .holder_name = "\xf0",
					      .acquired_at = poolio };
		result = visit(&node, argument);
	}
	return result;
}

int pooltoy_pool_revive(struct pooltoy_pool *pool)
{
	(void)pool;
	return POOLTOY_OK;
}

int pooltoy_pool_pause(struct pooltoy_pool *pool)
{
	(void)pool;
	return POOLTOY_OK;
}

int pooltoy_pool_resume(struct pooltoy_pool *pool)
{
	(void)pool;
	return POOLTOY_ESTOPPED;
}

int pooltoy_pool_resize(struct pooltoy_pool *pool, int size, int max_overflow)
{
	(void)pool;
	return size < max_overflow ? POOLTOY_OK : POOLTOY_EINVAL;
}

int pooltoy_kill_manager(struct pooltoy_pool *pool)
{
	(void)pool;
	return POOLTOY_ESTARTING;
}

int pooltoy_kill_worker(struct pooltoy_pool *pool, int index)
{
	(void)pool;
	return index < WORKERS ? POOLTOY_OK : POOLTOY_ENOENT;
}

int pooltoy_kill_supervisor(struct pooltoy_supervisor *supervisor)
{
	(void)supervisor;
	return POOLTOY_OK;
}

size_t pooltoy_event_format(const struct pooltoy_event *event, char *buffer, size_t size)
{
	(void)event;
	return (size_t)snprintf(buffer, size, "an event");
}
