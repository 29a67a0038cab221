/* SPDX-License-Identifier: MIT */
/* pooltoy/worker.hpp: a class as a worker: its member functions as the C library's callbacks. */
#ifndef POOLTOY_WORKER_HPP
#define POOLTOY_WORKER_HPP

#include <pooltoy/bytes.hpp>
#include <pooltoy/pool.h>
#include <pooltoy/worker.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

namespace pooltoy
{

/* A worker, as its own callbacks see it. Valid for as long as the callback runs. Nothing of it blocks. */
class worker
{
public:
	explicit worker(pooltoy_worker *self) noexcept : self_(self)
	{
	}

	/* The reply of the running handle_call, copied: `return self.reply(answer);` */
	template <class T> int reply(const T &value) const noexcept
	{
		const bytes copied = detail::bytes_of(value);
		return pooltoy_reply(self_, copied.data(), copied.size());
	}
	/* The client's affair; the worker lives on. */
	int reply_error(int code) const noexcept
	{
		return pooltoy_reply_error(self_, code);
	}
	/* "I am broken", and why: `return self.fail("connection lost");` */
	int fail(std::string_view why) const noexcept
	{
		return pooltoy_worker_fail(self_, "%.*s",
					   static_cast<int>(std::min<std::size_t>(why.size(), 255)),
					   why.data());
	}
	/* The same from anywhere below a callback; destructors on the stack run. NULL: no reason. */
	[[noreturn]] void exit(const char *reason) const
	{
		pooltoy_worker_exit(self_, reason);
	}

	/* Until the caller's deadline; none if it waits forever, or for a task. */
	std::optional<std::chrono::milliseconds> time_left() const noexcept
	{
		const int left = pooltoy_worker_time_left(self_);
		if (left < 0)
			return std::nullopt;
		return std::chrono::milliseconds(left);
	}
	bool stopping() const noexcept
	{
		return pooltoy_worker_stopping(self_) != 0;
	}

	/* These three may be used in `interrupt`, too. */
	const char *pool_name() const noexcept
	{
		return pooltoy_worker_pool_name(self_);
	}
	unsigned index() const noexcept
	{
		return pooltoy_worker_index(self_);
	}
	/* Borrowed, not to be released. NULL in a child process. */
	pooltoy_pool *pool() const noexcept
	{
		return pooltoy_worker_pool(self_);
	}

