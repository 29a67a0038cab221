/* SPDX-License-Identifier: MIT */
/* complaint.h: the control library's part of pooltoy_last_error. */
#ifndef POOLTOY_CONTROL_COMPLAINT_H
#define POOLTOY_CONTROL_COMPLAINT_H

#include <pooltoy/error.h>

/*
 * Sets the calling thread's pooltoy_last_error to "control: ...", and returns `code`. A macro, so that
 * whoever analyzes the caller sees that it is just this code.
 */
#define complain(code, ...) (complain_in_words(__VA_ARGS__), (code))
void complain_in_words(const char *format, ...) POOLTOY_PRINTF(1, 2);
/* The same of what the system says by `error`, an errno, about `path`: the code that fits it. */
int complain_of(int error, const char *verb, const char *path);

#endif
