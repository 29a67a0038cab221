// SPDX-License-Identifier: MIT
// tbb.cc: oneTBB. As a pool of resources: its bounded queue, as those use it who have it; as an executor of
// tasks: an arena of so many workers, into which is enqueued. It knows nothing of who holds what.
#include <memory>
#include <vector>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include "subjects/subject.h"

namespace {

using queue = oneapi::tbb::concurrent_bounded_queue<uint64_t *>;

struct pool_set {
	std::vector<uint64_t> resources;
	std::vector<std::unique_ptr<queue>> queues;
	unsigned in_turn;
};

void *pool_open(const order *order)
{
	auto set = new pool_set;

	set->resources.resize(size_t{ order->pools } * order->workers);
	set->in_turn = order->in_turn ? order->pools : 1;
	for (unsigned i = 0; i < order->pools; i++) {
		set->queues.push_back(std::make_unique<queue>());
		for (unsigned j = 0; j < order->workers; j++)
			set->queues[i]->push(&set->resources[size_t{ i } * order->workers + j]);
	}
	return set;
}

void pool_close(void *set)
{
	delete static_cast<pool_set *>(set);
}

void turns(void *argument, uint64_t turns)
{
	auto set = static_cast<pool_set *>(argument);
	unsigned next = 0;

	for (uint64_t i = 0; i < turns; i++) {
		uint64_t *resource;

		set->queues[next]->pop(resource);
		set->queues[next]->push(resource);
		if (++next >= set->in_turn)
			next = 0;
	}
}

void checkout(void *set, holding *holding)
{
	uint64_t *resource;

	static_cast<pool_set *>(set)->queues[0]->pop(resource);
	holding->word[0] = reinterpret_cast<uintptr_t>(resource);
}

void checkin(void *set, const holding *holding)
{
	static_cast<pool_set *>(set)->queues[0]->push(reinterpret_cast<uint64_t *>(holding->word[0]));
}

struct task_set {
	// TBB counts the thread that asks among the threads it may use.
	oneapi::tbb::global_control control;
	oneapi::tbb::task_arena arena;

	explicit task_set(unsigned workers)
		: control(oneapi::tbb::global_control::max_allowed_parallelism, workers + 1),
		  arena(static_cast<int>(workers), 0)
	{
		arena.initialize();
	}
};

void *task_open(const order *order)
{
	return new task_set(order->workers);
}

void task_close(void *set)
{
	delete static_cast<task_set *>(set);
}

void submit(void *set, unsigned, void (*function)(void *), void *argument)
{
	static_cast<task_set *>(set)->arena.enqueue([=] { function(argument); });
}

const pool_ops pool = { pool_open, pool_close, turns, checkout, checkin };
const task_ops task = { task_open, task_close, submit, nullptr };

} // namespace

const struct subject subject = { "tbb", &pool, nullptr, &task, nullptr };
