/* SPDX-License-Identifier: MIT */
/* test_pools.cpp: supervisors, pools, tasks and completion queues. */
#include "support.hpp"

#include <atomic>
#include <memory>
#include <poll.h>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace
{

using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<pooltoy::supervisor> &&
	      !std::is_copy_constructible_v<pooltoy::pool> &&
	      !std::is_copy_constructible_v<pooltoy::client> &&
	      !std::is_copy_constructible_v<pooltoy::completion> &&
	      !std::is_copy_constructible_v<pooltoy::completion_queue>);

template <class T> void move_to(T &to, T &from)
{
	to = std::move(from);
}

/* Waits at its gates before it doubles. */
struct gates {
	gate entered, opened;
};
class waiter
{
public:
	int init(pooltoy::worker, gates *given)
	{
		gates_ = given;
		return 0;
	}
	int handle_call(pooltoy::worker self, const int &number)
	{
		gates_->entered.open();
		CU_ASSERT(gates_->opened.await());
		return self.reply(2 * number);
	}

private:
	gates *gates_ = nullptr;
};

void a_supervisor_starts_finds_and_stops_pools()
{
	pooltoy::supervisor supervisor = quiet_supervisor();
	pooltoy::pool started = supervisor.start_pool<doubler>("poolio", 2).value();
	pooltoy::pool found = supervisor.find_pool("poolio").value();

	CU_ASSERT_STRING_EQUAL(found.name(), "poolio");
	CU_ASSERT_PTR_EQUAL(found.get(), started.get());
	EXPECT_CODE(POOLTOY_EEXIST, supervisor.start_pool<doubler>("poolio", 2));
	EXPECT_CODE(POOLTOY_ENOENT, supervisor.find_pool("pooly"));
	EXPECT_CODE(POOLTOY_OK, started.stop());
	EXPECT_CODE(POOLTOY_ESTOPPED, found.stop(1s));
	EXPECT_CODE(POOLTOY_ESTOPPED, found.checkout(0s));
	EXPECT_CODE(POOLTOY_OK, supervisor.stop(1s));
	CU_ASSERT(!supervisor);
	EXPECT_CODE(POOLTOY_EINVAL, supervisor.stop());
}

void a_supervisor_that_is_destroyed_stops_its_pools()
{
	pooltoy::pool pool;
	pooltoy::lease lease;
	{
		pooltoy::supervisor supervisor = quiet_supervisor();
		pool = supervisor.start_pool<doubler>("poolio", 1).value();
		lease = pool.checkout(soon).value();
		move_to(supervisor, supervisor);
		CU_ASSERT_EQUAL(lease.call<int>(1, soon).value(), 2);
		pooltoy::supervisor moved(std::move(supervisor));
		CU_ASSERT(!supervisor && moved);
	}
	EXPECT_CODE(POOLTOY_ESTOPPED, pool.checkout(0s));
	EXPECT_CODE(POOLTOY_ESTALE, lease.checkin());
}

void a_supervisor_that_cannot_be_stopped_here_remains()
{
	struct stopper {
		int init(pooltoy::worker, pooltoy::supervisor *given)
		{
			supervisor = given;
			return 0;
		}
		int handle_call(pooltoy::worker self, pooltoy::bytes)
		{
			return self.reply(supervisor->stop().code());
		}
		pooltoy::supervisor *supervisor = nullptr;
	};
	pooltoy::supervisor supervisor = quiet_supervisor();
	pooltoy::pool pool = supervisor.start_pool<stopper>("poolio", 1, &supervisor).value();
	pooltoy::lease lease = pool.checkout(soon).value();

	CU_ASSERT_EQUAL(lease.call<int>("", soon).value(), POOLTOY_EDEADLK);
	CU_ASSERT(static_cast<bool>(supervisor));
	EXPECT_CODE(POOLTOY_OK, supervisor.stop());
}

void a_specification_has_every_field_of_c()
{
	pooltoy::supervisor supervisor = quiet_supervisor();
	gates given;
	auto spec = pooltoy::pool_spec::of<waiter>("poolio", 1, &given);
	pooltoy::pool_spec zero("pooly", pooltoy::worker_ops<doubler>, -1);

	CU_ASSERT_PTR_EQUAL(spec.argument, &given);
	CU_ASSERT_EQUAL(spec.struct_size, sizeof(pooltoy_pool_spec));
	spec.max_overflow = 4;
	pooltoy::pool pool = supervisor.start_pool(spec).value();
	CU_ASSERT_EQUAL(pool.status().value().max_overflow, 4);
	pooltoy::result<pooltoy::pool> refused = supervisor.start_pool(zero);
	EXPECT_CODE(POOLTOY_EINVAL, refused);
	EXPECT_STORY(refused, "pooly");
}

