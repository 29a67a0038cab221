/* SPDX-License-Identifier: MIT */
/* test_leases.cpp: leases: given back, moved, called, handed on; states; transactions. */
#include "support.hpp"

#include <cstdlib>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace
{

using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<pooltoy::lease> &&
	      !std::is_copy_assignable_v<pooltoy::lease>);
static_assert(std::is_nothrow_move_constructible_v<pooltoy::lease> &&
	      std::is_nothrow_move_assignable_v<pooltoy::lease>);
static_assert(!std::is_copy_constructible_v<pooltoy::lease_state<int>>);

/* Says so often "abc", or that it is an error; breaks at "break". */
struct repeater {
	int handle_call(pooltoy::worker self, pooltoy::bytes request)
	{
		const auto count = request.read<int>();
		std::string reply;

		if (request.text() == "break")
			return self.fail("on demand");
		for (int i = 0; i < (count ? std::abs(*count) : 0); i++)
			reply += "abc";
		if (count && *count < 0)
			(void)self.reply_error(POOLTOY_EUSER - 1);
		if (!count)
			(void)self.reply_error(POOLTOY_EBUSY);
		return self.reply(reply);
	}
	int value = 5;
};

/* Without the self-move being seen by the compiler, which warns of it. */
template <class T> void move_to(T &to, T &from)
{
	to = std::move(from);
}

void a_lease_is_given_back_at_the_end_of_its_scope()
{
	stage<doubler> stage(1);
	{
		pooltoy::lease lease = stage.checkout();
		CU_ASSERT_EQUAL(stage.leased(), 1);
		EXPECT_CODE(POOLTOY_EFULL, stage.pool.checkout(0s));
	}
	CU_ASSERT_EQUAL(stage.leased(), 0);
	CU_ASSERT(static_cast<bool>(stage.pool.checkout(0s)));
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_checkin_tells_how_it_went()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();

	EXPECT_CODE(POOLTOY_OK, lease.checkin());
	CU_ASSERT(!lease);
	CU_ASSERT_EQUAL(stage.leased(), 0);
	EXPECT_CODE(POOLTOY_EINVAL, lease.checkin());
	lease = stage.checkout();
	pooltoy::lease copy(lease.get());
	EXPECT_CODE(POOLTOY_OK, lease.checkin());
	EXPECT_CODE(POOLTOY_ESTALE, copy.checkin());
	CU_ASSERT(!copy);
}

void a_lease_that_is_moved_is_given_back_once()
{
	stage<doubler> stage(2);
	pooltoy::lease first = stage.checkout();
	{
		pooltoy::lease second(std::move(first));

		CU_ASSERT(!first && second);
		EXPECT_CODE(POOLTOY_EINVAL, first.call<int>(1, soon));
		CU_ASSERT_EQUAL(second.call<int>(1, soon).value(), 2);
		CU_ASSERT_EQUAL(stage.leased(), 1);
	}
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_lease_that_is_assigned_to_is_given_back_before()
{
	stage<doubler> stage(2);
	pooltoy::lease first = stage.checkout(), second = stage.checkout();
	const unsigned index = second.worker_index().value();

	first = std::move(second);
	CU_ASSERT_EQUAL(stage.leased(), 1);
	CU_ASSERT_EQUAL(first.worker_index().value(), index);
	first = pooltoy::lease();
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_lease_that_is_moved_to_itself_stays()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();

	move_to(lease, lease);
	CU_ASSERT(static_cast<bool>(lease));
	CU_ASSERT_EQUAL(lease.call<int>(4, soon).value(), 8);
	CU_ASSERT_EQUAL(stage.leased(), 1);
}

void a_lease_that_is_released_is_the_callers_to_check_in()
{
	stage<doubler> stage(1);
	pooltoy_lease taken;
	{
		pooltoy::lease lease = stage.checkout();
		taken = lease.release();
		CU_ASSERT(!lease);
	}
	CU_ASSERT_EQUAL(stage.leased(), 1);
	CU_ASSERT_EQUAL(pooltoy_checkin(&taken), POOLTOY_OK);
}

void an_empty_lease_answers_with_a_code()
{
	pooltoy::lease none;
	std::string reply("room");

	EXPECT_CODE(POOLTOY_EINVAL, none.call<int>(1, 0s));
	EXPECT_CODE(POOLTOY_EINVAL, none.call(1, reply, 0s));
	EXPECT_CODE(POOLTOY_EINVAL, none.call_reply(reply));
	EXPECT_CODE(POOLTOY_EINVAL, none.cast(1));
	EXPECT_CODE(POOLTOY_EINVAL, none.state<int>());
	EXPECT_CODE(POOLTOY_EINVAL, none.adopt());
	EXPECT_CODE(POOLTOY_EINVAL, none.worker_index());
	EXPECT_CODE(POOLTOY_EINVAL, none.checkin());
}

void a_reply_of_another_size_is_told_from_a_value()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();
	pooltoy::result<long long> longer = lease.call<long long>(1, soon);
	std::vector<char> reply;

	EXPECT_CODE(POOLTOY_EINVAL, longer);
	EXPECT_STORY(longer, "4 bytes in place of 8");
	EXPECT_CODE(POOLTOY_ETOOSMALL, lease.call<short>(300, soon));
	EXPECT_CODE(POOLTOY_OK, lease.call_reply(reply));
	CU_ASSERT_EQUAL(pooltoy::bytes(reply).read<int>().value_or(0), 600);
	EXPECT_CODE(POOLTOY_ENOENT, lease.call_reply(reply));
	CU_ASSERT(reply.empty());
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(1, soon));
}

