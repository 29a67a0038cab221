/* SPDX-License-Identifier: MIT */
/* model.c: what each operation does to a pool. */
#include "reference/model_parts.h"

#include <string.h>

int model_count(const struct model *model, enum worker_life life)
{
	int count = 0;

	for (int i = 0; i < WORKERS; i++)
		count += model->workers[i].life == life;
	return count;
}

int model_living(const struct model *model)
{
	return model_count(model, IDLE) + model_count(model, LEASED) +
	       model_count(model, RESETTING);
}

static bool lives(const struct model_worker *worker)
{
	return worker->life == IDLE || worker->life == LEASED || worker->life == RESETTING;
}

void model_open(struct model *model, const struct model_config *config, bool isolated)
{
	memset(model, 0, sizeof *model);
	model->config = config;
	model->isolated = isolated;
	model->state = POOLTOY_POOL_READY;
	model->figures.instance = 1;
	for (int i = 0; i < WORKERS; i++)
		model->workers[i].borrower = model->workers[i].caller = NOBODY;
	for (int i = 0; i < AGENTS; i++)
		model->agents[i].deadline = NOBODY;
}

/* Agents come back. */

struct world_answer model_comes_back(struct model *model, int agent, int code, const char *from)
{
	struct world_answer answer = world_answer(agent);

	if (answer.code != code)
		world_differs("agent %d comes back from %s with %d (%s), not with %d (%s)", agent,
			      from, answer.code, pooltoy_strerror(answer.code), code,
			      pooltoy_strerror(code));
	model->agents[agent].pending = NOTHING;
	model->agents[agent].deadline = NOBODY;
	return answer;
}

void model_leave_queue(struct model *model, int agent)
{
	int place = 0;

	while (model->queue[place] != agent)
		place++;
	model->waiting--;
	memmove(&model->queue[place], &model->queue[place + 1],
		sizeof model->queue[0] * (size_t)(model->waiting - place));
}

static void refuse_all(struct model *model, int code)
{
	while (model->waiting > 0) {
		int agent = model->queue[0];

		model_leave_queue(model, agent);
		model_comes_back(model, agent, code, "its wait");
	}
}

/* Workers. */

void model_becomes_free(struct model *model, struct model_worker *worker)
{
	worker->life = IDLE;
	worker->freed_at = model->step;
}

void model_judge(struct model *model, bool proved_itself)
{
	if (proved_itself) {
		model->backs_off = false;
	} else {
		model->backs_off = true;
		model->start_failed = true;
	}
}

void model_leaves(struct model *model, struct model_worker *worker, enum worker_cause cause)
{
	/* A lease that has ended with its state in use is complete once that is given back. */
	bool in_lease = worker->life == LEASED || worker->borrower != NOBODY;
	unsigned completed = worker->granted - in_lease;

	if (worker->life == LEASED)
		model->leases[worker->lease].alive = false;
	if (cause == BROKE || cause == KILLED)
		model_judge(model, completed > 0);
	worker->life = LEAVING;
	worker->cause = cause;
	worker->casts = 0;
	worker->overdue = worker->quarantined = false;
	worker->interrupt_at = cause == KILLED ? model->now : model->now + SHUTDOWN;
	worker->quarantine_at = worker->interrupt_at + GRACE;
	/* One that was killed counts as being there until it is given up. */
	if (cause == KILLED && worker->calling)
		model_call_returns(model, worker);
}

static void run_casts(struct model *model, struct model_worker *worker)
{
	int count = worker->casts;

	worker->casts = 0;
	for (int i = 0; i < count && worker->life != LEAVING; i++) {
		model->figures.casts++;
		if (worker->casts_break[i])
			model_leaves(model, worker, BROKE);
	}
}

void model_call_returns(struct model *model, struct model_worker *worker)
{
	int caller = worker->caller;

	worker->calling = false;
	worker->caller = NOBODY;
	if (caller != NOBODY)
		model_comes_back(model, caller, POOLTOY_OK, "its call");
	run_casts(model, worker);
}