void handles_are_retained_and_moved()
{
	stage<doubler> stage(1);
	pooltoy::pool other = stage.pool.retain();

	move_to(other, other);
	CU_ASSERT_PTR_EQUAL(other.get(), stage.pool.get());
	stage.pool = pooltoy::pool();
	CU_ASSERT(!stage.pool);
	CU_ASSERT(!stage.pool.retain());
	CU_ASSERT_STRING_EQUAL(stage.pool.name(), "");
	EXPECT_CODE(POOLTOY_EINVAL, stage.pool.checkout(0s));
	EXPECT_CODE(POOLTOY_EINVAL, stage.pool.submit(1));
	EXPECT_CODE(POOLTOY_EINVAL, stage.pool.status());
	CU_ASSERT_EQUAL(other.checkout(soon).value().call<int>(1, soon).value(), 2);
	EXPECT_CODE(POOLTOY_OK, stage.supervisor.stop());
	EXPECT_CODE(POOLTOY_ESTOPPED, other.checkout(0s));
}

void workers_and_managers_are_killed_and_pools_revived()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();

	EXPECT_CODE(POOLTOY_ENOENT, stage.pool.kill_worker(7));
	EXPECT_CODE(POOLTOY_OK, stage.pool.kill_worker(-1));
	EXPECT_CODE(POOLTOY_ESTALE, lease.call<int>(1, soon));
	lease = stage.checkout();
	EXPECT_CODE(POOLTOY_OK, stage.pool.kill_manager());
	EXPECT_CODE(POOLTOY_OK, stage.pool.revive());
	while (stage.pool.status().value().instance < 2)
		std::this_thread::yield();
	lease = stage.checkout();
	CU_ASSERT_EQUAL(lease.call<int>(1, soon).value(), 2);
}

void a_pool_is_paused_drained_and_resumed()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();
	pooltoy::result<void> drained = stage.pool.drain(0s);

	EXPECT_CODE(POOLTOY_ETIMEDOUT, drained);
	EXPECT_STORY(drained, "not at rest");
	EXPECT_CODE(POOLTOY_OK, lease.checkin());
	EXPECT_CODE(POOLTOY_OK, stage.pool.drain(soon));
	EXPECT_CODE(POOLTOY_EPAUSED, stage.pool.checkout(0s));
	EXPECT_CODE(POOLTOY_OK, stage.pool.resume());
	lease = stage.checkout();
	EXPECT_CODE(POOLTOY_OK, stage.pool.pause());
	EXPECT_CODE(POOLTOY_EPAUSED, stage.pool.checkout(0s));
	EXPECT_CODE(POOLTOY_OK, stage.pool.resume());
}

void a_checkout_and_a_call_have_one_deadline_and_a_token()
{
	stage<doubler> stage(1);
	pooltoy::cancel_token token = pooltoy::cancel_token::open().value();
	pooltoy::client client = pooltoy::client::open("visitor").value();
	pooltoy_checkout_options checkout = POOLTOY_CHECKOUT_OPTIONS_INIT;
	pooltoy_call_options call = POOLTOY_CALL_OPTIONS_INIT;
	std::vector<unsigned char> reply;

	checkout.deadline = call.deadline = pooltoy_deadline_after(pooltoy::to_milliseconds(soon));
	checkout.cancel = call.cancel = token.get();
	checkout.client = client.get();
	pooltoy::lease lease = stage.pool.checkout(checkout).value();
	CU_ASSERT_EQUAL(lease.call<int>(21, call).value(), 42);
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(21, call));
	EXPECT_CODE(POOLTOY_OK, lease.call(21, reply, call));
	CU_ASSERT_EQUAL(reply.size(), sizeof(int));
	std::thread waiter([&] { EXPECT_CODE(POOLTOY_ECANCELLED, stage.pool.checkout(checkout)); });
	while (stage.pool.status().value().waiting == 0)
		std::this_thread::yield();
	token.cancel();
	waiter.join();
	EXPECT_CODE(POOLTOY_ECANCELLED, lease.call<int>(21, call));
}

