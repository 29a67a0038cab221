/* SPDX-License-Identifier: MIT */
/* text.h: numbers, times and strings of others, as people read them. */
#ifndef TOOL_TEXT_H
#define TOOL_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Members of objects; 0 or "" if they are not there. */
int64_t number_of(const json_t *object, const char *key);
const char *string_of(const json_t *object, const char *key);

/* Replaces what a terminal might obey: control characters. In a text, and in all strings of a value. */
void clean_text(char *text);
void clean_value(json_t *value);

/* "350 us", "1.2 s", "3 min 20 s", "2 h 5 min", "8 d 3 h"; at least 16 bytes. */
void write_duration(char *text, size_t size, uint64_t ns);

/* Milliseconds. */
int64_t clock_ms(clockid_t clock);

/* The time since 1970 of an event's clock, which begins at the machine's start; both in nanoseconds. */
int64_t real_time_of(uint64_t monotonic_ns);

/* Writes a value to stdout for programs: over several lines, or as one. */
void print_json(const json_t *value);
void print_json_line(const json_t *value);

#endif
