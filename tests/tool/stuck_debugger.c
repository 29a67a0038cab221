/* SPDX-License-Identifier: MIT */
/*
 * stuck_debugger.c: -p PID: stops that process as debuggers do, if it may, and gets no further. The stop is not waited
 * for: so it is the process's own once its debugger has gone.
 */
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	pid_t pid = count == 3 ? (pid_t)atoi(arguments[2]) : 0;

	if (pid > 0)
		ptrace(PTRACE_ATTACH, pid, NULL, NULL);
	while (1)
		pause();
}