/* Leases. */

static void new_lease(struct model *model, int index, int client, int agent)
{
	struct model_worker *worker = &model->workers[index];
	int number;

	if (model->lease_count == LEASES)
		world_differs("more leases than the model has room for");
	number = model->lease_count++;
	model->leases[number] = (struct model_lease){ index, client, true, NOBODY };
	worker->life = LEASED;
	worker->lease = number;
	worker->granted++;
	worker->total++;
	world_granted(agent, number);
}

/* Strict order: the one idle for the shortest time, or for the longest. Else the one that this thread used
 * last. Who waits gets whichever becomes free. */
static bool is_its_turn(const struct model *model, int agent, int index)
{
	const struct model_worker *taken = &model->workers[index], *other;

	for (int i = 0; i < WORKERS; i++) {
		other = &model->workers[i];
		if (other->life != IDLE)
			continue;
		if ((model->config->strategy == POOLTOY_LIFO &&
		     other->freed_at > taken->freed_at) ||
		    (model->config->strategy == POOLTOY_FIFO && other->freed_at < taken->freed_at))
			return false;
		if (model->config->strategy == POOLTOY_AFFINE &&
		    other->serial == model->agents[agent].last && other != taken)
			return false;
	}
	return true;
}

bool model_has_idle(const struct model *model)
{
	for (int i = 0; i < WORKERS; i++)
		if (model->workers[i].life == IDLE)
			return true;
	return false;
}

static bool is_to_be_had(const struct model *model, int index)
{
	return index >= 0 && index < WORKERS && model->workers[index].life == IDLE;
}

void model_grant(struct model *model, int agent, int client, int index)
{
	if (!is_to_be_had(model, index))
		world_differs("agent %d gets worker %d, which is not to be had", agent, index);
	model->agents[agent].last = model->workers[index].serial;
	new_lease(model, index, client, agent);
}

static int leases_of(const struct model *model, int client)
{
	int count = 0;

	for (int i = 0; i < model->lease_count; i++)
		count += model->leases[i].alive && model->leases[i].client == client;
	return count;
}

static int why_not(const struct model *model)
{
	switch (model->state) {
	case POOLTOY_POOL_FAILED:
		return POOLTOY_EFAILED;
	case POOLTOY_POOL_STOPPED:
		return POOLTOY_ESTOPPED;
	case POOLTOY_POOL_BACKOFF:
		return POOLTOY_ESTARTING;
	default:
		return model_living(model) > 0 || model->config->size == 0 ? POOLTOY_EFULL
									   : POOLTOY_ESTARTING;
	}
}

int model_checkout(struct model *model, int agent, int client, int timeout_ms)
{
	struct model_agent *self = &model->agents[agent];

	if (model_count(model, IDLE) > 0) {
		struct world_answer answer =
			model_comes_back(model, agent, POOLTOY_OK, "its checkout");

		if (!is_its_turn(model, agent, answer.worker))
			world_differs("agent %d gets worker %d, whose turn it is not", agent,
				      answer.worker);
		model_grant(model, agent, client, answer.worker);
		return POOLTOY_OK;
	}
	if (timeout_ms == 0)
		return why_not(model);
	if (timeout_ms < 0 &&
	    (leases_of(model, client) >= model->config->size + model->config->max_overflow ||
	     world_mistook_wait(agent, client)))
		return POOLTOY_EDEADLK;
	if (model->state == POOLTOY_POOL_FAILED || model->state == POOLTOY_POOL_STOPPED)
		return why_not(model);
	self->pending = WAITS;
	self->client = client;
	self->client_ended = false;
	self->deadline = timeout_ms < 0 ? NOBODY : model->now + timeout_ms;
	model->queue[model->waiting++] = agent;
	model->figures.waits++;
	return COMES_LATER;
}

