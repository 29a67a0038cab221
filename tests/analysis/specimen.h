/* SPDX-License-Identifier: MIT */
/* specimen.h: so that compilers take the specimen's functions for used. */
#ifndef ANALYSIS_SPECIMEN_H
#define ANALYSIS_SPECIMEN_H

int follows_nothing(const int *number);
int uses_what_it_freed(void);
void frees_twice(char *memory);
int writes_past_the_end(void);

#endif
