/* SPDX-License-Identifier: MIT */
/* agents.c: threads and workers on the library's own sync.h, so that they are the same on both stages. */
#include "reference/agents.h"

#include "reference/stage.h"

#include <stdio.h>
#include <string.h>

struct agents_world real;

static void lock(void)
{
	sync_mutex_lock(&real.lock);
}

static void unlock(void)
{
	sync_mutex_unlock(&real.lock);
}

/* Workers. Their states are their actors. */

static int actor_init(struct pooltoy_worker *self, void *argument, void **state)
{
	unsigned index = pooltoy_worker_index(self);
	bool fails;

	(void)argument;
	lock();
	fails = real.init_fails;
	real.init_fails = false;
	real.counts.inits += !fails;
	real.inits[real.init_count].index = (int)index;
	real.inits[real.init_count++].failed = fails;
	real.actors[index].held = real.actors[index].let_go = false;
	unlock();
	*state = &real.actors[index];
	return fails ? pooltoy_worker_fail(self, "told to fail") : 0;
}

static void hold(struct actor *actor)
{
	actor->held = true;
	while (!actor->let_go)
		sync_cond_wait_until(&actor->wake, &real.lock, SYNC_NEVER);
	actor->held = actor->let_go = false;
}

static int actor_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	enum verb verb;
	int answer = 42;

	(void)length;
	memcpy(&verb, request, sizeof verb);
	lock();
	real.counts.calls++;
	if (verb == VERB_HOLD || verb == VERB_HOLD_SHORTLY)
		hold(state);
	unlock();
	switch (verb) {
	case VERB_REFUSE:
		return pooltoy_reply_error(self, POOLTOY_EUSER);
	case VERB_BREAK:
		return pooltoy_worker_fail(self, "told to break");
	case VERB_EXIT:
		pooltoy_worker_exit(self, "told to exit");
	default:
		return pooltoy_reply(self, &answer, sizeof answer);
	}
}

static int actor_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	enum verb verb;

	(void)state;
	(void)length;
	memcpy(&verb, message, sizeof verb);
	lock();
	real.counts.casts++;
	unlock();
	return verb == VERB_BREAK ? pooltoy_worker_fail(self, "told to break") : 0;
}

static int actor_reset(struct pooltoy_worker *self, void *state)
{
	bool breaks;

	(void)state;
	lock();
	real.counts.resets++;
	breaks = real.reset_breaks;
	real.reset_breaks = false;
	unlock();
	return breaks ? pooltoy_worker_fail(self, "told to break") : 0;
}

static void actor_interrupt(struct pooltoy_worker *self, void *state)
{
	struct actor *actor = state;

	(void)self;
	lock();
	if (actor->held)
		actor->let_go = true;
	sync_cond_signal(&actor->wake);
	unlock();
}

static void actor_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	(void)reason;
	lock();
	real.counts.terminates++;
	unlock();
}

static void release(void *argument)
{
	(void)argument;
	lock();
	real.counts.releases++;
	unlock();
}

static const struct pooltoy_worker_ops with_reset =
	POOLTOY_WORKER_OPS(.init = actor_init, .handle_call = actor_call, .handle_cast = actor_cast,
			   .reset = actor_reset, .interrupt = actor_interrupt,
			   .terminate = actor_terminate);
static const struct pooltoy_worker_ops without_reset =
	POOLTOY_WORKER_OPS(.init = actor_init, .handle_call = actor_call, .handle_cast = actor_cast,
			   .interrupt = actor_interrupt, .terminate = actor_terminate);

void agents_let_go(int worker)
{
	lock();
	real.actors[worker].let_go = true;
	sync_cond_signal(&real.actors[worker].wake);
	unlock();
}

/* Agents. */

static int check_out(struct agent *self, const struct order *order)
{
	int code = order->connection ? pooltoy_client_checkout(*order->connection, real.pool,
							       order->timeout_ms, &self->lease)
				     : pooltoy_checkout(real.pool, order->timeout_ms, &self->lease);

	self->worker = code ? NOBODY : pooltoy_lease_worker(&self->lease);
	return code;
}

static int call(const struct order *order)
{
	int answer = 0, code;
	size_t length = sizeof answer;

	code = pooltoy_call(&order->lease, &order->verb, sizeof order->verb, &answer, &length,
			    order->timeout_ms);
	return code == POOLTOY_OK && answer != 42 ? POOLTOY_EINVAL : code;
}

static int adopt(struct agent *self, const struct order *order)
{
	self->lease = order->lease;
	return pooltoy_lease_adopt(order->connection ? *order->connection : NULL, &self->lease);
}

static int obey(struct agent *self, const struct order *order)
{
	void *state;

	switch (order->kind) {
	case OP_TRY:
	case OP_WAIT:
	case OP_WAIT_SHORTLY:
		return check_out(self, order);
	case OP_CHECKIN:
	case OP_BOGUS:
		return pooltoy_checkin(&order->lease);
	case OP_CALL:
		return call(order);
	case OP_CAST:
		return pooltoy_cast(&order->lease, &order->verb, sizeof order->verb);
	case OP_BORROW:
		return pooltoy_lease_state(&order->lease, &state);
	case OP_GIVE_BACK:
		return pooltoy_lease_state_done(&order->lease);
	case OP_ADOPT:
		return adopt(self, order);
	case OP_OPEN:
		return pooltoy_client_open("connection", order->connection);
	case OP_CLOSE:
		pooltoy_client_close(*order->connection);
		*order->connection = NULL;
		return POOLTOY_OK;
	case OP_KILL_WORKER:
		return pooltoy_kill_worker(real.pool, order->worker);
	case OP_KILL_MANAGER:
		return pooltoy_kill_manager(real.pool);
	case OP_REVIVE:
		return pooltoy_pool_revive(real.pool);
	case OP_STOP:
		return pooltoy_stop_pool(real.pool, -1);
	default:
		return POOLTOY_OK;
	}
}