static void give_state_back(struct model *model, int lease)
{
	model->workers[model->leases[lease].worker].borrower = NOBODY;
	model->leases[lease].borrower = NOBODY;
}

int model_checkin(struct model *model, int agent, int number)
{
	struct model_lease *lease = &model->leases[number];
	struct model_worker *worker = &model->workers[lease->worker];

	if (!lease->alive) {
		if (lease->borrower == agent)
			give_state_back(model, number);
		return POOLTOY_ESTALE;
	}
	if (worker->borrower != NOBODY && worker->borrower != agent)
		return POOLTOY_EBUSY;
	if (worker->borrower == agent)
		give_state_back(model, number);
	lease->alive = false;
	if (worker->calling)
		worker->life = RESETTING;
	else
		model_becomes_free(model, worker);
	return POOLTOY_OK;
}

int model_adopt(struct model *model, int agent, int client, int number)
{
	struct model_lease *lease = &model->leases[number];
	const struct model_worker *worker = &model->workers[lease->worker];

	if (!lease->alive)
		return POOLTOY_ESTALE;
	if (worker->borrower != NOBODY || worker->calling)
		return POOLTOY_EBUSY;
	lease->alive = false;
	new_lease(model, lease->worker, client, agent);
	return POOLTOY_OK;
}

int model_borrow(struct model *model, int agent, int number)
{
	struct model_lease *lease = &model->leases[number];
	struct model_worker *worker = &model->workers[lease->worker];

	if (model->isolated)
		return POOLTOY_EISOLATED;
	if (!lease->alive)
		return POOLTOY_ESTALE;
	if (worker->borrower != NOBODY || worker->calling)
		return POOLTOY_EBUSY;
	worker->borrower = lease->borrower = agent;
	return POOLTOY_OK;
}

int model_give_back(struct model *model, int agent, int number)
{
	if (model->leases[number].borrower != agent)
		return POOLTOY_ESTALE;
	give_state_back(model, number);
	return model->leases[number].alive ? POOLTOY_OK : POOLTOY_ESTALE;
}

/* Calls and casts. */

int model_call(struct model *model, int agent, int number, enum verb verb)
{
	struct model_lease *lease = &model->leases[number];
	struct model_worker *worker = &model->workers[lease->worker];

	if (!lease->alive)
		return POOLTOY_ESTALE;
	if (worker->borrower != NOBODY || worker->calling)
		return POOLTOY_EBUSY;
	model->figures.calls++;
	switch (verb) {
	case VERB_REFUSE:
		return POOLTOY_EUSER;
	case VERB_BREAK:
	case VERB_EXIT:
		model_leaves(model, worker, BROKE);
		return POOLTOY_ECRASHED;
	case VERB_HOLD:
	case VERB_HOLD_SHORTLY:
		worker->calling = true;
		worker->caller = agent;
		model->agents[agent].pending = CALLS;
		model->agents[agent].deadline =
			verb == VERB_HOLD ? NOBODY : model->now + CALL_SHORTLY;
		return COMES_LATER;
	default:
		return POOLTOY_OK;
	}
}

void model_let_go(struct model *model, int worker)
{
	model_call_returns(model, &model->workers[worker]);
}

int model_cast(struct model *model, int number, bool breaks)
{
	struct model_lease *lease = &model->leases[number];
	struct model_worker *worker = &model->workers[lease->worker];

	if (!lease->alive)
		return POOLTOY_ESTALE;
	if (worker->borrower != NOBODY)
		return POOLTOY_EBUSY;
	if (worker->casts == MAX_CASTS)
		return POOLTOY_EAGAIN;
	worker->casts_break[worker->casts++] = breaks;
	if (!worker->calling)
		run_casts(model, worker);
	return POOLTOY_OK;
}

/* Ends. */

