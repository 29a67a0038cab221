/* SPDX-License-Identifier: MIT */
/* compare.c: whether what is is what should be, and what is different first. */
#include "reference/compare.h"

#include "reference/stage.h"

#include <stdio.h>
#include <string.h>

#define SAME_FIGURE(figure) \
	if (is->figure != expected->figure) \
	return snprintf(story, STORY_SIZE, #figure " is %lld, and should be %lld", \
			(long long)is->figure, (long long)expected->figure), \
	       false

static bool same_status(const struct pooltoy_pool_status *is,
			const struct pooltoy_pool_status *expected, char *story)
{
	SAME_FIGURE(state);
	SAME_FIGURE(idle);
	SAME_FIGURE(leased);
	SAME_FIGURE(waiting);
	SAME_FIGURE(monitored);
	SAME_FIGURE(resetting);
	SAME_FIGURE(starting);
	SAME_FIGURE(checkouts);
	/* On real threads a checkout may come between a worker's becoming idle and its hint, and enter the queue for
	 * a moment. On fibers everything that can go on has done so. */
	if (stage_is_timed || is->waits < expected->waits)
		SAME_FIGURE(waits);
	SAME_FIGURE(timeouts);
	SAME_FIGURE(client_deaths);
	SAME_FIGURE(restarts);
	SAME_FIGURE(instance);
	if (expected->state == POOLTOY_POOL_STOPPED)
		return true; /* nobody keeps the others' account any more */
	SAME_FIGURE(stopping);
	SAME_FIGURE(quarantined);
	SAME_FIGURE(overflow);
	SAME_FIGURE(worker_deaths);
	SAME_FIGURE(start_failures);
	return true;
}

static bool same_counts(const struct model *model, const struct agents_counts *is, char *story)
{
	const struct model_figures *expected = &model->figures;

	SAME_FIGURE(inits);
	SAME_FIGURE(terminates);
	SAME_FIGURE(resets);
	SAME_FIGURE(calls);
	SAME_FIGURE(casts);
	return true;
}

static enum pooltoy_worker_state state_of(const struct model_worker *worker)
{
	switch (worker->life) {
	case IDLE:
		return POOLTOY_WORKER_IDLE;
	case LEASED:
		return POOLTOY_WORKER_LEASED;
	case RESETTING:
		return POOLTOY_WORKER_RESETTING;
	case LEAVING:
		return worker->quarantined ? POOLTOY_WORKER_QUARANTINED : POOLTOY_WORKER_STOPPING;
	default:
		return 0;
	}
}

static bool same_holder(const struct model *model, const struct agents_view *view, int index)
{
	int client = model->leases[model->workers[index].lease].client;

	if (client >= AGENTS)
		return strcmp(view->workers[index].name, "connection") == 0;
	return view->workers[index].holder == real.agents[client].thread_id &&
	       !view->workers[index].name[0];
}

static bool same_workers(const struct model *model, const struct agents_view *view, char *story)
{
	if (model->state == POOLTOY_POOL_STOPPED)
		return true; /* it is no part of the tree any more */
	for (int i = 0; i < WORKERS; i++) {
		const struct model_worker *worker = &model->workers[i];
		enum pooltoy_worker_state state = view->workers[i].state;
		const char *wrong = NULL;

		if (state != state_of(worker))
			wrong = "state";
		else if (state && view->workers[i].leases != worker->total)
			wrong = "number of leases";
		else if (state && view->workers[i].calling != worker->calling)
			wrong = "calling";
		else if (view->workers[i].monitored != (worker->life == LEASED))
			wrong = "monitored";
		else if (worker->life == LEASED && !same_holder(model, view, i))
			wrong = "holder";
		if (wrong) {
			snprintf(story, STORY_SIZE, "worker %d: its %s; it is %s", i, wrong,
				 pooltoy_worker_state_name(state));
			return false;
		}
	}
	return true;
}

static bool same_agents(const struct model *model, const struct agents_view *view, char *story)
{
	for (int i = 0; i < AGENTS; i++)
		if (view->busy[i] != (model->agents[i].pending != NOTHING)) {
			snprintf(story, STORY_SIZE, "agent %d %s", i,
				 view->busy[i] ? "waits for ever" : "should wait, and does not");
			return false;
		}
	return true;
}

/* poolboy's rules, of a pool in which all is well: with so many leases out. */
static bool keeps_poolboys_rules(const struct model *model, const struct pooltoy_pool_status *is,
				 char *story)
{
	int out = is->leased, most = is->size + is->max_overflow;
	bool well = model->state == POOLTOY_POOL_READY && !model->backs_off &&
		    model_count(model, LEAVING) + model_count(model, RESETTING) == 0;

	if (!well || ((is->state == POOLTOY_POOL_FULL) == (out == most) &&
		      is->idle == (out < is->size ? is->size - out : 0) &&
		      is->overflow == (out > is->size ? out - is->size : 0)))
		return true;
	snprintf(story, STORY_SIZE, "poolboy's rules: %d of %d + %d out, %d idle, overflow %d, %s",
		 out, is->size, is->max_overflow, is->idle, is->overflow,
		 pooltoy_pool_state_name(is->state));
	return false;
}

bool compare(const struct model *model, const struct pooltoy_pool_status *expected,
	     const struct agents_view *view, char *story)
{
	return same_agents(model, view, story) && same_workers(model, view, story) &&
	       same_status(&view->status, expected, story) &&
	       same_counts(model, &view->counts, story) &&
	       keeps_poolboys_rules(model, &view->status, story);
}
