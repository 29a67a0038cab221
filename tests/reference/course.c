/* SPDX-License-Identifier: MIT */
/* course.c: what a pool does by itself: after an operation, and as time passes. */
#include "reference/model_parts.h"

/* Workers. */

static void interrupt(struct model *model, struct model_worker *worker)
{
	worker->overdue = true;
	if (worker->calling)
		model_call_returns(model, worker);
}

static void has_left(struct model *model, struct model_worker *worker)
{
	if (!worker->quarantined && (worker->cause == BROKE || worker->cause == KILLED))
		model->figures.worker_deaths++;
	if (worker->quarantined)
		model->returned_at = model->step;
	model->figures.terminates++;
	worker->life = GONE;
	worker->overdue = worker->quarantined = false;
}

static void reset(struct model *model, struct model_worker *worker)
{
	if (model->config->resets) {
		model->figures.resets++;
		if (model->breaking_resets > 0) {
			model->breaking_resets--;
			model_leaves(model, worker, BROKE);
			return;
		}
	}
	model_becomes_free(model, worker);
}

static bool workers_move(struct model *model)
{
	bool moved = false;

	for (int i = 0; i < WORKERS; i++) {
		struct model_worker *worker = &model->workers[i];

		if (worker->borrower != NOBODY || worker->calling ||
		    (worker->life != LEAVING && worker->life != RESETTING))
			continue;
		if (worker->life == LEAVING)
			has_left(model, worker);
		else
			reset(model, worker);
		moved = true;
	}
	return moved;
}

/* A connection that was closed while it waited gives back what it was granted. */
static void serve_closed(struct model *model, int agent)
{
	model_comes_back(model, agent, POOLTOY_ECLOSED, "its wait");
	model->agents[agent].last = 0; /* what it did not use it may remember all the same */
	for (int i = 0; i < WORKERS; i++)
		if (model->workers[i].life == IDLE)
			model->workers[i].freed_at = model->step;
}

static bool start_missing(struct model *model);

static bool serve(struct model *model)
{
	struct world_answer answer;
	int agent = model->queue[0];

	if (model->waiting == 0 || model_count(model, IDLE) == 0)
		return false;
	answer = world_answer(agent);
	/* One that has just been started may have been faster than the one that is known to be idle. */
	while (answer.worker >= 0 && model->workers[answer.worker].life != IDLE)
		if (!start_missing(model) && !model_start_spare(model))
			break;
	model_leave_queue(model, agent);
	if (model->agents[agent].client_ended) {
		serve_closed(model, agent);
		return true;
	}
	answer = model_comes_back(model, agent, POOLTOY_OK, "its wait");
	model_grant(model, agent, model->agents[agent].client, answer.worker);
	return true;
}

static void start_one(struct model *model)
{
	bool fails = model->failing_inits > 0, failed;
	int index = world_next_init(&failed);
	struct model_worker *worker = &model->workers[index];

	if (failed != fails)
		world_differs("the init of worker %d %s", index, failed ? "failed" : "succeeded");
	/* One too many, dismissed before anybody looked: its place is taken again. */
	if (worker->life == IDLE && world_has_spares()) {
		model_leaves(model, worker, DISMISSED);
		has_left(model, worker);
	}
	if (worker->life != GONE)
		world_differs("there are two workers %d", index);
	if (fails) {
		model->failing_inits--;
		model->figures.start_failures++;
		model_judge(model, false);
		return;
	}
	worker->serial = ++model->serials;
	worker->granted = 0;
	model->figures.inits++;
	model_becomes_free(model, worker);
}

/* Those that have yet to leave hold their places, until they are overdue, and of a single writer for good. */
static int taken_places(const struct model *model)
{
	int count = model_living(model);

	for (int i = 0; i < WORKERS; i++) {
		const struct model_worker *worker = &model->workers[i];

		count += worker->life == LEAVING && (model->config->exclusive || !worker->overdue);
	}
	return count;
}

/*
 * Whether one more worker is started in this round. The first one must be there; the others may have been
 * made up for meanwhile, or come with the next round. One that fails ends a round, but for those that have
 * begun along with it; in a rest, these are the next round's.
 */
static bool starts_one_more(const struct model *model, bool is_first)
{
	return is_first || (!(model->rests && model->backs_off) && world_has_next_init());
}

static bool start_missing(struct model *model)
{
	int size = model->config->size, most = size + model->config->max_overflow;
	int taken = taken_places(model), wanted = size;
	int unserved = model->waiting - model_count(model, IDLE);

	if (model->state != POOLTOY_POOL_READY || model->backs_off)
		return false;
	if (wanted < taken + unserved)
		wanted = taken + unserved;
	if (wanted > most)
		wanted = most;
	for (int i = taken; i < wanted && starts_one_more(model, i == taken); i++)
		start_one(model);
	return wanted > taken;
}

bool model_start_spare(struct model *model)
{
	if (!world_has_spares() || !world_has_next_init() ||
	    taken_places(model) >= model->config->size + model->config->max_overflow)
		return false;
	start_one(model);
	return true;
}

static bool dismiss_surplus(struct model *model)
{
	int index;

	if (model->waiting > 0 || model_living(model) <= model->config->size ||
	    model_count(model, IDLE) == 0)
		return false;
	index = world_dismissed(model);
	model_leaves(model, &model->workers[index], DISMISSED);
	return true;
}

