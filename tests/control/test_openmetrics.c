/* SPDX-License-Identifier: MIT */
/* test_openmetrics.c: the text that scrapers get, line by line. */
#include "openmetrics.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Of pools whose status, and whose durations, are these arrays. */
static char *text_of(const char *status, const char *histograms)
{
	json_t *pools = json_loads(status, 0, NULL), *durations = json_loads(histograms, 0, NULL);
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(pools);
	CU_ASSERT_PTR_NOT_NULL_FATAL(durations);
	text = openmetrics_text(pools, durations);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	json_decref(pools);
	json_decref(durations);
	return text;
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

static void counters_gauges_and_states_have_their_names_and_values(void)
{
	char *text = text_of("[{\"pool\":\"poolio\",\"state\":\"full\",\"size\":3,\"idle\":2,"
			     "\"checkouts\":4711,\"instance_ns\":61500000000}]",
			     "[]");

	CU_ASSERT(has_line(text, "# TYPE pooltoy_checkouts counter"));
	CU_ASSERT(has_line(text, "# HELP pooltoy_checkouts Leases granted."));
	CU_ASSERT(has_line(text, "pooltoy_checkouts_total{pool=\"poolio\"} 4711"));
	CU_ASSERT(has_line(text, "# TYPE pooltoy_size gauge"));
	CU_ASSERT(has_line(text, "pooltoy_size{pool=\"poolio\"} 3"));
	CU_ASSERT(has_line(text, "pooltoy_workers{pool=\"poolio\",state=\"idle\"} 2"));
	CU_ASSERT(has_line(text, "pooltoy_workers{pool=\"poolio\",state=\"leased\"} 0"));
	CU_ASSERT(has_line(text, "pooltoy_state{pool=\"poolio\",state=\"full\"} 1"));
	CU_ASSERT(has_line(text, "pooltoy_state{pool=\"poolio\",state=\"ready\"} 0"));
	CU_ASSERT(has_line(text, "# UNIT pooltoy_instance_age_seconds seconds"));
	CU_ASSERT(has_line(text, "pooltoy_instance_age_seconds{pool=\"poolio\"} 61.5"));
	free(text);
}

static void buckets_count_all_that_are_not_longer_and_the_last_all(void)
{
	char *text = text_of("[]", "[{\"pool\":\"poolio\",\"wait\":{\"count\":6,"
				   "\"sum_ns\":2000000001500000000,\"sampled\":1,\"buckets\":"
				   "[[64,1],[256,1],[288,1],[1024,2],[2000000000000000,1]]}}]");

	CU_ASSERT(has_line(text, "# TYPE pooltoy_wait_seconds histogram"));
	CU_ASSERT(has_line(text, "# UNIT pooltoy_wait_seconds seconds"));
	CU_ASSERT(has_line(text,
			   "pooltoy_wait_seconds_bucket{pool=\"poolio\",le=\"0.000000256\"} 2"));
	CU_ASSERT(has_line(text,
			   "pooltoy_wait_seconds_bucket{pool=\"poolio\",le=\"0.000001024\"} 5"));
	CU_ASSERT(has_line(text,
			   "pooltoy_wait_seconds_bucket{pool=\"poolio\",le=\"1.073741824\"} 5"));
	CU_ASSERT(has_line(text,
			   "pooltoy_wait_seconds_bucket{pool=\"poolio\",le=\"1099.511627776\"} 5"));
	CU_ASSERT(has_line(text, "pooltoy_wait_seconds_bucket{pool=\"poolio\",le=\"+Inf\"} 6"));
	CU_ASSERT(has_line(text, "pooltoy_wait_seconds_count{pool=\"poolio\"} 6"));
	CU_ASSERT(has_line(text, "pooltoy_wait_seconds_sum{pool=\"poolio\"} 2000000001.5"));
	free(text);
}

static void what_is_sampled_says_so(void)
{
	char *text = text_of("[]", "[{\"pool\":\"poolio\",\"hold\":{\"sampled\":64},"
				   "\"start\":{\"sampled\":1}}]");

	CU_ASSERT(has_line(text, "# HELP pooltoy_hold_seconds How long leases were held that were "
				 "checked in: of one in 64."));
	CU_ASSERT(has_line(text, "# HELP pooltoy_start_seconds How long workers took to start, "
				 "init included."));
	free(text);
}

static void a_name_with_quotes_backslashes_and_newlines_is_escaped(void)
{
	char *text = text_of("[{\"pool\":\"a\\\"b\\\\c\\nd\",\"size\":1}]", "[]");

	CU_ASSERT(has_line(text, "pooltoy_size{pool=\"a\\\"b\\\\c\\nd\"} 1"));
	free(text);
}

static void the_samples_of_a_family_are_together_and_the_text_has_an_end(void)
{
	char *text =
		text_of("[{\"pool\":\"poolio\",\"size\":1},{\"pool\":\"pooly\",\"size\":2}]", "[]");
	size_t length = strlen(text);

	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "pooltoy_size{pool=\"poolio\"} 1\npooltoy_size{pool=\"pooly\"} 2\n"));
	CU_ASSERT(length > 6 && strcmp(text + length - 7, "\n# EOF\n") == 0);
	CU_ASSERT_PTR_NULL(strstr(text, "\n\n"));
	free(text);
}

SUITE(TEST(counters_gauges_and_states_have_their_names_and_values),
      TEST(buckets_count_all_that_are_not_longer_and_the_last_all), TEST(what_is_sampled_says_so),
      TEST(a_name_with_quotes_backslashes_and_newlines_is_escaped),
      TEST(the_samples_of_a_family_are_together_and_the_text_has_an_end))
