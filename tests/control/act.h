/* SPDX-License-Identifier: MIT */
/* act.h: a pool with a control socket, and a peer that is connected to it. */
#ifndef CONTROL_ACT_H
#define CONTROL_ACT_H

#include "control/peer.h"
#include "scenario/support.h"

#include <pooltoy/control.h>

struct act {
	struct stage stage;
	struct pooltoy_pool *poolio; /* two doublers */
	struct pooltoy_control *control;
	struct peer peer;
	char folder[64], path[128];
};
extern struct act act;

void raise_curtain(void);
void drop_curtain(void);

/* Whether one more is let in. */
bool is_greeted(void);

/* It is to end well. */
void await_exit(pid_t child);

#endif
