/* SPDX-License-Identifier: MIT */
/* subject.c: what an operation is about: which lease, which worker, for whom. */
#include "reference/subject.h"

#include "reference/stage.h"

#include <stdio.h>

bool subject_is_same(const struct pooltoy_lease *one, const struct pooltoy_lease *other)
{
	return one->slot == other->slot && one->generation == other->generation;
}

bool subject_may_be_mistaken(const struct situation *situation, int client, int lease)
{
	for (int i = 0; i < lease; i++)
		if (situation->model->leases[i].client == client &&
		    subject_is_same(&situation->values[i], &situation->values[lease]))
			return true;
	return false;
}

static const char *name_of(enum operation_kind kind)
{
	switch (kind) {
	case OP_TRY:
		return "tries a checkout";
	case OP_WAIT:
		return "checks out";
	case OP_WAIT_SHORTLY:
		return "checks out, within 3 ms";
	case OP_CHECKIN:
		return "checks in";
	case OP_CALL:
		return "calls";
	case OP_LET_GO:
		return "lets a held call go";
	case OP_CAST:
		return "casts";
	case OP_BORROW:
		return "takes the state";
	case OP_GIVE_BACK:
		return "gives the state back";
	case OP_ADOPT:
		return "adopts";
	case OP_OPEN:
		return "opens a connection";
	case OP_CLOSE:
		return "closes a connection";
	case OP_AGENT_ENDS:
		return "ends, and another takes its place";
	case OP_KILL_WORKER:
		return "kills a worker";
	case OP_KILL_MANAGER:
		return "kills the manager";
	case OP_REVIVE:
		return "revives the pool";
	case OP_INIT_FAILS:
		return "the next init is to fail";
	case OP_RESET_BREAKS:
		return "the next reset is to break";
	case OP_TICK:
		return "2 ms pass";
	case OP_REST:
		return "2,100 ms pass";
	case OP_BOGUS:
		return "checks in what is no lease";
	default:
		return "stops the pool";
	}
}

/* Even numbers: a lease that lives; odd: any, the newest first. NOBODY: there is none. */
static int pick_lease(const struct model *model, unsigned object)
{
	int alive = 0, nth = (int)(object / 2);

	for (int i = 0; i < model->lease_count; i++)
		alive += model->leases[i].alive;
	if (object % 2 || alive == 0)
		return model->lease_count ? model->lease_count - 1 - nth % model->lease_count
					  : NOBODY;
	nth %= alive;
	for (int i = model->lease_count - 1; i >= 0; i--)
		if (model->leases[i].alive && nth-- == 0)
			return i;
	return NOBODY;
}

/* If generations wrap, an old value may be a new lease's. */
static int newest_of_same_value(const struct situation *situation, int lease)
{
	for (int i = situation->model->lease_count - 1; i > lease; i--)
		if (subject_is_same(&situation->values[i], &situation->values[lease]))
			return i;
	return lease;
}

static int pick_held(const struct model *model, unsigned object)
{
	int held = 0;

	for (int i = 0; i < WORKERS; i++)
		held += model->workers[i].calling;
	if (held == 0)
		return NOBODY;
	object %= (unsigned)held;
	for (int i = 0; i < WORKERS; i++)
		if (model->workers[i].calling && object-- == 0)
			return i;
	return NOBODY;
}

static bool needs_lease(enum operation_kind kind)
{
	return kind == OP_CHECKIN || kind == OP_CALL || kind == OP_CAST || kind == OP_BORROW ||
	       kind == OP_GIVE_BACK || kind == OP_ADOPT;
}

/* One in three is on behalf of a connection, if that is open. */
static int pick_client(const struct model *model, const struct operation *operation, int agent)
{
	int connection = operation->detail % 6 - 1;

	if (connection < 0 || connection >= CONNECTIONS || !model->connections[connection])
		return agent;
	return AGENTS + connection;
}

static enum verb pick_verb(const struct operation *operation)
{
	enum verb verb = operation->detail % VERBS;

	return verb == VERB_HOLD_SHORTLY && !stage_is_timed ? VERB_HOLD : verb;
}

/* With no clock of our own, nothing that begins a backoff. */
static bool would_back_off(const struct model *model, const struct subject *subject)
{
	const struct model_worker *worker;
	int index = subject->worker;

	if (stage_is_timed)
		return false;
	if (needs_lease(subject->order.kind))
		index = model->leases[subject->lease].worker;
	worker = &model->workers[index == NOBODY ? 0 : index];
	switch (subject->order.kind) {
	case OP_CALL:
	case OP_CAST:
	case OP_KILL_WORKER:
		return index == NOBODY || worker->granted < 2;
	default:
		return false;
	}
}

static bool uses_a_state(const struct model *model, int agent)
{
	for (int i = 0; i < WORKERS; i++)
		if (model->workers[i].borrower == agent)
			return true;
	return false;
}