void a_pool_is_resized_and_waited_for_and_its_workers_replaced()
{
	stage<doubler> stage(1);

	EXPECT_CODE(POOLTOY_EINVAL, stage.pool.resize(-1));
	EXPECT_CODE(POOLTOY_OK, stage.pool.resize(2, 3));
	CU_ASSERT_EQUAL(stage.pool.status().value().size, 2);
	CU_ASSERT_EQUAL(stage.pool.status().value().max_overflow, 3);
	EXPECT_CODE(POOLTOY_OK, stage.pool.wait_ready(2, soon));
	EXPECT_CODE(POOLTOY_OK, stage.pool.resize(2));
	CU_ASSERT_EQUAL(stage.pool.status().value().max_overflow, 0);
	EXPECT_CODE(POOLTOY_EINVAL, stage.pool.replace_workers(-1));
	EXPECT_CODE(POOLTOY_OK, stage.pool.replace_workers());
	while (stage.pool.status().value().to_replace > 0)
		std::this_thread::yield();
	EXPECT_CODE(POOLTOY_OK, stage.pool.wait_ready(0, pooltoy::forever));
}

void a_pool_is_stopped_with_or_without_what_has_begun()
{
	stage<doubler> stage(1);
	pooltoy::pool other = stage.supervisor.start_pool<doubler>("pooly", 1).value();

	EXPECT_CODE(POOLTOY_OK, stage.pool.stop(POOLTOY_STOP_DRAIN, soon));
	EXPECT_CODE(POOLTOY_ESTOPPED, stage.pool.stop(POOLTOY_STOP_DRAIN));
	EXPECT_CODE(POOLTOY_OK, other.stop(POOLTOY_STOP_NOW));
	EXPECT_CODE(POOLTOY_ESTOPPED, other.pause());
}

void a_supervisor_that_is_killed_has_its_pools_as_they_are()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();

	EXPECT_CODE(POOLTOY_OK, stage.supervisor.kill());
	CU_ASSERT_EQUAL(lease.call<int>(21, soon).value(), 42);
}

void a_walk_visits_the_tree()
{
	stage<doubler> stage(2);
	pooltoy::lease up = stage.checkout();
	int pools = 0, nodes = 0;

	EXPECT_CODE(POOLTOY_OK, stage.supervisor.walk([&](const pooltoy_node &node) noexcept {
		nodes++;
		pools += node.type == POOLTOY_NODE_POOL;
	}));
	CU_ASSERT_EQUAL(pools, 1);
	CU_ASSERT(nodes >= 4);
	EXPECT_CODE(POOLTOY_EINVAL,
		    pooltoy::supervisor().walk([](const pooltoy_node &) noexcept {}));
}

void a_task_tells_its_outcome_once()
{
	stage<doubler> stage(1);
	gate told;
	int answer = 0, code = 1, index = -1;
	auto owned = std::make_unique<int>(1);

	CU_ASSERT(static_cast<bool>(stage.pool.submit(
		21, [&, owned = std::move(owned)](const pooltoy::outcome &outcome) noexcept {
			code = outcome.code();
			answer = outcome.reply().read<int>().value_or(0) * *owned;
			index = outcome.worker_index();
			told.open();
		})));
	CU_ASSERT(told.await());
	CU_ASSERT_EQUAL(code, POOLTOY_OK);
	CU_ASSERT_EQUAL(answer, 42);
	CU_ASSERT_EQUAL(index, 0);
	CU_ASSERT(static_cast<bool>(stage.pool.submit(1)));
}

/* Counts how many of it there are. */
struct counted {
	static inline std::atomic<int> alive{ 0 };
	explicit counted(int *code) : code_(code)
	{
		alive++;
	}
	counted(counted &&other) noexcept : code_(other.code_)
	{
		alive++;
	}
	~counted()
	{
		alive--;
	}
	void operator()(const pooltoy::outcome &outcome) const noexcept
	{
		*code_ = outcome.code();
	}
	int *code_;
};

void a_task_that_is_cancelled_says_so_before_that_returns()
{
	gates given;
	stage<waiter> stage(1, &given);
	int first = 1, second = 1;
	pooltoy::task running = stage.pool.submit(1, counted(&first)).value();

	CU_ASSERT(given.entered.await());
	pooltoy::task waiting = stage.pool.submit(2, counted(&second)).value();
	CU_ASSERT_EQUAL(counted::alive, 2);
	EXPECT_CODE(POOLTOY_OK, waiting.cancel());
	CU_ASSERT_EQUAL(second, POOLTOY_ECANCELLED);
	CU_ASSERT_EQUAL(counted::alive, 1);
	EXPECT_CODE(POOLTOY_ESTALE, running.cancel());
	EXPECT_CODE(POOLTOY_EINVAL, pooltoy::task().cancel());
	given.opened.open();
	EXPECT_CODE(POOLTOY_OK, stage.pool.stop());
	CU_ASSERT_EQUAL(first, POOLTOY_OK);
	CU_ASSERT_EQUAL(counted::alive, 0);
}

