/* SPDX-License-Identifier: MIT */
/* cplusplus.cpp: a pool of objects of a class, used from C++. */
#include <cstdio>
#include <future>
#include <string>

/* example: class */
#include <pooltoy.hpp>

using namespace std::chrono_literals;

/* An object for each worker, made and deleted on its thread. */
class Greeter
{
public:
	int init(pooltoy::worker self, const std::string *greeting)
	{
		if (greeting->empty())
			return self.fail("nothing to say");
		text_ = *greeting + ", ";
		return 0;
	}
	int handle_call(pooltoy::worker self, pooltoy::bytes name)
	{
		if (name.size() == 0)
			return self.reply_error(POOLTOY_EINVAL);
		greeted_++;
		return self.reply(text_ + std::string(name.text()));
	}
	int greeted() const
	{
		return greeted_;
	}

private:
	std::string text_;
	int greeted_ = 0;
};
/* end */

/* example: use */
static bool greet(const pooltoy::pool &greeters, const char *name)
{
	auto lease = greeters.checkout(100ms);
	std::string answer;

	if (!lease) {
		std::fprintf(stderr, "%s\n", lease.story());
		return false;
	}
	auto called = lease->call(name, answer, 1s); /* answer grows */
	if (!called) {
		std::fprintf(stderr, "%s\n", called.story());
		return false;
	}
	std::puts(answer.c_str());
	return true;
} /* checked in */

/* The object itself, on the caller's thread. */
static pooltoy::result<int> count(const pooltoy::pool &greeters)
{
	return greeters.transaction(1s, [](pooltoy::lease &lease) {
		auto greeter = lease.state<Greeter>();

		if (!greeter)
			return pooltoy::result<int>(
				std::move(greeter).error());
		return pooltoy::result<int>((*greeter)->greeted());
	});
}
/* end */

/* example: submit */
static bool greet_later(const pooltoy::pool &greeters)
{
	std::promise<int> promise;
	std::future<int> code = promise.get_future();
	auto done = [told = std::move(promise)](
			    const pooltoy::outcome &o) mutable noexcept {
		told.set_value(o.code());
	};
	auto task = greeters.submit("task", std::move(done));

	return task && code.get() == POOLTOY_OK;
}
/* end */

/* example: main */
int main()
{
	const std::string greeting("Good morning");
	auto supervisor = pooltoy::supervisor::start();

	if (!supervisor)
		return 1;
	auto greeters = supervisor->start_pool<Greeter>("greeters", 1,
							&greeting);
	if (!greeters || !greet(*greeters, "world"))
		return 1;
	auto greeted = count(*greeters);
	return greet_later(*greeters) && greeted && *greeted == 1 ? 0 : 1;
} /* the pool's handle, then the supervisor, with its pools */
/* end */
