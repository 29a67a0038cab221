/* SPDX-License-Identifier: MIT */
/* model_parts.h: what operations (model.c) and the course of things (course.c) have in common. */
#ifndef REFERENCE_MODEL_PARTS_H
#define REFERENCE_MODEL_PARTS_H

#include "reference/model.h"

int model_living(const struct model *model);

/* Agents. */
struct world_answer model_comes_back(struct model *model, int agent, int code, const char *from);
void model_leave_queue(struct model *model, int agent);
void model_grant(struct model *model, int agent, int client, int index);

/* Workers. */
void model_becomes_free(struct model *model, struct model_worker *worker);
void model_leaves(struct model *model, struct model_worker *worker, enum worker_cause cause);
void model_call_returns(struct model *model, struct model_worker *worker);
/* One that died: was it any good? If not, no more are started for a while. */
void model_judge(struct model *model, bool proved_itself);

#endif
