/* SPDX-License-Identifier: MIT */
/* told.h: the last events of a server. Those that tell of nothing wrong come in crowds, and are kept apart. */
#ifndef OBSERVE_TOLD_H
#define OBSERVE_TOLD_H

#include <jansson.h>

enum { TOLD_MOST = 200 }; /* kept of each kind */

/* Each NULL as long as there is none; the oldest first. */
struct told {
	json_t *warnings; /* and errors */
	json_t *infos;
};

void told_add(struct told *told, json_t *event);
/* What a server leaves that is forgotten is one with what others have left. */
void told_bequeath(const struct told *told, struct told *others);
void told_free(struct told *told);

/* Appends all; by time is up to who reads them. */
void told_report(const struct told *told, json_t *array);

#endif
