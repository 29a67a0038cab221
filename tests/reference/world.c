/* SPDX-License-Identifier: MIT */
/* world.c: step by step, on the library and on the model; and what really happened. */
#include "reference/world.h"

#include "reference/compare.h"
#include "reference/stage.h"
#include "reference/subject.h"

#include "slot.h"

#include <stdarg.h>
#include <string.h>

const bool world_wraps = SLOT_GENERATION_BITS < 8;

static struct play *play;
static struct model model;
static struct pooltoy_lease values[LEASES]; /* by the model's numbers */
static struct pooltoy_client *connections[CONNECTIONS];
static const struct situation situation = { &model, values, connections };
static unsigned inits_seen;
static bool several_ended; /* in this step */

void world_differs(const char *format, ...)
{
	char story[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(story, sizeof story, format, arguments);
	va_end(arguments);
	stage_fail(story);
}

/* What the model asks. */

static bool is_back(const void *agent)
{
	return !agents_are_busy(*(const int *)agent);
}

struct world_answer world_answer(int agent)
{
	if (!stage_holds(is_back, &agent))
		world_differs("agent %d does not come back", agent);
	return (struct world_answer){ real.agents[agent].code, real.agents[agent].worker };
}

static bool has_begun(const void *count)
{
	bool begun;

	sync_mutex_lock(&real.lock);
	begun = real.init_count > *(const unsigned *)count;
	sync_mutex_unlock(&real.lock);
	return begun;
}

bool world_has_spares(void)
{
	return !stage_is_timed || several_ended;
}

bool world_has_next_init(void)
{
	return has_begun(&inits_seen);
}

int world_next_init(bool *failed)
{
	if (!stage_holds(has_begun, &inits_seen))
		world_differs("no worker is started where one is missing");
	*failed = real.inits[inits_seen].failed;
	return real.inits[inits_seen++].index;
}

void world_granted(int agent, int lease)
{
	(void)world_answer(agent);
	values[lease] = real.agents[agent].lease;
	for (int i = 0; i < lease; i++) {
		if (!subject_is_same(&values[i], &values[lease]))
			continue;
		if (!world_wraps)
			world_differs("lease %d is the same as lease %d", lease, i);
		play->wraps++;
	}
}

static int dismissed_one(const struct agents_view *view)
{
	for (int i = 0; i < WORKERS; i++)
		if (model.workers[i].life == IDLE &&
		    (!view->workers[i].state || view->workers[i].state == POOLTOY_WORKER_STOPPING))
			return i;
	return NOBODY;
}

static bool is_one_dismissed(const void *unused)
{
	struct agents_view view;

	(void)unused;
	agents_look(&view);
	return dismissed_one(&view) != NOBODY;
}

int world_dismissed(const struct model *unused)
{
	struct agents_view view;

	(void)unused;
	if (!stage_holds(is_one_dismissed, NULL))
		world_differs("no worker is dismissed where one is too many");
	agents_look(&view);
	return dismissed_one(&view);
}

bool world_mistook(int client, int lease)
{
	return subject_may_be_mistaken(&situation, client, lease) &&
	       pooltoy_lease_worker(&values[lease]) < 0;
}

bool world_mistook_wait(int agent, int client)
{
	if (agents_are_busy(agent) || real.agents[agent].code != POOLTOY_EDEADLK)
		return false;
	for (int i = 0; i < model.lease_count; i++)
		if (model.leases[i].alive && subject_may_be_mistaken(&situation, client, i))
			return true;
	return false;
}

/* Comparing. */

struct difference {
	struct pooltoy_pool_status expected;
	char story[STORY_SIZE];
};

static bool agrees(const void *argument)
{
	struct difference *difference = *(struct difference *const *)argument;
	struct agents_view view;

	agents_look(&view);
	return compare(&model, &difference->expected, &view, difference->story);
}

static bool agrees_or_has_spare(const void *argument)
{
	return (world_has_spares() && world_has_next_init()) || agrees(argument);
}

static void come_to_rest(void)
{
	struct difference difference = { .story = "some thread runs on" }, *pointer = &difference;
	bool same;

	do {
		model_settle(&model);
		model_status(&model, &difference.expected);
		same = stage_holds(agrees_or_has_spare, &pointer);
	} while (model_start_spare(&model));
	if (!same)
		world_differs("%s", difference.story);
	if (world_has_next_init())
		world_differs("worker %d is started, and none is missing",
			      real.inits[inits_seen].index);
}

/* Steps. */

/* What the stage itself does. */
static bool done_by_stage(const struct subject *subject)
{
	switch (subject->order.kind) {
	case OP_LET_GO:
		agents_let_go(subject->worker);
		return true;
	case OP_AGENT_ENDS:
		agents_replace(subject->agent);
		return true;
	case OP_INIT_FAILS:
		real.init_fails = true;
		return true;
	case OP_RESET_BREAKS:
		real.reset_breaks = true;
		return true;
	case OP_TICK:
		stage_pass(TICK * UINT64_C(1000000));
		return true;
	case OP_REST:
		stage_pass(REST * UINT64_C(1000000));
		return true;
	default:
		return false;
	}
}

static int in_model(const struct subject *subject)
{
	int agent = subject->agent;

	switch (subject->order.kind) {
	case OP_TRY:
	case OP_WAIT:
	case OP_WAIT_SHORTLY:
		return model_checkout(&model, agent, subject->client, subject->order.timeout_ms);
	case OP_CHECKIN:
		return model_checkin(&model, agent, subject->lease);
	case OP_CALL:
		return model_call(&model, agent, subject->lease, subject->order.verb);
	case OP_CAST:
		return model_cast(&model, subject->lease, subject->order.verb == VERB_BREAK);
	case OP_BORROW:
		return model_borrow(&model, agent, subject->lease);
	case OP_GIVE_BACK:
		return model_give_back(&model, agent, subject->lease);
	case OP_ADOPT:
		return model_adopt(&model, agent, subject->client, subject->lease);
	case OP_OPEN:
		model.connections[subject->connection] = true;
		return POOLTOY_OK;
	case OP_CLOSE:
		model_client_ends(&model, AGENTS + subject->connection);
		return POOLTOY_OK;
	case OP_KILL_WORKER:
		return model_kill_worker(&model, subject->worker);
	case OP_KILL_MANAGER:
		return model_kill_manager(&model);
	case OP_REVIVE:
		return model_revive(&model);
	case OP_STOP:
		return model_stop(&model, agent);
	default:
		return POOLTOY_EINVAL; /* a bogus lease */
	}
}

static void in_model_by_itself(const struct subject *subject)
{
	switch (subject->order.kind) {
	case OP_LET_GO:
		model_let_go(&model, subject->worker);
		break;
	case OP_AGENT_ENDS:
		model_client_ends(&model, subject->agent);
		break;
	case OP_INIT_FAILS:
		model.failing_inits = 1;
		break;
	case OP_RESET_BREAKS:
		model.breaking_resets = 1;
		break;
	default:
		model_pass(&model, subject->order.kind == OP_TICK ? TICK : REST);
	}
}

static void tell_outcome(int agent, int code)
{
	if (play->telling && code == COMES_LATER)
		printf("#       which goes on\n");
	else if (play->telling && real.agents[agent].code)
		printf("#       %s\n", pooltoy_strerror(real.agents[agent].code));
}

/* On threads, a manager that has yet to hear of the last worker's end says full for starting. */
static bool is_answered(int agent, int code)
{
	int answer = world_answer(agent).code;

	return answer == code ||
	       (!stage_is_timed && code == POOLTOY_ESTARTING && answer == POOLTOY_EFULL);
}

/*
 * Tells the agent. Between a slot's turning idle and its being found there is a moment, which only a worker's thread
 * can be seen in: a try in it is made again.
 */
static bool is_told(const void *argument)
{
	const struct subject *subject = *(const struct subject *const *)argument;

	agents_tell(subject->agent, &subject->order);
	stage_settle();
	return subject->order.kind != OP_TRY || !model_has_idle(&model) ||
	       world_answer(subject->agent).code != POOLTOY_EFULL;
}

static void take_step(const struct operation *operation)
{
	struct subject subject, *pointer = &subject;
	int code;

	model.step++;
	if (!subject_prepare(&subject, operation, &situation))
		return;
	play->steps++;
	several_ended = subject.ends_several;
	if (play->telling)
		subject_tell(&subject, &model);
	if (done_by_stage(&subject)) {
		stage_settle();
		in_model_by_itself(&subject);
	} else {
		(void)stage_holds(is_told, &pointer);
		code = in_model(&subject);
		if (code != COMES_LATER && !is_answered(subject.agent, code))
			world_differs("agent %d is answered %d (%s), and should be %d (%s)",
				      subject.agent, world_answer(subject.agent).code,
				      pooltoy_strerror(world_answer(subject.agent).code), code,
				      pooltoy_strerror(code));
		tell_outcome(subject.agent, code);
	}
	come_to_rest();
}

static void play_it(void)
{
	const char *wrong;

	model_open(&model, play->config, stage_is_isolated);
	memset(connections, 0, sizeof connections);
	inits_seen = 0;
	several_ended = false;
	agents_open(play->config);
	come_to_rest();
	for (unsigned i = 0; i < play->sequence.count; i++)
		take_step(&play->sequence.list[i]);
	wrong = agents_close();
	for (int i = 0; i < CONNECTIONS; i++)
		pooltoy_client_close(connections[i]);
	if (wrong)
		world_differs("at the end: %s", wrong);
}

bool world_play(struct play *given, char *story, size_t size)
{
	play = given;
	play->steps = play->wraps = 0;
	return stage_play(play_it, story, size);
}
