/* SPDX-License-Identifier: MIT */
/* transaction.h: a client whose transaction may be the end of it, or of its worker. */
#ifndef EXPLORE_SCENARIOS_TRANSACTION_H
#define EXPLORE_SCENARIOS_TRANSACTION_H

/* SERVED if the client has lived. */
void transaction_run(void);

#endif
