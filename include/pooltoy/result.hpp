/* SPDX-License-Identifier: MIT */
/* pooltoy/result.hpp: what functions return: a value, or a code with its story. No exceptions. */
#ifndef POOLTOY_RESULT_HPP
#define POOLTOY_RESULT_HPP

#include <pooltoy/error.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace pooltoy
{

/*
 * What went wrong. It keeps a copy of its story, since the thread's own, pooltoy_last_error(), may be
 * another one by the time it is looked at: a destructor on the way that checks a stale lease in has
 * failed, too.
 */
class failure
{
public:
	/* Of the calling thread's call that has just failed. */
	static failure last(int code) noexcept
	{
		return failure(code, pooltoy_last_error());
	}
	/* The application's own; `code` is negative. The story is copied. */
	failure(int code, const char *story) noexcept : code_(code), story_(copy(story))
	{
	}

	int code() const noexcept
	{
		return code_;
	}
	/* For whoever has to repair it. Lives as long as this. */
	const char *story() const noexcept
	{
		return story_ ? story_.get() : pooltoy_strerror(code_);
	}

private:
	/* Null if memory is short: then the code's text has to do. */
	static std::unique_ptr<char[]> copy(const char *story) noexcept
	{
		const std::size_t size = std::strlen(story) + 1;
		std::unique_ptr<char[]> text(new (std::nothrow) char[size]);

		if (text)
			std::memcpy(text.get(), story, size);
		return text;
	}

	int code_;
	std::unique_ptr<char[]> story_;
};

/*
 * A value, or a failure: `if (!answer) use(answer.code(), answer.story()); else use(*answer);`. Move
 * only. Who takes a value that is not there ends the process, in every build.
 */
template <class T = void> class [[nodiscard]] result;

template <> class [[nodiscard]] result<void>
{
public:
	result() noexcept = default;
	result(failure why) noexcept : failure_(std::move(why))
	{
	}

	explicit operator bool() const noexcept
	{
		return !failure_;
	}
	/* POOLTOY_OK, or a negative code. */
	int code() const noexcept
	{
		return failure_ ? failure_->code() : POOLTOY_OK;
	}
	/* "" if all is well. Lives as long as this. */
	const char *story() const noexcept
	{
		return failure_ ? failure_->story() : "";
	}
	/* To be handed on: `return std::move(answer).error();` */
	failure error() &&
	{
		if (!failure_)
			std::abort();
		return std::move(*failure_);
	}

private:
	std::optional<failure> failure_;
};

template <class T> class [[nodiscard]] result : private result<void>
{
public:
	result(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value))
	{
	}
	result(failure why) noexcept : result<void>(std::move(why))
	{
	}

	using result<void>::operator bool;
	using result<void>::code;
	using result<void>::story;
	using result<void>::error;

	/* Of a result that has a name: one that nobody has looked at is not to be used. */
	T &operator*() &
	{
		return value();
	}
	const T &operator*() const &
	{
		return value();
	}
	T *operator->() &
	{
		return &value();
	}
	const T *operator->() const &
	{
		return &value();
	}
	T &operator*() && = delete;
	T *operator->() && = delete;
	T &value() &
	{
		return value_ ? *value_ : (std::abort(), *value_);
	}
	const T &value() const &
	{
		return value_ ? *value_ : (std::abort(), *value_);
	}
	/* "It works, or the program ends": supervisor::start().value() */
	T value() &&
	{
		return std::move(value());
	}
	T value_or(T other) &&
	{
		return value_ ? std::move(*value_) : std::move(other);
	}

private:
	std::optional<T> value_;
};

namespace detail
{
inline result<void> outcome_of(int code) noexcept
{
	if (code)
		return failure::last(code);
	return {};
}

/* What a function's T is handed on as: a result<T>, which T may be itself. */
template <class T> struct result_of {
	using type = result<T>;
};
template <class T> struct result_of<result<T>> {
	using type = result<T>;
};

/* Where a callback is called by C code, nothing may be thrown through that. */
#ifdef __cpp_exceptions
template <class F, class... Arguments>
inline constexpr bool never_throws = std::is_nothrow_invocable_v<F &, Arguments...>;
#else
template <class F, class... Arguments>
inline constexpr bool never_throws = std::is_invocable_v<F &, Arguments...>;
#endif
} // namespace detail

} // namespace pooltoy

#endif