void a_buffer_is_made_to_fit_the_reply()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	std::vector<unsigned char> bytes;
	std::string text(2, 'x');

	EXPECT_CODE(POOLTOY_OK, lease.call(0, bytes, soon));
	CU_ASSERT_EQUAL(bytes.size(), 0);
	EXPECT_CODE(POOLTOY_OK, lease.call(1000, bytes, soon));
	CU_ASSERT_EQUAL(bytes.size(), 3000);
	CU_ASSERT_EQUAL(bytes[2999], 'c');
	EXPECT_CODE(POOLTOY_OK, lease.call(2, text, soon));
	CU_ASSERT_STRING_EQUAL(text.c_str(), "abcabc");
	EXPECT_CODE(POOLTOY_OK, lease.call(1, text, soon));
	CU_ASSERT_STRING_EQUAL(text.c_str(), "abc");
}

void a_buffer_has_what_comes_with_an_error_of_the_application()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	std::string text;

	EXPECT_CODE(POOLTOY_EUSER - 1, lease.call(-50, text, soon));
	CU_ASSERT_EQUAL(text.size(), 150);
	EXPECT_CODE(POOLTOY_EUSER - 1, lease.call(-1, text, soon));
	CU_ASSERT_STRING_EQUAL(text.c_str(), "abc");
	EXPECT_CODE(POOLTOY_EBUSY, lease.call("refuse", text, soon));
	CU_ASSERT(text.empty());
}

void a_story_outlives_the_lease()
{
	stage<repeater> stage(1);
	pooltoy::result<void> broken;
	{
		pooltoy::lease lease = stage.checkout();
		broken = lease.call<void>("break", soon);
	} /* a checkin that fails: it is stale */
	CU_ASSERT(std::strstr(pooltoy_last_error(), "on demand") == nullptr);
	EXPECT_CODE(POOLTOY_ECRASHED, broken);
	EXPECT_STORY(broken, "on demand");
}

void a_state_is_borrowed_for_a_scope()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	{
		pooltoy::result<pooltoy::lease_state<repeater>> state = lease.state<repeater>();

		CU_ASSERT_EQUAL((*state)->value, 5);
		(**state).value = 6;
		EXPECT_CODE(POOLTOY_EBUSY, lease.call<void>(0, soon));
		EXPECT_CODE(POOLTOY_EBUSY, lease.state<repeater>());
	}
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(0, soon));
	CU_ASSERT_EQUAL(lease.state<repeater>().value()->value, 6);
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(0, soon));
}

void a_state_is_given_back_once()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	pooltoy::lease_state<repeater> state = lease.state<repeater>().value();
	pooltoy::lease_state<repeater> moved(std::move(state));

	CU_ASSERT_PTR_NULL(state.get());
	EXPECT_CODE(POOLTOY_ESTALE, state.done());
	EXPECT_CODE(POOLTOY_EBUSY, lease.call<void>(0, soon));
	CU_ASSERT_PTR_NOT_NULL(moved.get());
	EXPECT_CODE(POOLTOY_OK, moved.done());
	CU_ASSERT_PTR_NULL(moved.get());
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(0, soon));
	EXPECT_CODE(POOLTOY_ESTALE, moved.done());
}