/* If one comes back from quarantine as the last of the others leaves, either answer is right. */
static int stop_answer(const struct model *model, int agent, bool stuck)
{
	if (model->returned_at == model->step && world_answer(agent).code == POOLTOY_EQUARANTINED)
		return POOLTOY_EQUARANTINED;
	return stuck ? POOLTOY_EQUARANTINED : POOLTOY_OK;
}

static void finish_stop(struct model *model)
{
	bool stuck = false;

	for (int i = 0; i < WORKERS; i++) {
		if (model->workers[i].life == LEAVING && !model->workers[i].quarantined)
			return;
		stuck |= model->workers[i].quarantined;
	}
	for (int i = 0; i < AGENTS; i++)
		if (model->agents[i].pending == STOPS)
			model_comes_back(model, i, stop_answer(model, i, stuck), "the stop");
}

void model_settle(struct model *model)
{
	while (workers_move(model) || serve(model) || start_missing(model) ||
	       dismiss_surplus(model))
		;
	if (model_living(model) >= model->config->size && !model->backs_off)
		model->start_failed = false;
	finish_stop(model);
}

/* Time. */

/* The next thing that happens at a known time, up to then. */
static long next_event(const struct model *model, long until)
{
	long next = until;

	for (int i = 0; i < AGENTS; i++)
		if (model->agents[i].deadline != NOBODY && model->agents[i].deadline < next)
			next = model->agents[i].deadline;
	for (int i = 0; i < WORKERS; i++) {
		const struct model_worker *worker = &model->workers[i];

		if (worker->life != LEAVING || worker->quarantined)
			continue;
		if (!worker->overdue && worker->cause != KILLED && worker->interrupt_at < next)
			next = worker->interrupt_at;
		if (worker->quarantine_at < next)
			next = worker->quarantine_at;
	}
	return next;
}

static void expire(struct model *model, int agent)
{
	struct model_agent *self = &model->agents[agent];

	if (self->deadline == NOBODY || self->deadline > model->now)
		return;
	if (self->pending == WAITS) {
		model_leave_queue(model, agent);
		model->figures.timeouts++;
		model_comes_back(model, agent, POOLTOY_ETIMEDOUT, "its wait");
		return;
	}
	model_comes_back(model, agent, POOLTOY_ETIMEDOUT, "its call");
	for (int i = 0; i < WORKERS; i++)
		if (model->workers[i].caller == agent) {
			model->workers[i].caller = NOBODY;
			model_call_returns(model, &model->workers[i]);
		}
}

static void overstay(struct model *model, struct model_worker *worker)
{
	if (worker->life != LEAVING || worker->quarantined)
		return;
	if (!worker->overdue && worker->cause != KILLED && worker->interrupt_at <= model->now)
		interrupt(model, worker);
	if (worker->quarantine_at <= model->now && (worker->borrower != NOBODY || worker->calling))
		worker->overdue = worker->quarantined = true;
}

void model_pass(struct model *model, long ms)
{
	long until = model->now + ms;

	model->rests = ms == REST;
	do {
		model->now = next_event(model, until);
		for (int i = 0; i < AGENTS; i++)
			expire(model, i);
		for (int i = 0; i < WORKERS; i++)
			overstay(model, &model->workers[i]);
		model_settle(model);
	} while (model->now < until);
	/* One more backoff may have begun in a rest, and ended in it. */
	for (int i = 0; ms == REST && i < 3; i++) {
		model->backs_off = false;
		if (model->state == POOLTOY_POOL_BACKOFF)
			model->state = POOLTOY_POOL_READY;
		model_settle(model);
	}
	model->rests = false;
}

/* Figures. */

static enum pooltoy_pool_state public_state(const struct model *model,
					    const struct pooltoy_pool_status *status)
{
	int up = model_living(model);

	if (model->state != POOLTOY_POOL_READY)
		return model->state;
	if (model->start_failed && up < status->size)
		return POOLTOY_POOL_DEGRADED;
	if (up == 0 && status->size > 0)
		return POOLTOY_POOL_STARTING;
	if (status->idle > 0)
		return POOLTOY_POOL_READY;
	if (up == status->size + status->max_overflow)
		return POOLTOY_POOL_FULL;
	return status->overflow > 0 ? POOLTOY_POOL_OVERFLOW : POOLTOY_POOL_READY;
}

void model_status(const struct model *model, struct pooltoy_pool_status *status)
{
	int up = model_living(model);

	*status = (struct pooltoy_pool_status)POOLTOY_POOL_STATUS_INIT;
	status->size = model->config->size;
	status->max_overflow = model->config->max_overflow;
	status->idle = model_count(model, IDLE);
	status->leased = status->monitored = model_count(model, LEASED);
	status->resetting = model_count(model, RESETTING);
	status->stopping = model_count(model, LEAVING);
	for (int i = 0; i < WORKERS; i++) {
		status->quarantined += model->workers[i].quarantined;
		status->checkouts += model->workers[i].total;
	}
	status->stopping -= status->quarantined;
	status->overflow = up > status->size ? up - status->size : 0;
	status->waiting = model->waiting;
	status->instance = model->figures.instance;
	status->restarts = model->figures.restarts;
	status->worker_deaths = model->figures.worker_deaths;
	status->start_failures = model->figures.start_failures;
	status->waits = model->figures.waits;
	status->timeouts = model->figures.timeouts;
	status->client_deaths = model->figures.client_deaths;
	status->state = public_state(model, status);
}
