/* SPDX-License-Identifier: MIT */
/* stage.c: goes through the steps of a case: waits for their times, acts, compares. */
#include "parts.h"

struct stage stage;

void stage_wait(struct sync_cond *cond, const bool *early, uint64_t until)
{
	sync_mutex_lock(&stage.lock);
	while (!(early && *early) && sync_now() < until)
		sync_cond_wait_until(cond, &stage.lock, until);
	sync_mutex_unlock(&stage.lock);
}

/*
 * All that happens at this time has happened, as soon as nobody can go on before time passes: then
 * this hook is called.
 */
static void stalled(void)
{
	if (!stage.settling)
		return;
	stage.settling = false;
	sync_cond_signal(&stage.settled);
}

static void settle(void)
{
	sync_mutex_lock(&stage.lock);
	stage.settling = true;
	while (stage.settling)
		sync_cond_wait_until(&stage.settled, &stage.lock, SYNC_NEVER);
	sync_mutex_unlock(&stage.lock);
}

/* Clients. */

static void answer(struct client *client, int code)
{
	client->answer = code;
	client->answered = true;
}

static void tell(struct client *client, const struct step *task, bool gone)
{
	EXPLORE_CHECK(!client->task);
	sync_mutex_lock(&stage.lock);
	client->task = task;
	client->gone = gone;
	sync_cond_signal(&client->told);
	sync_mutex_unlock(&stage.lock);
}

static void obey(struct client *client)
{
	sync_mutex_lock(&stage.lock);
	while (!client->gone) {
		const struct step *task = client->task;

		if (!task) {
			sync_cond_wait_until(&client->told, &stage.lock, SYNC_NEVER);
			continue;
		}
		sync_mutex_unlock(&stage.lock);
		answer(client, task->act(task));
		client->task = NULL;
		sync_mutex_lock(&stage.lock);
	}
	sync_mutex_unlock(&stage.lock);
}

void stage_client_1(void)
{
	obey(&stage.clients[1]);
}

void stage_client_2(void)
{
	obey(&stage.clients[2]);
}

void stage_client_3(void)
{
	obey(&stage.clients[3]);
}

/* Pool B. */

static void use_b(void)
{
	int number = 21, doubled = 0;
	size_t length = sizeof doubled;

	EXPLORE_CHECK(pooltoy_call(&stage.b_lease, &number, sizeof number, &doubled, &length, -1) ==
		      0);
	EXPLORE_CHECK(doubled == 42);
}

static void b_is_untouched(void)
{
	struct pooltoy_pool_status b = POOLTOY_POOL_STATUS_INIT;

	EXPLORE_CHECK(pooltoy_pool_status(stage.b, &b) == 0);
	EXPLORE_CHECK(b.state == POOLTOY_POOL_READY && b.instance == 1 && b.restarts == 0);
	EXPLORE_CHECK(b.leased == 1 && b.monitored == 1 && b.idle == 1 && b.waiting == 0);
	EXPLORE_CHECK(b.worker_deaths == 0 && b.start_failures == 0 && b.client_deaths == 0);
	EXPLORE_CHECK(b.checkouts == 1 && b.waits == 0);
	EXPLORE_CHECK(stage.b_events == 0);
}

/* The steps. */

static void compare(const struct step *step, const char *what, const char *wanted, const char *is)
{
	if (strcmp(wanted, is) != 0)
		explore_fail("step %u, at %llu ns: %s is \"%s\", and should be \"%s\"",
			     (unsigned)(step - stage.story->steps) + 1,
			     (unsigned long long)step->at, what, is, wanted);
}

static void check(const struct step *step)
{
	char text[TEXT_SIZE];

	EXPLORE_CHECK(sync_now() == stage.began + step->at);
	if (step->state[0]) {
		news_state(text, sizeof text);
		compare(step, "state", step->state, text);
	}
	news_tell(text, sizeof text);
	compare(step, "news", step->news, text);
	if (stage.supervisor)
		b_is_untouched();
}

static void take(const struct step *step)
{
	stage_wait(&stage.time, NULL, stage.began + step->at);
	settle();
	explore_note("at %llu us: step %u", (unsigned long long)step->at / 1000,
		     (unsigned)(step - stage.story->steps) + 1);
	if (step->by)
		tell(&stage.clients[step->by], step, false);
	else
		answer(&stage.clients[0], step->act(step));
	settle();
	check(step);
}

void stage_drive(void)
{
	unsigned i;

	EXPLORE_CHECK(pooltoy_checkout(stage.b, -1, &stage.b_lease) == 0);
	use_b();
	for (i = 0; i < stage.story->count; i++)
		take(&stage.story->steps[i]);
	explore_saw(0);
	if (stage.supervisor) {
		use_b();
		EXPLORE_CHECK(pooltoy_checkin(&stage.b_lease) == 0);
	}
	for (i = 1; i <= CLIENTS; i++)
		tell(&stage.clients[i], NULL, true);
}

/* Before and after. */

void stage_set(const struct story *story)
{
	struct pooltoy_supervisor_spec supervisor = POOLTOY_SUPERVISOR_SPEC_INIT;
	struct pooltoy_pool_spec b = POOLTOY_POOL_SPEC_INIT;
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	unsigned i;

	memset(&stage, 0, sizeof stage);
	stage.story = story;
	explore_laws(NULL, stalled);
	sync_mutex_init(&stage.lock, RANK_SUPERVISOR);
	sync_cond_init(&stage.settled);
	sync_cond_init(&stage.time);
	for (i = 0; i <= CLIENTS; i++)
		sync_cond_init(&stage.clients[i].told);

	supervisor.on_event = news_hear;
	EXPLORE_CHECK(pooltoy_supervisor_start_with(&supervisor, &stage.supervisor) == 0);
	b.name = "B";
	b.worker = &b_worker;
	b.size = 2;
	EXPLORE_CHECK(pooltoy_start_pool(stage.supervisor, &b, &stage.b) == 0);
	do
		sync_yield_until(stage.b_events > 0);
	while (pooltoy_pool_status(stage.b, &status) == 0 && status.idle < b.size);
	sync_yield_until(stage.b_events == 3); /* started, two workers are up */
	stage.b_events = 0;
	stage.began = sync_now();
}

void stage_clear(void)
{
	if (stage.supervisor)
		EXPLORE_CHECK(pooltoy_supervisor_stop(stage.supervisor, -1) == 0);
	/* Who was in quarantine comes back when all the rest has gone. */
	sync_yield_until(stage.a_inits == stage.a_terminates);
	pooltoy_pool_release(stage.a);
	pooltoy_pool_release(stage.b);
}