	pooltoy_worker *get() const noexcept
	{
		return self_;
	}

private:
	pooltoy_worker *self_;
};

/*
 * A worker is an object of a class W of yours, made without arguments on the worker's thread, and
 * deleted there. It has any of these as public member functions, each once, not a template:
 *
 *     int init(worker self);             or (worker self, Argument *argument), the spec's
 *     int handle_call(worker self, bytes request);      or const Request &request
 *     int handle_cast(worker self, bytes message);      or const Message &message
 *     int reset(worker self);
 *     int ping(worker self);
 *     void interrupt(worker self) noexcept;   on another thread, while handle_call runs
 *     void terminate(worker self, int reason);      and then the destructor, in any case
 *
 * They mean and return what struct pooltoy_worker_ops says. With a typed Request (trivially copyable)
 * a call with another number of bytes is answered with POOLTOY_EINVAL, and a cast of that kind is
 * dropped.
 *
 * An exception that leaves one of them means "I am broken", with its what() as the reason. So does
 * one in W's constructor. The end of the thread (worker::exit, pthread_exit) passes through, and runs
 * destructors, if all is compiled with exceptions; a `catch (...)` of yours must throw it again.
 */
namespace detail
{

/* has_NAME: W has such a member function. names_NAME: it has something of that name. */
#define POOLTOY_MEMBER(name) \
	struct name##_named { \
		int name; \
	}; \
	template <class W> struct name##_both : W, name##_named { \
	}; \
	template <class W, class = void> struct has_##name : std::false_type { \
	}; \
	template <class W> \
	struct has_##name<W, std::void_t<decltype(&W::name)>> : std::true_type { \
	}; \
	template <class W, class = void> struct names_##name : std::true_type { \
	}; \
	template <class W> \
	struct names_##name<W, std::void_t<decltype(&name##_both<W>::name)>> : std::false_type { \
	}; \
	template <class W> constexpr bool usable_##name() \
	{ \
		if constexpr (has_##name<W>::value || std::is_final_v<W>) \
			return true; \
		else \
			return !names_##name<W>::value; \
	}
POOLTOY_MEMBER(init)
POOLTOY_MEMBER(handle_call)
POOLTOY_MEMBER(handle_cast)
POOLTOY_MEMBER(reset)
POOLTOY_MEMBER(ping)
POOLTOY_MEMBER(interrupt)
POOLTOY_MEMBER(terminate)
#undef POOLTOY_MEMBER

template <class T> struct type_is {
	using type = T;
};

/* The type of a member function's parameter after `self`. */
template <class C, class R> type_is<void> parameter(R (C::*)(worker));
template <class C, class R> type_is<void> parameter(R (C::*)(worker) const);
template <class C, class R, class P> type_is<P> parameter(R (C::*)(worker, P));
template <class C, class R, class P> type_is<P> parameter(R (C::*)(worker, P) const);

/* What init wants: void, or a pointer. */
template <class W, class = void> struct argument_of : type_is<void> {
};
template <class W>
struct argument_of<W, std::enable_if_t<has_init<W>::value>> : decltype(parameter(&W::init)) {
};

/* Runs part of a callback: an exception ends there. */
template <class Body> int guarded(pooltoy_worker *self, Body body)
{
#ifdef __cpp_exceptions
	try {
		return body();
	} catch (const std::exception &exception) {
		return worker(self).fail(exception.what());
	} catch (...) {
		if (!std::current_exception())
			throw; /* the thread's end, which is no exception of C++ */
		return worker(self).fail("an exception that is no std::exception");
	}
#else
	(void)self;
	return body();
#endif
}

/* Hands the bytes on as `function` wants them. `refuse` is for those that are no such value. */
template <class W, class Function, class Refuse>
int hand_on(W &object, Function function, pooltoy_worker *self, bytes given, Refuse refuse)
{
	using wanted = typename decltype(parameter(function))::type;
	using value = std::remove_cv_t<std::remove_reference_t<wanted>>;

	if constexpr (std::is_same_v<value, bytes>) {
		return (object.*function)(worker(self), given);
	} else {
		static_assert(std::is_trivially_copyable_v<value>,
			      "a Request or Message is copied as bytes; or take bytes");
		static_assert(!std::is_pointer_v<value>, "take a value, or bytes");
		auto copy = given.template read<value>();
		return copy ? (object.*function)(worker(self), *copy) : refuse();
	}
}

/* The functions that the C library calls for a W. */
template <class W> struct callbacks {
	static_assert(std::is_default_constructible_v<W>, "a worker is made without arguments");
	static_assert(usable_init<W>() && usable_handle_call<W>() && usable_handle_cast<W>() &&
			      usable_reset<W>() && usable_ping<W>() && usable_interrupt<W>() &&
			      usable_terminate<W>(),
		      "a callback is one public member function, not overloaded, no template");

	static W &object(void *state) noexcept
	{
		return *static_cast<W *>(state);
	}

	static int init(pooltoy_worker *self, void *argument, void **state)
	{
		return guarded(self, [&]() -> int {
			std::unique_ptr<W> made(new (std::nothrow) W());
			int code = 0;

			if (!made)
				return worker(self).fail("out of memory");
			if constexpr (has_init<W>::value) {
				using wanted = typename argument_of<W>::type;
				if constexpr (std::is_void_v<wanted>)
					code = made->init(worker(self));
				else
					code = made->init(worker(self),
							  static_cast<wanted>(argument));
			}
			if (code >= 0)
				*state = made.release();
			(void)argument;
			return code;
		});
	}

	static int handle_call(pooltoy_worker *self, void *state, const void *request,
			       std::size_t length)
	{
		return guarded(self, [&] {
			return hand_on(object(state), &W::handle_call, self, { request, length },
				       [&] { return worker(self).reply_error(POOLTOY_EINVAL); });
		});
	}

	static int handle_cast(pooltoy_worker *self, void *state, const void *message,
			       std::size_t length)
	{
		return guarded(self, [&] {
			return hand_on(object(state), &W::handle_cast, self, { message, length },
				       [] { return 0; });
		});
	}

	static int reset(pooltoy_worker *self, void *state)
	{
		return guarded(self, [&] { return object(state).reset(worker(self)); });
	}

	static int ping(pooltoy_worker *self, void *state)
	{
		return guarded(self, [&] { return object(state).ping(worker(self)); });
	}

	static void interrupt(pooltoy_worker *self, void *state)
	{
#ifdef __cpp_exceptions
		static_assert(noexcept(object(state).interrupt(worker(self))),
			      "interrupt runs on a thread of the library: it has to be noexcept");
#endif
		object(state).interrupt(worker(self));
	}

	static void terminate(pooltoy_worker *self, void *state, int reason)
	{
		std::unique_ptr<W> owned(&object(state));

		if constexpr (has_terminate<W>::value)
			guarded(self, [&] {
				owned->terminate(worker(self), reason);
				return 0;
			});
		(void)self;
		(void)reason;
	}

	static constexpr pooltoy_worker_ops ops() noexcept
	{
		pooltoy_worker_ops ops = POOLTOY_WORKER_OPS_INIT;

		ops.init = init;
		ops.terminate = terminate;
		if constexpr (has_handle_call<W>::value)
			ops.handle_call = handle_call;
		if constexpr (has_handle_cast<W>::value)
			ops.handle_cast = handle_cast;
		if constexpr (has_reset<W>::value)
			ops.reset = reset;
		if constexpr (has_ping<W>::value)
			ops.ping = ping;
		if constexpr (has_interrupt<W>::value)
			ops.interrupt = interrupt;
		return ops;
	}
};

} // namespace detail

