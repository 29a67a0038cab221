/* SPDX-License-Identifier: MIT */
/* support.h: what tests of workers in child processes share: what a process has, and should be left with. */
#ifndef PROCESS_SUPPORT_H
#define PROCESS_SUPPORT_H

/* Of this process. */
int count_descriptors(void);
/* No child, not even a dead one; and so many descriptors, soon. */
void expect_nothing_left(int descriptors);

#endif
