/* SPDX-License-Identifier: MIT */
/* support.hpp: what tests of the C++ headers share: a quiet supervisor, a gate, a stage with one pool. */
#ifndef CPP_SUPPORT_HPP
#define CPP_SUPPORT_HPP

#include "support/suite.h"

#include <pooltoy.hpp>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

/* How long to wait for what is bound to happen. */
inline constexpr std::chrono::seconds soon(30);

#define EXPECT_CODE(wanted, outcome) CU_ASSERT_EQUAL((outcome).code(), (wanted))
#define EXPECT_STORY(outcome, word)  CU_ASSERT(std::strstr((outcome).story(), (word)) != nullptr)

/* A place to wait until others have passed. */
class gate
{
public:
	void open()
	{
		std::lock_guard<std::mutex> lock(mutex_);
		passed_++;
		changed_.notify_all();
	}
	/* Until it was opened that often, since the start; false: that never came. */
	bool await(unsigned times = 1)
	{
		std::unique_lock<std::mutex> lock(mutex_);
		/* By the realtime clock, which ThreadSanitizer knows waits by. */
		return changed_.wait_until(lock, std::chrono::system_clock::now() + soon,
					   [&] { return passed_ >= times; });
	}
	bool is_open()
	{
		std::lock_guard<std::mutex> lock(mutex_);
		return passed_ > 0;
	}

private:
	std::mutex mutex_;
	std::condition_variable changed_;
	unsigned passed_ = 0;
};

/* Says nothing on stderr: workers die here on purpose. */
inline pooltoy::supervisor quiet_supervisor()
{
	pooltoy_supervisor_spec spec = POOLTOY_SUPERVISOR_SPEC_INIT;

	spec.on_event = pooltoy_event_ignore;
	return pooltoy::supervisor::start(spec).value();
}

/* A supervisor, and a pool of `size` W. */
template <class W> struct stage {
	pooltoy::supervisor supervisor = quiet_supervisor();
	pooltoy::pool pool;

	template <class... Argument>
	explicit stage(int size, Argument *...argument)
	    : pool(supervisor.start_pool<W>("poolio", size, argument...).value())
	{
	}
	pooltoy::lease checkout()
	{
		return pool.checkout(soon).value();
	}
	int leased()
	{
		return pool.status().value().leased;
	}
};

/* Numbers are doubled. */
struct doubler {
	int handle_call(pooltoy::worker self, const int &number)
	{
		return self.reply(2 * number);
	}
};

#endif
