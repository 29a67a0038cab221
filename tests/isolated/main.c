/* SPDX-License-Identifier: MIT */
/* main.c: a test program that runs one of the suites of its shared object. */
#include "isolated/isolated.h"

int main(int argc, char **argv)
{
	return isolated_main(argc, argv);
}
