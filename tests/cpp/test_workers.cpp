/* SPDX-License-Identifier: MIT */
/* test_workers.cpp: a class as a worker: its life, its callbacks, what they throw. */
#include "support.hpp"

#include <atomic>
#include <stdexcept>
#include <string>

namespace
{

struct config {
	int first;
	std::atomic<int> *alive, *terminated;
	gate *told;
};

/* Has all callbacks, and counts. */
class counter
{
public:
	counter() = default;
	counter(const counter &) = delete;
	~counter()
	{
		if (config_)
			--*config_->alive;
	}

	int init(pooltoy::worker self, const config *given)
	{
		config_ = given;
		++*config_->alive;
		value_ = given->first + static_cast<int>(self.index());
		return 0;
	}
	int handle_call(pooltoy::worker self, pooltoy::bytes request)
	{
		if (request.text() == "value")
			return self.reply(value_);
		if (request.text() == "name")
			return self.reply(self.pool_name());
		if (request.text() == "break")
			return self.fail("on demand");
		if (request.text() == "wait")
			return wait(self);
		if (request.text() == "time")
			return self.reply(self.time_left().has_value());
		return self.reply_error(POOLTOY_EUSER);
	}
	int handle_cast(pooltoy::worker, const int &added)
	{
		value_ += added;
		return 0;
	}
	int reset(pooltoy::worker)
	{
		value_ = -1;
		return 0;
	}
	void interrupt(pooltoy::worker) noexcept
	{
		interrupted_.open();
	}
	void terminate(pooltoy::worker self, int reason)
	{
		CU_ASSERT_PTR_NOT_NULL(self.get());
		*config_->terminated = reason;
	}

private:
	int wait(pooltoy::worker self)
	{
		CU_ASSERT(self.time_left().has_value());
		CU_ASSERT(!self.stopping());
		CU_ASSERT_PTR_NOT_NULL(self.pool());
		config_->told->open();
		CU_ASSERT(interrupted_.await());
		config_->told->open();
		return 0;
	}

	const config *config_ = nullptr;
	int value_ = 0;
	gate interrupted_;
};

struct counted {
	std::atomic<int> alive{ 0 }, terminated{ 1 };
	gate told;
	config given{ 40, &alive, &terminated, &told };
};

void an_object_is_made_for_each_worker_and_deleted_with_it()
{
	counted seen;
	{
		stage<counter> stage(2, &seen.given);
		pooltoy::lease one = stage.checkout(), other = stage.checkout();

		CU_ASSERT_EQUAL(seen.alive, 2);
	}
	CU_ASSERT_EQUAL(seen.alive, 0);
	CU_ASSERT_EQUAL(seen.terminated, POOLTOY_ESTOPPED);
}

void calls_and_casts_reach_the_object()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::lease lease = stage.checkout();
	std::string name;

	EXPECT_CODE(POOLTOY_OK, lease.cast(2));
	CU_ASSERT_EQUAL(lease.call<int>("value", soon).value(), 42);
	EXPECT_CODE(POOLTOY_OK, lease.call("name", name, soon));
	CU_ASSERT_STRING_EQUAL(name.c_str(), "poolio");
	EXPECT_CODE(POOLTOY_EUSER, lease.call<int>("nonsense", soon));
}

void a_cast_of_another_size_is_dropped()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::lease lease = stage.checkout();

	EXPECT_CODE(POOLTOY_OK, lease.cast("too long for a number"));
	CU_ASSERT_EQUAL(lease.call<int>("value", soon).value(), 40);
}

void a_call_of_another_size_is_refused()
{
	stage<doubler> stage(1);
	pooltoy::lease lease = stage.checkout();

	EXPECT_CODE(POOLTOY_EINVAL, lease.call<int>('c', soon));
	CU_ASSERT_EQUAL(lease.call<int>(21, soon).value(), 42);
}

void a_client_that_ends_has_the_object_reset()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::client client = pooltoy::client::open().value();
	pooltoy::lease lease = client.checkout(stage.pool, soon).value();

	client.close();
	lease = stage.checkout();
	CU_ASSERT_EQUAL(lease.call<int>("value", soon).value(), -1);
}

void a_caller_that_gives_up_interrupts_the_object()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::lease lease = stage.checkout();

	/* One whose time is over before the handler begins interrupts nothing: again, with more. */
	for (int time = 20; !seen.told.is_open() && time < 30000; time *= 2)
		(void)lease.call<void>("wait", std::chrono::milliseconds(time));
	CU_ASSERT(seen.told.await(2));
}

void a_worker_knows_the_time_that_its_caller_has()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::lease lease = stage.checkout();

	CU_ASSERT(lease.call<bool>("time", soon).value());
	CU_ASSERT(!lease.call<bool>("time", pooltoy::forever).value());
}

void a_worker_that_says_so_is_broken()
{
	counted seen;
	stage<counter> stage(1, &seen.given);
	pooltoy::lease lease = stage.checkout();
	pooltoy::result<void> broken = lease.call<void>("break", soon);

	EXPECT_CODE(POOLTOY_ECRASHED, broken);
	EXPECT_STORY(broken, "on demand");
	lease = stage.checkout();
	CU_ASSERT_EQUAL(lease.call<int>("value", soon).value(), 40);
}