void a_state_that_is_given_back_early_leaves_the_next_one_alone()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	auto early =
		std::make_unique<pooltoy::lease_state<repeater>>(lease.state<repeater>().value());

	EXPECT_CODE(POOLTOY_OK, early->done());
	pooltoy::lease_state<repeater> next = lease.state<repeater>().value();
	early.reset();
	EXPECT_CODE(POOLTOY_EBUSY, lease.call<void>(0, soon));
	EXPECT_CODE(POOLTOY_OK, next.done());
}

void a_lease_whose_state_another_thread_uses_stays()
{
	stage<repeater> stage(1);
	pooltoy::lease lease = stage.checkout();
	gate taken, tried;

	std::thread user([&] {
		pooltoy::lease_state<repeater> state = lease.state<repeater>().value();
		taken.open();
		CU_ASSERT(tried.await());
	});
	CU_ASSERT(taken.await());
	EXPECT_CODE(POOLTOY_EBUSY, lease.checkin());
	CU_ASSERT(static_cast<bool>(lease));
	tried.open();
	user.join();
	EXPECT_CODE(POOLTOY_OK, lease.checkin());
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_lease_ends_with_its_thread_unless_it_is_adopted()
{
	stage<doubler> stage(2);
	pooltoy::lease kept, lost;
	gate ready, adopted;

	std::thread other([&] {
		kept = stage.checkout();
		lost = stage.checkout();
		ready.open();
		CU_ASSERT(adopted.await());
	});
	CU_ASSERT(ready.await());
	EXPECT_CODE(POOLTOY_OK, kept.adopt());
	adopted.open();
	other.join();
	CU_ASSERT_EQUAL(kept.call<int>(3, soon).value(), 6);
	EXPECT_CODE(POOLTOY_ESTALE, lost.call<int>(3, soon));
	EXPECT_CODE(POOLTOY_ESTALE, lost.checkin());
}

void a_client_holds_leases_until_it_is_closed()
{
	stage<doubler> stage(2);
	pooltoy::client client = pooltoy::client::open("connection").value();
	pooltoy::lease own = client.checkout(stage.pool, soon).value();
	pooltoy::lease adopted = stage.checkout();

	EXPECT_CODE(POOLTOY_OK, client.adopt(adopted));
	CU_ASSERT_EQUAL(adopted.call<int>(3, soon).value(), 6);
	move_to(client, client);
	CU_ASSERT(static_cast<bool>(client));
	pooltoy::client moved(std::move(client));
	CU_ASSERT(!client && moved);
	EXPECT_CODE(POOLTOY_EINVAL, client.checkout(stage.pool, 0s));
	EXPECT_CODE(POOLTOY_EINVAL, client.adopt(adopted));
	CU_ASSERT_EQUAL(own.call<int>(3, soon).value(), 6);
	moved.close();
	EXPECT_CODE(POOLTOY_ESTALE, own.call<int>(3, soon));
	EXPECT_CODE(POOLTOY_ESTALE, adopted.call<int>(3, soon));
}

void a_transaction_returns_what_its_function_does()
{
	stage<doubler> stage(1);
	const auto call = [](pooltoy::lease &lease) { return lease.call<int>(4, soon); };
	bool ran = false;

	CU_ASSERT_EQUAL(stage.pool.transaction(soon, call).value(), 8);
	CU_ASSERT_EQUAL(stage.pool.transaction(soon, [](pooltoy::lease &) { return 'c'; }).value(),
			'c');
	EXPECT_CODE(POOLTOY_OK,
		    stage.pool.transaction(soon, [&](pooltoy::lease &) { ran = true; }));
	CU_ASSERT(ran);
	CU_ASSERT_EQUAL(stage.leased(), 0);
	EXPECT_CODE(POOLTOY_EUSER, stage.pool.transaction(soon, [](pooltoy::lease &) {
		return pooltoy::result<>(pooltoy::failure(POOLTOY_EUSER, "mine"));
	}));
	CU_ASSERT_EQUAL(stage.leased(), 0);
}

void a_transaction_without_a_worker_does_not_run()
{
	stage<doubler> stage(1);
	pooltoy::lease only = stage.checkout();
	bool ran = false;

	EXPECT_CODE(POOLTOY_EFULL,
		    stage.pool.transaction(0s, [&](pooltoy::lease &) { ran = true; }));
	CU_ASSERT(!ran);
}

void a_transaction_keeps_the_story_of_its_call()
{
	stage<repeater> stage(1);
	pooltoy::result<void> broken = stage.pool.transaction(
		soon, [](pooltoy::lease &lease) { return lease.call<void>("break", soon); });

	EXPECT_STORY(broken, "on demand");
}

void a_transaction_may_keep_the_lease()
{
	stage<doubler> stage(1);
	pooltoy::lease kept =
		stage.pool.transaction(soon, [](pooltoy::lease &lease) { return std::move(lease); })
			.value();

	CU_ASSERT_EQUAL(kept.call<int>(4, soon).value(), 8);
	CU_ASSERT_EQUAL(stage.leased(), 1);
}

void an_exception_gives_the_lease_back()
{
#ifdef __cpp_exceptions
	stage<doubler> stage(1);
	bool caught = false;

	try {
		(void)stage.pool.transaction(
			soon, [](pooltoy::lease &) -> int { throw std::runtime_error("thrown"); });
	} catch (const std::runtime_error &) {
		caught = true;
	}
	CU_ASSERT(caught);
	CU_ASSERT_EQUAL(stage.leased(), 0);
#else
	SKIP("no exceptions");
#endif
}

/* Waits for good for a second worker, with the first one in its hands. */
struct cancelled {
	pooltoy::pool *pool;
	bool unwound;
};

void *wait_for_good(void *argument)
{
	auto *self = static_cast<cancelled *>(argument);
	struct witness {
		bool *unwound;
		~witness()
		{
			*unwound = true;
		}
	} witness{ &self->unwound };

	(void)self->pool->transaction(soon, [self](pooltoy::lease &) {
		return self->pool->checkout(pooltoy::forever).code();
	});
	return nullptr;
}

void a_thread_that_is_cancelled_unwinds()
{
	stage<doubler> stage(2);
	pooltoy::lease other = stage.checkout();
	cancelled cancelled{ &stage.pool, false };
	pthread_t thread;
	void *end = nullptr;

	CU_ASSERT_EQUAL(pthread_create(&thread, nullptr, wait_for_good, &cancelled), 0);
	while (stage.pool.status().value().waiting < 1)
		std::this_thread::yield();
	pthread_cancel(thread);
	pthread_join(thread, &end);
	CU_ASSERT(end == PTHREAD_CANCELED);
#ifdef __cpp_exceptions
	CU_ASSERT(cancelled.unwound);
	CU_ASSERT_EQUAL(stage.leased(), 1);
#endif
	/* Without destructors the worker comes back with the end of its client. */
	CU_ASSERT(static_cast<bool>(stage.pool.checkout(soon)));
}

} // namespace