void a_task_that_is_refused_tells_nothing_and_leaves_nothing()
{
	stage<doubler> stage(1);
	int code = 1;

	EXPECT_CODE(POOLTOY_OK, stage.pool.stop());
	EXPECT_CODE(POOLTOY_ESTOPPED, stage.pool.submit(1, counted(&code)));
	CU_ASSERT_EQUAL(code, 1);
	CU_ASSERT_EQUAL(counted::alive, 0);
}

/* Completions, as they come. */

struct inbox {
	pooltoy::completion_queue queue = pooltoy::completion_queue::open().value();
	std::unique_ptr<pooltoy::completion> last;

	/* Polls for one, and takes it. */
	pooltoy::completion &next()
	{
		last.reset();
		while (!last) {
			pollfd polled = { queue.fd().value(), POLLIN, 0 };
			CU_ASSERT(poll(&polled, 1, 30000) == 1);
			(void)queue.drain([this](pooltoy::completion completion) {
				last = std::make_unique<pooltoy::completion>(std::move(completion));
			});
		}
		return *last;
	}
};

void a_checkout_a_call_and_a_task_arrive_in_the_queue()
{
	stage<doubler> stage(1);
	inbox inbox;
	int tag = 0;

	CU_ASSERT(static_cast<bool>(inbox.queue.checkout_start(stage.pool, soon, &tag)));
	pooltoy::completion &checkout = inbox.next();
	CU_ASSERT_EQUAL(checkout.type(), POOLTOY_COMPLETION_CHECKOUT);
	CU_ASSERT_PTR_EQUAL(checkout.tag(), &tag);
	EXPECT_CODE(POOLTOY_OK, checkout);
	pooltoy::lease lease = checkout.take_lease();
	CU_ASSERT(lease && !checkout.take_lease());

	CU_ASSERT(static_cast<bool>(inbox.queue.call_start(lease, 21, soon)));
	CU_ASSERT_EQUAL(inbox.next().reply().read<int>().value_or(0), 42);
	CU_ASSERT_EQUAL(inbox.last->worker_index(), 0);
	CU_ASSERT_STRING_EQUAL(inbox.last->story(), "");
	EXPECT_CODE(POOLTOY_OK, lease.checkin());

	CU_ASSERT(static_cast<bool>(inbox.queue.submit_start(stage.pool, 4)));
	CU_ASSERT_EQUAL(inbox.next().reply().read<int>().value_or(0), 8);
	CU_ASSERT_EQUAL(inbox.queue.drain([](pooltoy::completion) {}).value(), 0);
}

