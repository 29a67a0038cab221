/* SPDX-License-Identifier: MIT */
/* tokens.h: a pool of one worker, which is held, and a cancel token. */
#ifndef EXPLORE_SCENARIOS_TOKENS_H
#define EXPLORE_SCENARIOS_TOKENS_H

#include "acts.h"

enum { TOKENS_CANCELLED = ACT_SIGHTS };

extern struct pooltoy_cancel_token *tokens_one;

/* For .setup, .fibers and .finish. */
void tokens_open_and_hold(void);
void tokens_cancel(void);
void tokens_check_in_use_and_close(void); /* the held one, if it lives */
void tokens_use_and_close(void);

/* As act_see, and that it was cancelled. */
void tokens_see(int code);

#endif
