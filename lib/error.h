/* SPDX-License-Identifier: MIT */
/* error.h: the calling thread's last error. */
#ifndef POOLTOY_LIB_ERROR_H
#define POOLTOY_LIB_ERROR_H

#include <pooltoy/error.h>

/*
 * Sets the text of pooltoy_last_error and returns `code`: `return error_set(POOLTOY_EINVAL, "...")`.
 * A macro, so that whoever analyzes the caller sees that it is just this code.
 */
#define error_set(code, ...) (error_record(__VA_ARGS__), (code))
void error_record(const char *format, ...) POOLTOY_PRINTF(1, 2);

#endif