static void live(void *argument)
{
	struct agent *self = argument;

	lock();
	self->thread_id = sync_thread_id();
	for (;;) {
		struct order order;
		int code;

		while (!self->told)
			sync_cond_wait_until(&self->wake, &real.lock, SYNC_NEVER);
		self->told = false;
		order = self->order;
		unlock();
		if (order.kind == OP_AGENT_ENDS)
			return;
		code = obey(self, &order);
		lock();
		self->code = code;
		self->busy = false;
	}
}

static void start(struct agent *agent)
{
	agent->told = agent->busy = false;
	agent->thread_id = 0;
	if (sync_thread_start(&agent->thread, "agent", 0, live, agent))
		stage_fail("no thread for an agent");
}

void agents_tell(int agent, const struct order *order)
{
	lock();
	real.agents[agent].order = *order;
	real.agents[agent].told = real.agents[agent].busy = true;
	sync_cond_signal(&real.agents[agent].wake);
	unlock();
}

bool agents_are_busy(int agent)
{
	bool busy;

	lock();
	busy = real.agents[agent].busy;
	unlock();
	return busy;
}

static void end(int agent)
{
	static const struct order order = { .kind = OP_AGENT_ENDS };

	agents_tell(agent, &order);
	sync_thread_join(&real.agents[agent].thread);
}

void agents_replace(int agent)
{
	end(agent);
	start(&real.agents[agent]);
}

/* The whole. */

static void open_pool(const struct model_config *config)
{
	struct pooltoy_supervisor_spec quiet = POOLTOY_SUPERVISOR_SPEC_INIT;
	struct pooltoy_pool_spec spec = POOLTOY_POOL_SPEC_INIT;

	quiet.on_event = pooltoy_event_ignore;
	spec.name = "pool";
	spec.worker = config->resets ? &with_reset : &without_reset;
	spec.release = release;
	spec.size = config->size;
	spec.max_overflow = config->max_overflow;
	spec.strategy = config->strategy;
	spec.on_client_death = config->replace ? POOLTOY_REPLACE : POOLTOY_RESET;
	spec.exclusive = config->exclusive;
	spec.max_restarts = config->max_restarts;
	spec.restart_period = RESTART_PERIOD;
	spec.backoff_min = spec.backoff_max = BACKOFF;
	spec.give_up_after = GIVE_UP_AFTER;
	spec.shutdown = stage_is_timed ? SHUTDOWN : 60000;
	spec.grace = stage_is_timed ? GRACE : 60000;
	spec.max_casts = MAX_CASTS;
	stage_specify(&spec);
	if (pooltoy_supervisor_start_with(&quiet, &real.supervisor) ||
	    pooltoy_start_pool(real.supervisor, &spec, &real.pool))
		stage_fail(pooltoy_last_error());
}

void agents_open(const struct model_config *config)
{
	memset(&real, 0, sizeof real);
	sync_mutex_init(&real.lock, RANK_PARKER);
	for (int i = 0; i < WORKERS; i++)
		sync_cond_init(&real.actors[i].wake);
	open_pool(config);
	for (int i = 0; i <= AGENTS; i++) {
		sync_cond_init(&real.agents[i].wake);
		start(&real.agents[i]);
	}
	stage_settle();
}

static bool is_back(const void *agent)
{
	return !agents_are_busy(*(const int *)agent);
}

const char *agents_close(void)
{
	static const struct order stop = { .kind = OP_STOP };
	int code;

	for (int i = 0; i < WORKERS; i++)
		if (real.actors[i].held)
			agents_let_go(i);
	agents_tell(AGENTS, &stop); /* so that nobody waits any more */
	stage_settle();
	for (int stops = 0; stops <= 1; stops++) {
		for (int i = 0; i <= AGENTS; i++)
			if ((real.agents[i].order.kind == OP_STOP) == stops &&
			    stage_holds(is_back, &i))
				end(i); /* and with it the states that it uses */
		stage_settle();
	}
	code = pooltoy_supervisor_stop(real.supervisor, -1);
	pooltoy_pool_release(real.pool);
	if (code)
		return "the supervisor is not stopped";
	if (real.counts.inits != real.counts.terminates)
		return "not each init has had its terminate";
	return real.counts.releases == 1 ? NULL : "the argument is not released just once";
}

/* Looks. */

static int visit(const struct pooltoy_node *node, void *argument)
{
	struct agents_view *view = argument;

	if (node->type != POOLTOY_NODE_WORKER || node->worker >= WORKERS)
		return 0;
	view->workers[node->worker].state = node->state;
	view->workers[node->worker].calling = node->calling;
	view->workers[node->worker].monitored = node->monitored;
	view->workers[node->worker].leases = node->leases;
	view->workers[node->worker].holder = node->holder_thread_id;
	memcpy(view->workers[node->worker].name, node->holder_name, sizeof node->holder_name);
	return 0;
}

void agents_look(struct agents_view *view)
{
	memset(view, 0, sizeof *view);
	view->status = (struct pooltoy_pool_status)POOLTOY_POOL_STATUS_INIT;
	if (pooltoy_pool_status(real.pool, &view->status) ||
	    pooltoy_walk(real.supervisor, visit, view))
		stage_fail(pooltoy_last_error());
	lock();
	view->counts = real.counts;
	for (int i = 0; i < AGENTS; i++)
		view->busy[i] = real.agents[i].busy;
	unlock();
}
