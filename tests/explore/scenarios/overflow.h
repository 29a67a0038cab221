/* SPDX-License-Identifier: MIT */
/* overflow.h: a pool with workers beyond its size. */
#ifndef EXPLORE_SCENARIOS_OVERFLOW_H
#define EXPLORE_SCENARIOS_OVERFLOW_H

#include "acts.h"

/* For .setup: of size 0 with an overflow of two; of size 1 with one, idle or held (act_held). */
void overflow_open_empty(void);
void overflow_open_small(void);
void overflow_open_held(void);

unsigned overflow_alive(void); /* workers between init and terminate */

/* For .law where no worker breaks: of those that have come up, `size` have not begun to leave. */
void overflow_size_is_up(void);

/* Holds a worker until the other one has been dismissed: no other event brings that about. */
void overflow_hold_until_alone(void);

/* For .finish: nobody needs them any more, and what is left is the size. */
void overflow_close(void);
/* The same where no overflow has come up: nobody was too many. */
void overflow_close_undismissed(void);

#endif
