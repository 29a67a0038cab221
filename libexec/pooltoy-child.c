/* SPDX-License-Identifier: MIT */
/* pooltoy-child.c: the program of workers in child processes; started by the library (child.h). */
#include "child.h"

int main(int argc, char **argv)
{
	return pooltoy_child_main(argc, argv);
}
