/* SPDX-License-Identifier: MIT */
/* complaint.c: the control library's part of pooltoy_last_error. */
#include "complaint.h"

#include "extension.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void complain_in_words(const char *format, ...)
{
	char text[384];
	int length = snprintf(text, sizeof text, "control: ");
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
	va_end(arguments);
	pooltoy_tell_error(text);
}

static int code_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return POOLTOY_ENOENT;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
		return POOLTOY_EPERM;
	case EEXIST:
	case EADDRINUSE:
		return POOLTOY_EEXIST;
	case ENAMETOOLONG:
		return POOLTOY_EINVAL;
	case ENOMEM:
		return POOLTOY_ENOMEM;
	default:
		return POOLTOY_EAGAIN;
	}
}

int complain_of(int error, const char *verb, const char *path)
{
	char text[128];

	return complain(code_of(error), "%s %s: %s", verb, path,
			strerror_r(error, text, sizeof text));
}
