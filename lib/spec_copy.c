/* SPDX-License-Identifier: MIT */
/* spec_copy.c: structures from programs that were compiled against another header. */
#include "spec_copy.h"
#include "error.h"

#include <string.h>

int spec_copy(void *own, size_t size, const void *given, const char *what)
{
	const unsigned char *bytes = given;
	size_t given_size, i;

	memcpy(&given_size, given, sizeof given_size);
	if (given_size < sizeof given_size || given_size > 65536)
		return error_set(POOLTOY_EINVAL, "%s: its struct_size is not set: use the macros",
				 what);
	for (i = size; i < given_size; i++)
		if (bytes[i] != 0)
			return error_set(POOLTOY_EVERSION,
					 "%s: it asks for something that pooltoy %s does not have",
					 what, POOLTOY_VERSION);
	memset(own, 0, size);
	memcpy(own, given, given_size < size ? given_size : size);
	return POOLTOY_OK;
}
