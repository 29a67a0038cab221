/* SPDX-License-Identifier: MIT */
/* debugger.h: what a debugger prints of a process: the stacks of all its threads. */
#ifndef TOOL_DEBUGGER_H
#define TOOL_DEBUGGER_H

enum { DEBUGGER_SECONDS = 10 };

enum debugger_end {
	DEBUGGER_ENDED,      /* by itself, whatever it has found */
	DEBUGGER_MISSING,    /* neither eu-stack nor gdb could be run */
	DEBUGGER_LATE,       /* not within DEBUGGER_SECONDS: it was killed */
	DEBUGGER_INTERRUPTED /* the same, for a signal that is to end this process */
};

/* Its output, of eu-stack or else of gdb, which is the caller's to free; NULL: none. The process stands still meanwhile. */
char *debugger_ask(long pid, enum debugger_end *end);

#endif