void a_lease_that_nobody_takes_from_its_completion_is_given_back()
{
	stage<doubler> stage(1);
	inbox inbox;

	CU_ASSERT(static_cast<bool>(inbox.queue.checkout_start(stage.pool, soon)));
	EXPECT_CODE(POOLTOY_OK, inbox.next());
	CU_ASSERT_EQUAL(stage.leased(), 1);
	inbox.last.reset();
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_lease_of_a_started_checkout_is_the_clients()
{
	stage<doubler> stage(1);
	inbox inbox;
	pooltoy::client client = pooltoy::client::open().value();

	CU_ASSERT(static_cast<bool>(inbox.queue.checkout_start(client, stage.pool, soon)));
	pooltoy::lease lease = inbox.next().take_lease();
	CU_ASSERT_EQUAL(lease.call<int>(1, soon).value(), 2);
	client.close();
	EXPECT_CODE(POOLTOY_ESTALE, lease.call<int>(1, soon));
	EXPECT_CODE(POOLTOY_EINVAL, inbox.queue.checkout_start(client, stage.pool, soon));
}

void an_operation_is_cancelled()
{
	stage<doubler> stage(1);
	inbox inbox;
	pooltoy::lease only = stage.checkout();
	pooltoy::pending waits = inbox.queue.checkout_start(stage.pool, pooltoy::forever).value();

	EXPECT_CODE(POOLTOY_OK, waits.cancel());
	EXPECT_CODE(POOLTOY_ECANCELLED, inbox.next());
	CU_ASSERT(!inbox.last->take_lease());
	EXPECT_CODE(POOLTOY_ESTALE, waits.cancel());
	EXPECT_CODE(POOLTOY_EINVAL, pooltoy::pending().cancel());
}

void one_token_cancels_all_that_was_started_with_it()
{
	stage<doubler> stage(1);
	inbox inbox;
	pooltoy::cancel_token token = pooltoy::cancel_token::open().value();
	pooltoy_checkout_options checkout = POOLTOY_CHECKOUT_OPTIONS_INIT;
	pooltoy_call_options call = POOLTOY_CALL_OPTIONS_INIT;
	pooltoy_task_options task = POOLTOY_TASK_OPTIONS_INIT;

	checkout.cancel = call.cancel = task.cancel = token.get();
	checkout.deadline = call.deadline = task.deadline =
		pooltoy_deadline_after(pooltoy::to_milliseconds(soon));
	CU_ASSERT(static_cast<bool>(inbox.queue.checkout_start(stage.pool, checkout)));
	pooltoy::lease lease = inbox.next().take_lease();
	CU_ASSERT(static_cast<bool>(inbox.queue.call_start(lease, 21, call)));
	CU_ASSERT_EQUAL(inbox.next().reply().read<int>().value_or(0), 42);
	CU_ASSERT(static_cast<bool>(inbox.queue.checkout_start(stage.pool, checkout)));
	CU_ASSERT(static_cast<bool>(inbox.queue.submit_start(stage.pool, 4, task)));
	token.cancel(); /* then they are there */
	CU_ASSERT_EQUAL(inbox.queue
				.drain([](pooltoy::completion completion) {
					EXPECT_CODE(POOLTOY_ECANCELLED, completion);
				})
				.value(),
			2);
	EXPECT_CODE(POOLTOY_ECANCELLED, inbox.queue.call_start(lease, 21, call));
	EXPECT_CODE(POOLTOY_ECANCELLED, inbox.queue.submit_start(stage.pool, 4, task));
}

void a_queue_that_is_empty_or_moved_answers_with_a_code()
{
	stage<doubler> stage(1);
	pooltoy::completion_queue queue = pooltoy::completion_queue::open().value();

	move_to(queue, queue);
	CU_ASSERT(static_cast<bool>(queue.fd()));
	pooltoy::completion_queue moved(std::move(queue));
	CU_ASSERT(!queue && moved);
	EXPECT_CODE(POOLTOY_EINVAL, queue.fd());
	EXPECT_CODE(POOLTOY_EINVAL, queue.drain([](pooltoy::completion) {}));
	EXPECT_CODE(POOLTOY_EINVAL, queue.submit_start(stage.pool, 1));
	EXPECT_CODE(POOLTOY_EINVAL, queue.call_start(pooltoy::lease(), 1, soon));
	EXPECT_CODE(POOLTOY_EINVAL, moved.call_start(pooltoy::lease(), 1, soon));
	EXPECT_CODE(POOLTOY_EINVAL, moved.checkout_start(pooltoy::pool(), soon));
}

} // namespace

SUITE(TEST(a_supervisor_starts_finds_and_stops_pools),
      TEST(a_supervisor_that_is_destroyed_stops_its_pools),
      TEST(a_supervisor_that_cannot_be_stopped_here_remains),
      TEST(a_specification_has_every_field_of_c), TEST(handles_are_retained_and_moved),
      TEST(workers_and_managers_are_killed_and_pools_revived),
      TEST(a_pool_is_paused_drained_and_resumed),
      TEST(a_checkout_and_a_call_have_one_deadline_and_a_token),
      TEST(a_pool_is_resized_and_waited_for_and_its_workers_replaced),
      TEST(a_pool_is_stopped_with_or_without_what_has_begun),
      TEST(a_supervisor_that_is_killed_has_its_pools_as_they_are), TEST(a_walk_visits_the_tree),
      TEST(a_task_tells_its_outcome_once),
      TEST(a_task_that_is_cancelled_says_so_before_that_returns),
      TEST(a_task_that_is_refused_tells_nothing_and_leaves_nothing),
      TEST(a_checkout_a_call_and_a_task_arrive_in_the_queue),
      TEST(a_lease_that_nobody_takes_from_its_completion_is_given_back),
      TEST(a_lease_of_a_started_checkout_is_the_clients), TEST(an_operation_is_cancelled),
      TEST(one_token_cancels_all_that_was_started_with_it),
      TEST(a_queue_that_is_empty_or_moved_answers_with_a_code))