static void lease_ends_with_client(struct model *model, struct model_lease *lease)
{
	struct model_worker *worker = &model->workers[lease->worker];

	model->figures.client_deaths++;
	if (model->config->replace) {
		model_leaves(model, worker, REPLACED);
		return;
	}
	lease->alive = false;
	if (worker->borrower != NOBODY || worker->calling || model->config->resets)
		worker->life = RESETTING;
	else
		model_becomes_free(model, worker);
}

void model_client_ends(struct model *model, int client)
{
	if (client < AGENTS) {
		for (int i = 0; i < model->lease_count; i++)
			if (model->leases[i].borrower == client)
				give_state_back(model, i);
		model->agents[client].last = 0;
	} else {
		model->connections[client - AGENTS] = false;
		for (int i = 0; i < model->waiting; i++)
			if (model->agents[model->queue[i]].client == client)
				model->agents[model->queue[i]].client_ended = true;
	}
	for (int i = 0; i < model->lease_count; i++)
		if (model->leases[i].alive &&
		    (model->leases[i].client == client || world_mistook(client, i)))
			lease_ends_with_client(model, &model->leases[i]);
}

int model_kill_worker(struct model *model, int index)
{
	if (model->state == POOLTOY_POOL_STOPPED)
		return POOLTOY_ESTOPPED;
	for (int i = 0; index == NOBODY && i < WORKERS; i++)
		if (lives(&model->workers[i]))
			index = i;
	if (index == NOBODY || !lives(&model->workers[index]))
		return POOLTOY_ENOENT;
	model_leaves(model, &model->workers[index], KILLED);
	return POOLTOY_OK;
}

static void sweep(struct model *model)
{
	for (int i = 0; i < WORKERS; i++)
		if (lives(&model->workers[i]))
			model_leaves(model, &model->workers[i], SWEPT);
}

/* More than max_restarts deaths within the period. */
static bool too_many_deaths(struct model *model)
{
	int within = 0;

	for (int i = 0; i < model->death_count; i++)
		within += model->now - model->deaths[i] <= RESTART_PERIOD;
	return within > (model->config->max_restarts > 0 ? model->config->max_restarts : 0);
}

static enum pooltoy_pool_state after_death(struct model *model)
{
	bool excess;

	if (model->forgiven) {
		model->death_count = 0;
		model->in_trouble = model->forgiven = false;
	}
	model->deaths[model->death_count++] = model->now;
	excess = too_many_deaths(model);
	/* Trouble goes on while it dies within a period after a backoff, which took up to BACKOFF. */
	if (model->in_trouble && model->now > model->last_trouble + BACKOFF + RESTART_PERIOD)
		model->in_trouble = false;
	if (!model->in_trouble && !excess)
		return POOLTOY_POOL_READY;
	if (!model->in_trouble)
		model->trouble_since = model->now;
	model->in_trouble = true;
	model->last_trouble = model->now;
	return model->now - model->trouble_since >= GIVE_UP_AFTER ? POOLTOY_POOL_FAILED
								  : POOLTOY_POOL_BACKOFF;
}

int model_kill_manager(struct model *model)
{
	if (model->state != POOLTOY_POOL_READY)
		return why_not(model);
	model->figures.restarts++;
	model->figures.instance++;
	model->state = after_death(model);
	sweep(model);
	if (model->state == POOLTOY_POOL_FAILED)
		refuse_all(model, POOLTOY_EFAILED);
	return POOLTOY_OK;
}

int model_revive(struct model *model)
{
	if (model->state == POOLTOY_POOL_STOPPED)
		return POOLTOY_ESTOPPED;
	if (model->state != POOLTOY_POOL_READY)
		model->forgiven = true;
	model->state = POOLTOY_POOL_READY;
	return POOLTOY_OK;
}

int model_stop(struct model *model, int agent)
{
	if (model->state == POOLTOY_POOL_STOPPED)
		return POOLTOY_ESTOPPED;
	model->state = POOLTOY_POOL_STOPPED;
	model->agents[agent].pending = STOPS;
	refuse_all(model, POOLTOY_ESTOPPED);
	sweep(model);
	return COMES_LATER;
}