/* Without init, and with one that refuses. */

struct refuser {
	static inline std::atomic<int> alive{ 0 };
	static inline gate tried;

	refuser()
	{
		alive++;
	}
	~refuser()
	{
		alive--;
		tried.open();
	}
	int init(pooltoy::worker self)
	{
		return self.fail("not today");
	}
	void terminate(pooltoy::worker, int)
	{
		CU_FAIL("terminate after an init that has failed");
	}
};

void an_init_that_fails_leaves_no_object()
{
	stage<refuser> stage(1);

	CU_ASSERT(refuser::tried.await());
	EXPECT_CODE(POOLTOY_ETIMEDOUT, stage.pool.checkout(std::chrono::milliseconds(1)));
	EXPECT_CODE(POOLTOY_OK, stage.supervisor.stop());
	CU_ASSERT_EQUAL(refuser::alive, 0);
}

struct idler {
	int handle_call(pooltoy::worker, pooltoy::bytes) const noexcept
	{
		return 0;
	}
};

void callbacks_that_a_class_lacks_are_not_there()
{
	constexpr pooltoy_worker_ops ops = pooltoy::worker_ops<idler>;
	stage<idler> stage(1);
	pooltoy::lease lease = stage.checkout();

	CU_ASSERT(ops.handle_call && !ops.handle_cast && !ops.reset && !ops.interrupt);
	EXPECT_CODE(POOLTOY_EINVAL, lease.cast(1));
	EXPECT_CODE(POOLTOY_OK, lease.call<void>(1, soon));
}

/* Ends of callbacks that are no return. */

struct leaver {
	static inline std::atomic<int> alive{ 0 }, unwound{ 0 };
	struct witness {
		~witness()
		{
			unwound++;
		}
	};

	leaver()
	{
		alive++;
	}
	~leaver()
	{
		alive--;
	}
	int handle_call(pooltoy::worker self, const char &how)
	{
		witness leaving;

		switch (how) {
		case 'x':
			self.exit("exited");
#ifdef __cpp_exceptions
		case 's':
			throw std::runtime_error("thrown 100%s");
		case 'i':
			throw 1;
#endif
		default:
			return 0;
		}
	}
	void terminate(pooltoy::worker, int)
	{
#ifdef __cpp_exceptions
		throw std::runtime_error("at the end");
#endif
	}
};

void breaks(char how, const char *story)
{
	leaver::unwound = 0;
	{
		stage<leaver> stage(1);
		pooltoy::lease lease = stage.checkout();
		pooltoy::result<void> broken = lease.call<void>(how, soon);

		EXPECT_CODE(POOLTOY_ECRASHED, broken);
		EXPECT_STORY(broken, story);
		lease = stage.checkout();
		EXPECT_CODE(POOLTOY_OK, lease.call<void>(' ', soon));
	}
	CU_ASSERT_EQUAL(leaver::alive, 0);
}

void the_end_of_the_thread_is_no_exception()
{
	breaks('x', "exited");
#ifdef __cpp_exceptions
	CU_ASSERT_EQUAL(leaver::unwound, 2);
#endif
}

void an_exception_means_that_the_worker_is_broken()
{
#ifdef __cpp_exceptions
	breaks('s', "thrown 100%s");
	CU_ASSERT_EQUAL(leaver::unwound, 2);
	breaks('i', "no std::exception");
#else
	SKIP("no exceptions");
#endif
}

struct stillborn {
	static inline gate tried;

	stillborn()
	{
		tried.open();
#ifdef __cpp_exceptions
		throw std::runtime_error("never was");
#endif
	}
};

void an_exception_in_the_constructor_is_an_init_that_fails()
{
#ifdef __cpp_exceptions
	stage<stillborn> stage(1);

	CU_ASSERT(stillborn::tried.await(2)); /* the first is told by now */
	pooltoy::result<pooltoy::lease> none = stage.pool.checkout(std::chrono::milliseconds(1));
	EXPECT_CODE(POOLTOY_ETIMEDOUT, none);
	EXPECT_STORY(none, "never was");
#else
	SKIP("no exceptions");
#endif
}

} // namespace

SUITE(TEST(an_object_is_made_for_each_worker_and_deleted_with_it),
      TEST(calls_and_casts_reach_the_object), TEST(a_cast_of_another_size_is_dropped),
      TEST(a_call_of_another_size_is_refused), TEST(a_client_that_ends_has_the_object_reset),
      TEST(a_caller_that_gives_up_interrupts_the_object),
      TEST(a_worker_knows_the_time_that_its_caller_has), TEST(a_worker_that_says_so_is_broken),
      TEST(an_init_that_fails_leaves_no_object), TEST(callbacks_that_a_class_lacks_are_not_there),
      TEST(the_end_of_the_thread_is_no_exception),
      TEST(an_exception_means_that_the_worker_is_broken),
      TEST(an_exception_in_the_constructor_is_an_init_that_fails))
