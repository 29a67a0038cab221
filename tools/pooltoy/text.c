/* SPDX-License-Identifier: MIT */
/* text.c: numbers, times and strings of others, as people read them. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

const char *string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void clean_text(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++) {
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f)
			*at = '?';
		else if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) /* the same, in UTF-8 */
			at[0] = at[1] = '?';
	}
}

static void clean_string(json_t *value)
{
	char *copy = strdup(json_string_value(value));

	if (!copy)
		return;
	for (char *at = copy; *at; at++)
		if (*at == '\n')
			*at = '?';
	clean_text(copy);
	json_string_set_nocheck(value, copy);
	free(copy);
}

void clean_value(json_t *value)
{
	const char *key;
	json_t *inner;
	size_t index;

	if (json_is_string(value))
		clean_string(value);
	json_object_foreach (value, key, inner)
		clean_value(inner);
	json_array_foreach (value, index, inner)
		clean_value(inner);
}

void write_duration(char *text, size_t size, uint64_t ns)
{
	uint64_t seconds = ns / 1000000000;

	if (ns < 1000000)
		snprintf(text, size, "%u us", (unsigned)(ns / 1000));
	else if (ns < 1000000000)
		snprintf(text, size, "%u ms", (unsigned)(ns / 1000000));
	else if (seconds < 60)
		snprintf(text, size, "%.1f s", (double)ns / 1e9);
	else if (seconds < 3600)
		snprintf(text, size, "%u min %u s", (unsigned)(seconds / 60),
			 (unsigned)(seconds % 60));
	else if (seconds < 86400)
		snprintf(text, size, "%u h %u min", (unsigned)(seconds / 3600),
			 (unsigned)(seconds / 60 % 60));
	else
		snprintf(text, size, "%u d %u h", (unsigned)(seconds / 86400),
			 (unsigned)(seconds / 3600 % 24));
}

int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t real_time_of(uint64_t monotonic_ns)
{
	struct timespec real, monotonic;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	return ((int64_t)real.tv_sec - monotonic.tv_sec) * 1000000000 + real.tv_nsec -
	       monotonic.tv_nsec + (int64_t)monotonic_ns;
}

void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2));
	putchar('\n');
}

void print_json_line(const json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}