SUITE(TEST(a_lease_is_given_back_at_the_end_of_its_scope), TEST(a_checkin_tells_how_it_went),
      TEST(a_lease_that_is_moved_is_given_back_once),
      TEST(a_lease_that_is_assigned_to_is_given_back_before),
      TEST(a_lease_that_is_moved_to_itself_stays),
      TEST(a_lease_that_is_released_is_the_callers_to_check_in),
      TEST(an_empty_lease_answers_with_a_code), TEST(a_reply_of_another_size_is_told_from_a_value),
      TEST(a_buffer_is_made_to_fit_the_reply),
      TEST(a_buffer_has_what_comes_with_an_error_of_the_application),
      TEST(a_story_outlives_the_lease), TEST(a_state_is_borrowed_for_a_scope),
      TEST(a_state_is_given_back_once),
      TEST(a_state_that_is_given_back_early_leaves_the_next_one_alone),
      TEST(a_lease_whose_state_another_thread_uses_stays),
      TEST(a_lease_ends_with_its_thread_unless_it_is_adopted),
      TEST(a_client_holds_leases_until_it_is_closed),
      TEST(a_transaction_returns_what_its_function_does),
      TEST(a_transaction_without_a_worker_does_not_run),
      TEST(a_transaction_keeps_the_story_of_its_call), TEST(a_transaction_may_keep_the_lease),
      TEST(an_exception_gives_the_lease_back), TEST(a_thread_that_is_cancelled_unwinds))
