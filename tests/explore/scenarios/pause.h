/* SPDX-License-Identifier: MIT */
/* pause.h: pauses, resumes, and what must hold between them. */
#ifndef EXPLORE_SCENARIOS_PAUSE_H
#define EXPLORE_SCENARIOS_PAUSE_H

#include "acts.h"
#include "laws.h"

/* For .fibers. The first: between the two calls no lease begins that had not begun before. */
void pause_and_resume(void);
void pause_briefly(void);
void pause_once(void);

/* For .finish: all words are as the last of them wants; then it is resumed, and serves. */
void pause_close(void);

#endif
