/* SPDX-License-Identifier: MIT */
/* specimen.c: mistakes on purpose: each is found by the analyzers that it names, or they are broken. */
#include "error.h"
#include "pool.h"
#include "specimen.h"

#include <stdlib.h>

/* An analyzer that has not found the header does not know that the code is not 0. */
int follows_nothing(const int *number)
{
	int code = number ? 0 : error_set(POOLTOY_EINVAL, "specimen: it is NULL");

	if (code)
		return *number; /* mistake for gcc, clang-tidy */
	return code;
}

int uses_what_it_freed(void)
{
	int *number = malloc(sizeof *number);
	int result;

	if (!number)
		return 0;
	*number = 1;
	free(number);
	result = *number; /* mistake for gcc, clang-tidy, cppcheck */
	return result;
}

void frees_twice(char *memory)
{
	free(memory);
	free(memory); /* mistake for gcc, clang-tidy, cppcheck */
}

/* The same with a length from a header. */
int writes_past_the_end(void)
{
	char name[POOL_NAME_SIZE];

	name[0] = 0;
	name[POOL_NAME_SIZE] = 0; /* mistake for cppcheck */
	return name[0];
}
