/* SPDX-License-Identifier: MIT */
/* error.h: the calling thread's last error. */
#ifndef POOLTOY_LIB_ERROR_H
#define POOLTOY_LIB_ERROR_H

#include <pooltoy/error.h>

/* Sets the text of pooltoy_last_error and returns `code`: `return error_set(POOLTOY_EINVAL,
 * "...")`. */
int error_set(int code, const char *format, ...) POOLTOY_PRINTF(2, 3);

#endif
