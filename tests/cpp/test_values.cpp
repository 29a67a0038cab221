/* SPDX-License-Identifier: MIT */
/* test_values.cpp: timeouts, bytes and results. */
#include "support.hpp"

#include <array>
#include <cfloat>
#include <climits>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace
{

using namespace std::chrono;
using pooltoy::timeout;

constexpr int ms(timeout time)
{
	return time.milliseconds();
}

/* At compile time, where an overflow is an error. */
static_assert(ms(pooltoy::forever) == -1);
static_assert(ms(seconds(0)) == 0);
static_assert(ms(milliseconds(1)) == 1);
static_assert(ms(seconds(2)) == 2000);
static_assert(ms(hours(1)) == 3600000);
static_assert(ms(nanoseconds(1)) == 1 && ms(microseconds(1)) == 1);
static_assert(ms(microseconds(1000)) == 1 && ms(microseconds(1001)) == 2);
static_assert(ms(milliseconds(-1)) == 0 && ms(nanoseconds(-1)) == 0);
static_assert(ms(hours::min()) == 0 && ms(nanoseconds::min()) == 0);
static_assert(ms(milliseconds(INT_MAX)) == INT_MAX);
static_assert(ms(milliseconds(INT_MAX - 1)) == INT_MAX - 1);
static_assert(ms(milliseconds(INT_MAX + 1LL)) == INT_MAX);
static_assert(ms(microseconds(INT_MAX * 1000LL - 999)) == INT_MAX);
static_assert(ms(microseconds(INT_MAX * 1000LL + 1)) == INT_MAX);
static_assert(ms(hours::max()) == INT_MAX && ms(nanoseconds::max()) == INT_MAX);
static_assert(ms(hours(1LL << 57)) == INT_MAX); /* a product that is 0 in 64 bits */
static_assert(ms(duration<std::int64_t, std::femto>::max()) == 9223373);
static_assert(ms(duration<std::uint64_t, std::ratio<86400 * 365>>(UINT64_MAX)) == INT_MAX);
static_assert(ms(duration<signed char, std::ratio<60>>(2)) == 120000);
static_assert(ms(duration<int, std::ratio<1, 60>>(1)) == 17);
static_assert(ms(duration<int, std::ratio<1, 60>>(60)) == 1000);
static_assert(ms(duration<double>(0.25)) == 250 && ms(duration<double>(0.0000001)) == 1);
static_assert(ms(duration<float>(1e30f)) == INT_MAX && ms(duration<double>(-0.5)) == 0);
static_assert(ms(duration<double>(DBL_MAX)) == INT_MAX);
static_assert(ms(duration<double>(std::numeric_limits<double>::infinity())) == INT_MAX);
static_assert(ms(duration<double>(std::numeric_limits<double>::quiet_NaN())) == 0);
static_assert(!std::is_convertible_v<int, timeout> && !std::is_constructible_v<timeout, int>);

void durations_become_milliseconds_at_run_time_too()
{
	volatile long long long_time = LLONG_MAX;
	volatile double no_number = std::nan("");

	CU_ASSERT_EQUAL(ms(seconds(long_time)), INT_MAX);
	CU_ASSERT_EQUAL(ms(duration<double>(no_number)), 0);
	CU_ASSERT_EQUAL(
		ms(steady_clock::time_point(seconds(1)) - steady_clock::time_point(seconds(2))), 0);
}

bool is(pooltoy::bytes bytes, std::string_view text)
{
	return bytes.text() == text;
}

void bytes_are_what_containers_hold()
{
	const std::string string("one\0two", 7);
	const std::vector<short> shorts{ 1, 2, 3 };
	const std::array<int, 2> ints{ 4, 5 };

	CU_ASSERT(is(string, string));
	CU_ASSERT(is(std::string_view("view"), "view"));
	CU_ASSERT(is("literal", "literal"));
	CU_ASSERT_EQUAL(pooltoy::bytes(shorts).size(), 3 * sizeof(short));
	CU_ASSERT_EQUAL(pooltoy::bytes(ints).size(), 2 * sizeof(int));
	CU_ASSERT_PTR_EQUAL(pooltoy::bytes(ints).data(), ints.data());
	CU_ASSERT_EQUAL(pooltoy::bytes().size(), 0);
}

void bytes_are_read_as_a_value_of_their_size()
{
	const double half = 0.5;
	const pooltoy::bytes bytes(&half, sizeof half);

	CU_ASSERT(bytes.read<double>() == half);
	CU_ASSERT(!bytes.read<float>());
	CU_ASSERT(!pooltoy::bytes().read<char>());
}

void values_are_taken_as_they_lie_and_texts_by_their_content()
{
	const int number = 7;
	char text[16] = "short";

	CU_ASSERT(pooltoy::detail::bytes_of(number).read<int>() == 7);
	CU_ASSERT(is(pooltoy::detail::bytes_of(std::string_view("view")), "view"));
	CU_ASSERT(is(pooltoy::detail::bytes_of(text), "short"));
	CU_ASSERT(is(pooltoy::detail::bytes_of(pooltoy::bytes("again")), "again"));
}

void a_result_has_its_value()
{
	pooltoy::result<std::unique_ptr<int>> result(std::make_unique<int>(3));

	CU_ASSERT(static_cast<bool>(result));
	EXPECT_CODE(POOLTOY_OK, result);
	CU_ASSERT_STRING_EQUAL(result.story(), "");
	CU_ASSERT_EQUAL(**result, 3);
	CU_ASSERT_EQUAL(*result->get(), 3);
	CU_ASSERT_EQUAL(*std::move(result).value(), 3);
	CU_ASSERT_EQUAL(pooltoy::result<int>(5).value_or(6), 5);
}

void a_failure_has_a_code_and_a_story_of_its_own()
{
	char story[] = "what happened";
	pooltoy::result<int> result = pooltoy::failure(POOLTOY_EUSER, story);

	story[0] = '\0';
	CU_ASSERT(!result);
	EXPECT_CODE(POOLTOY_EUSER, result);
	CU_ASSERT_STRING_EQUAL(result.story(), "what happened");
	CU_ASSERT_EQUAL(std::move(result).value_or(6), 6);
}

void a_failure_is_handed_on_with_its_story()
{
	pooltoy::result<int> first = pooltoy::failure(POOLTOY_EBUSY, "a story");
	pooltoy::result<> second = std::move(first).error();
	pooltoy::result<std::string> third = std::move(second).error();

	EXPECT_CODE(POOLTOY_EBUSY, third);
	CU_ASSERT_STRING_EQUAL(third.story(), "a story");
}

void a_failure_keeps_its_story_when_the_next_call_fails()
{
	pooltoy::result<> first = pooltoy::lease().checkin();
	const std::string story = first.story();
	pooltoy::result<pooltoy::supervisor> second = pooltoy::failure(POOLTOY_EINVAL, "");

	CU_ASSERT(pooltoy_supervisor_start(nullptr) != 0);
	CU_ASSERT(story != pooltoy_last_error());
	CU_ASSERT_STRING_EQUAL(first.story(), story.c_str());
	CU_ASSERT(!story.empty());
	CU_ASSERT(!second);
}

} // namespace

SUITE(TEST(durations_become_milliseconds_at_run_time_too), TEST(bytes_are_what_containers_hold),
      TEST(bytes_are_read_as_a_value_of_their_size),
      TEST(values_are_taken_as_they_lie_and_texts_by_their_content), TEST(a_result_has_its_value),
      TEST(a_failure_has_a_code_and_a_story_of_its_own),
      TEST(a_failure_is_handed_on_with_its_story),
      TEST(a_failure_keeps_its_story_when_the_next_call_fails))