/*
 * The callbacks of a W. For a child process export them by a name, from a shared object of their own:
 *
 *     extern "C" const pooltoy_worker_ops parser = pooltoy::worker_ops<Parser>;
 */
template <class W> inline constexpr pooltoy_worker_ops worker_ops = detail::callbacks<W>::ops();

/*
 * A pool's specification: name, worker, size; the other fields are to be set as in C, 0 is a default.
 *
 *     auto spec = pooltoy::pool_spec::of<Doubler>("poolio", 3);
 *     spec.max_overflow = 4;
 */
struct pool_spec : pooltoy_pool_spec {
	/* `ops` stay the caller's, unchanged, until the spec's `release`. */
	pool_spec(const char *pool_name, const pooltoy_worker_ops &ops, int workers) noexcept
	    : pooltoy_pool_spec POOLTOY_POOL_SPEC_INIT
	{
		name = pool_name;
		worker = &ops;
		size = workers;
	}

	template <class W> static pool_spec of(const char *name, int size) noexcept
	{
		static_assert(std::is_void_v<typename detail::argument_of<W>::type>,
			      "this worker's init wants an argument");
		return pool_spec(name, worker_ops<W>, size);
	}
	/* `given` stays the caller's, too, and in place; each worker's init has it. */
	template <class W, class Argument>
	static pool_spec of(const char *name, int size, Argument *given) noexcept
	{
		using wanted = typename detail::argument_of<W>::type;
		static_assert(std::is_same_v<wanted, Argument *> ||
				      std::is_same_v<wanted, const Argument *>,
			      "not the argument that this worker's init wants");
		pool_spec spec(name, worker_ops<W>, size);

		spec.argument = const_cast<void *>(static_cast<const void *>(given));
		return spec;
	}
};

} // namespace pooltoy

#endif