/* How many workers may be reset if that client ends. */
static int resets_with(const struct situation *situation, int client)
{
	int count = 0;

	for (int i = 0; i < situation->model->lease_count; i++) {
		const struct model_lease *lease = &situation->model->leases[i];

		count += lease->borrower == client ||
			 (lease->alive && (lease->client == client ||
					   subject_may_be_mistaken(situation, client, i)));
	}
	return count;
}

static bool ends_several(const struct situation *situation, const struct subject *subject)
{
	int held = 0;

	switch (subject->order.kind) {
	case OP_AGENT_ENDS:
		return resets_with(situation, subject->agent) > 1;
	case OP_CLOSE:
		return resets_with(situation, AGENTS + subject->connection) > 1;
	case OP_TICK:
	case OP_REST:
		for (int i = 0; i < WORKERS; i++)
			held += situation->model->workers[i].calling;
		return held > 1; /* they may time out together */
	default:
		return false;
	}
}

/* The one that is named, or the next that is not busy; NOBODY. And how many are not. */
static int pick_agent(const struct model *model, int first, int *count)
{
	int agent = NOBODY;

	*count = 0;
	for (int i = AGENTS; i-- > 0;) {
		int one = (first + i) % AGENTS;

		if (model->agents[one].pending != NOTHING)
			continue;
		agent = one;
		++*count;
	}
	return agent;
}

bool subject_prepare(struct subject *subject, const struct operation *operation,
		     const struct situation *situation)
{
	enum operation_kind kind = (enum operation_kind)operation->kind;
	int free_agents, agent = pick_agent(situation->model, operation->agent, &free_agents);

	*subject = (struct subject){ .operation = operation,
				     .agent = agent,
				     .client = pick_client(situation->model, operation, agent),
				     .lease = NOBODY,
				     .worker = operation->object % 8 == 7 ? NOBODY
									  : operation->object % 8,
				     .connection = operation->object % CONNECTIONS,
				     .order.kind = kind };
	/* Somebody is left to go on; and nobody waits for itself. */
	if (agent == NOBODY || (free_agents == 1 && (kind == OP_WAIT || kind == OP_STOP)) ||
	    (kind == OP_STOP && uses_a_state(situation->model, agent)))
		return false;
	if (needs_lease(kind)) {
		subject->lease = pick_lease(situation->model, operation->object);
		if (subject->lease == NOBODY)
			return false;
		subject->lease = newest_of_same_value(situation, subject->lease);
		subject->order.lease = situation->values[subject->lease];
	}
	if (kind == OP_OPEN || kind == OP_CLOSE) {
		subject->order.connection = &situation->connections[subject->connection];
		if (situation->model->connections[subject->connection] == (kind == OP_OPEN))
			return false;
	} else if (subject->client >= AGENTS) {
		subject->order.connection = &situation->connections[subject->client - AGENTS];
	}
	subject->order.verb = pick_verb(operation);
	subject->order.worker = subject->worker;
	subject->order.timeout_ms = kind == OP_TRY ? 0 : kind == OP_WAIT_SHORTLY ? SHORTLY : -1;
	if (kind == OP_CALL && subject->order.verb == VERB_HOLD_SHORTLY)
		subject->order.timeout_ms = CALL_SHORTLY;
	if (kind == OP_BOGUS)
		subject->order.lease = (struct pooltoy_lease)POOLTOY_LEASE_INIT;
	if (kind == OP_LET_GO)
		subject->worker = pick_held(situation->model, operation->object);
	subject->ends_several = ends_several(situation, subject);
	/* Of several resets, which one breaks nobody promises. */
	if (subject->ends_several && situation->model->breaking_resets)
		return false;
	return !(kind == OP_LET_GO && subject->worker == NOBODY) &&
	       !would_back_off(situation->model, subject);
}

void subject_tell(const struct subject *subject, const struct model *model)
{
	static const char *const verbs[] = { "double", "refuse", "break",
					     "exit",   "hold",   "hold, for 6 ms at most" };
	enum operation_kind kind = subject->order.kind;

	printf("#   %2u. agent %d %s", model->step, subject->agent, name_of(kind));
	if (needs_lease(kind))
		printf(" lease %d of worker %d", subject->lease,
		       model->leases[subject->lease].worker);
	if (kind == OP_CALL)
		printf(": %s", verbs[subject->order.verb]);
	if (kind == OP_CAST && subject->order.verb == VERB_BREAK)
		printf(": break");
	if (kind == OP_KILL_WORKER || kind == OP_LET_GO)
		printf(subject->worker == NOBODY ? ", any" : ", worker %d", subject->worker);
	if (kind == OP_OPEN || kind == OP_CLOSE)
		printf(" %d", subject->connection);
	else if (subject->client >= AGENTS &&
		 (kind == OP_TRY || kind == OP_WAIT || kind == OP_WAIT_SHORTLY || kind == OP_ADOPT))
		printf(", for connection %d", subject->client - AGENTS);
	putchar('\n');
	fflush(stdout);
}
