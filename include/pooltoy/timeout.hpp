/* SPDX-License-Identifier: MIT */
/* pooltoy/timeout.hpp: how long to wait, as any std::chrono::duration. */
#ifndef POOLTOY_TIMEOUT_HPP
#define POOLTOY_TIMEOUT_HPP

#include <chrono>
#include <climits>
#include <cstdint>
#include <ratio>
#include <type_traits>

namespace pooltoy
{

/*
 * The C library's milliseconds: rounded up, so that nobody waits for less than was asked; at most
 * INT_MAX of them (24 days). What is negative (a deadline that has passed) or not a number is 0,
 * never "forever".
 */
template <class Rep, class Period>
constexpr int to_milliseconds(std::chrono::duration<Rep, Period> duration) noexcept
{
	static_assert(std::is_arithmetic_v<Rep>, "a duration that counts in plain numbers");
	using ratio = std::ratio_divide<Period, std::milli>;
	const Rep count = duration.count();

	if (!(count > 0))
		return 0;
	if constexpr (std::is_floating_point_v<Rep>) {
		const long double exact = static_cast<long double>(count) * ratio::num / ratio::den;

		if (exact >= INT_MAX)
			return INT_MAX;
		const int whole = static_cast<int>(exact);
		return static_cast<long double>(whole) < exact ? whole + 1 : whole;
	} else {
		/* In two steps, of which none can overflow. */
		constexpr std::uintmax_t num = ratio::num, den = ratio::den, most = INT_MAX;
		static_assert(num <= UINTMAX_MAX / den, "a duration with an odd unit");
		const std::uintmax_t ticks = static_cast<std::uintmax_t>(count);
		const std::uintmax_t whole = ticks / den, rest = ticks % den;

		if (whole > most / num)
			return INT_MAX;
		const std::uintmax_t sum = whole * num + (rest * num + den - 1) / den;
		return static_cast<int>(sum < most ? sum : most);
	}
}

struct forever_t {
	explicit constexpr forever_t() = default;
};
/* pool.checkout(pooltoy::forever) */
inline constexpr forever_t forever{};

/* A parameter: any duration, or `forever`. Zero tries. A bare number is refused: of what? */
class timeout
{
public:
	template <class Rep, class Period>
	constexpr timeout(std::chrono::duration<Rep, Period> duration) noexcept
	    : milliseconds_(to_milliseconds(duration))
	{
	}
	constexpr timeout(forever_t) noexcept : milliseconds_(-1)
	{
	}

	/* As the C functions have it: -1 is forever. */
	constexpr int milliseconds() const noexcept
	{
		return milliseconds_;
	}

private:
	int milliseconds_;
};

} // namespace pooltoy

#endif
