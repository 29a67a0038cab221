/* SPDX-License-Identifier: MIT */
/* pools.c: doublers that watch who is in their state, and laws over the pool they belong to. */
#include "pools.h"
#include "laws.h"

#include "supervisor.h"

struct pooltoy_supervisor *poolsup;
struct pooltoy_pool *poolio;
struct pools_counts counts;
struct pools_behaviour behaviour;

/* A worker's state: one thread at a time is in it, and none after its terminate. */
struct desk {
	bool in_use, cleared;
	unsigned uses;
};

static void sit_down(struct desk *desk)
{
	EXPLORE_CHECK(explore_holds_no_lock());
	EXPLORE_CHECK(!desk->cleared);
	EXPLORE_CHECK(!desk->in_use);
	desk->in_use = true;
	desk->uses++;
	SYNC_POINT("callback", desk);
}

static void stand_up(struct desk *desk)
{
	desk->in_use = false;
}

static int doubler_init(struct pooltoy_worker *self, void *argument, void **state)
{
	struct desk *desk;

	EXPLORE_CHECK(argument == &counts);
	EXPLORE_CHECK(counts.releases == 0);
	EXPLORE_CHECK(explore_holds_no_lock());
	SYNC_POINT("init", NULL);
	if (behaviour.fail_in_init > 0) {
		behaviour.fail_in_init--;
		return pooltoy_worker_fail(self, "no desk");
	}
	desk = sync_alloc(sizeof *desk);
	if (!desk)
		return POOLTOY_ENOMEM;
	*state = desk;
	counts.inits++;
	sync_yield_until(counts.inits >= behaviour.inits_meet);
	return 0;
}

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	int number;

	sit_down(state);
	counts.calls++;
	if (behaviour.calls_take_time)
		sync_yield_until(pooltoy_worker_stopping(self) || counts.interrupts > 0);
	if (behaviour.calls_await_interrupt)
		sync_yield_until(counts.interrupts > 0);
	sync_yield_until(counts.calls >= behaviour.calls_meet);
	stand_up(state);
	explore_die_here();
	if (behaviour.break_in_call > 0) {
		behaviour.break_in_call--;
		return pooltoy_worker_fail(self, "broken");
	}
	EXPLORE_CHECK(length == sizeof number);
	memcpy(&number, request, length);
	number *= 2;
	return pooltoy_reply(self, &number, sizeof number);
}

static int doubler_cast(struct pooltoy_worker *self, void *state, const void *message,
			size_t length)
{
	(void)self;
	(void)message;
	(void)length;
	sit_down(state);
	counts.casts++;
	stand_up(state);
	return 0;
}

static int doubler_reset(struct pooltoy_worker *self, void *state)
{
	sit_down(state);
	stand_up(state);
	counts.resets++;
	if (behaviour.break_in_reset > 0) {
		behaviour.break_in_reset--;
		return pooltoy_worker_fail(self, "cannot reset");
	}
	return 0;
}

static int doubler_ping(struct pooltoy_worker *self, void *state)
{
	sit_down(state);
	counts.pings++;
	if (behaviour.pings_take_time)
		sync_yield_until(pooltoy_worker_stopping(self) || counts.interrupts > 0);
	stand_up(state);
	if (behaviour.break_in_ping > 0) {
		behaviour.break_in_ping--;
		return pooltoy_worker_fail(self, "no pulse");
	}
	return 0;
}

static void doubler_interrupt(struct pooltoy_worker *self, void *state)
{
	struct desk *desk = state;
	unsigned uses;

	(void)self;
	EXPLORE_CHECK(!desk->cleared);
	EXPLORE_CHECK(explore_holds_no_lock());
	uses = desk->uses;
	SYNC_POINT("interrupt", desk);
	counts.interrupts++;
	SYNC_POINT("interrupt", desk);
	/* The one that is interrupted may just have begun; the next one may not. */
	EXPLORE_CHECK(!desk->cleared && desk->uses <= uses + 1);
}

static void doubler_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct desk *desk = state;

	(void)self;
	EXPLORE_CHECK(reason == 0 || reason == POOLTOY_ECRASHED || reason == POOLTOY_ESTOPPED);
	EXPLORE_CHECK(counts.releases == 0);
	sit_down(desk);
	desk->cleared = true;
	sync_free(desk);
	counts.terminates++;
}

static const struct pooltoy_worker_ops doubler =
	POOLTOY_WORKER_OPS(.init = doubler_init, .handle_call = doubler_call,
			   .handle_cast = doubler_cast, .reset = doubler_reset,
			   .interrupt = doubler_interrupt, .terminate = doubler_terminate,
			   .ping = doubler_ping);

static void count_event(const struct pooltoy_event *event, void *argument)
{
	EXPLORE_CHECK(argument == &counts);
	EXPLORE_CHECK(event->dropped == 0);
	if (strcmp(event->pool, "poolio") != 0 && event->pool[0])
		return;
	counts.events[event->type]++;
	explore_note("event: %u %s", (unsigned)event->type, event->reason);
}

static void release_argument(void *argument)
{
	EXPLORE_CHECK(argument == &counts);
	EXPLORE_CHECK(++counts.releases == 1);
	EXPLORE_CHECK(counts.inits == counts.terminates);
}

void pools_open(struct pooltoy_pool_spec spec)
{
	pools_open_with(&doubler, spec);
}

void pools_open_with(const struct pooltoy_worker_ops *ops, struct pooltoy_pool_spec spec)
{
	memset(&counts, 0, sizeof counts);
	memset(&behaviour, 0, sizeof behaviour);
	spec.name = "poolio";
	spec.worker = ops;
	spec.argument = &counts;
	spec.release = release_argument;
	EXPLORE_CHECK(
		pooltoy_supervisor_start_with(
			POOLTOY_SUPERVISOR_SPEC(.on_event = count_event, .event_argument = &counts),
			&poolsup) == 0);
	EXPLORE_CHECK(pooltoy_start_pool(poolsup, &spec, &poolio) == 0);
	laws_open(&poolio->broker, poolio->config.size + poolio->config.max_overflow);
	explore_name(poolsup, sizeof *poolsup, "supervisor");
	explore_name(poolio, sizeof *poolio, "pool");
	sync_yield_until(laws_account()->slots[SLOT_IDLE] == (unsigned)spec.size);
}

/* Events and figures against what the slot words did. */
static void events_match_transitions(void)
{
	const struct laws_account *account = laws_account();
	const unsigned *events = counts.events;
	unsigned broken = account->vacated[SLOT_BROKE] + account->vacated[SLOT_KILLED];

	EXPLORE_CHECK(events[POOLTOY_EVENT_POOL_STARTED] == 1);
	EXPLORE_CHECK(events[POOLTOY_EVENT_POOL_STOPPED] == 1);
	EXPLORE_CHECK(events[POOLTOY_EVENT_POOL_CRASHED] == figure_load(&poolio->restarts));
	EXPLORE_CHECK(events[POOLTOY_EVENT_POOL_RESTARTED] <= events[POOLTOY_EVENT_POOL_CRASHED]);
	EXPLORE_CHECK(events[POOLTOY_EVENT_CLIENT_DIED] == figure_load(&poolio->client_deaths));
	EXPLORE_CHECK(events[POOLTOY_EVENT_WORKER_RETURNED] <=
		      events[POOLTOY_EVENT_WORKER_QUARANTINED]);
	if (events[POOLTOY_EVENT_WORKER_QUARANTINED] > 0)
		return; /* who comes back after the stop is told of no more */
	if (poolio->config.ops.init && !poolio->config.isolation)
		EXPLORE_CHECK(events[POOLTOY_EVENT_WORKER_STARTED] == counts.inits);
	EXPLORE_CHECK(events[POOLTOY_EVENT_WORKER_DIED] + events[POOLTOY_EVENT_WORKER_STOPPED] ==
		      events[POOLTOY_EVENT_WORKER_STARTED]);
	EXPLORE_CHECK(events[POOLTOY_EVENT_WORKER_DIED] +
			      events[POOLTOY_EVENT_WORKER_START_FAILED] ==
		      broken);
}

void pools_close(void)
{
	if (poolsup)
		EXPLORE_CHECK(pooltoy_supervisor_stop(poolsup, -1) == 0);
	laws_close(0);
	EXPLORE_CHECK(counts.terminates == counts.inits);
	EXPLORE_CHECK(counts.releases == 1);
	events_match_transitions();
	pooltoy_pool_release(poolio);
}

void pools_granted(const struct pooltoy_lease *lease)
{
	laws_granted((const struct slot *)lease->slot, lease->generation);
}

int pools_call(const struct pooltoy_lease *lease, int number, int timeout_ms)
{
	int answer = 0, code;
	size_t length = sizeof answer;

	code = pooltoy_call(lease, &number, sizeof number, &answer, &length, timeout_ms);
	if (code == 0)
		EXPLORE_CHECK(length == sizeof answer && answer == 2 * number);
	explore_note("call: %d", code);
	return code;
}

int pools_double(int number, int timeout_ms)
{
	struct pooltoy_lease lease;
	int code = pooltoy_checkout(poolio, timeout_ms, &lease), checkin;

	explore_note("checkout: %d", code);
	if (code)
		return code;
	pools_granted(&lease);
	code = pools_call(&lease, number, timeout_ms);
	checkin = pooltoy_checkin(&lease);
	explore_note("checkin: %d", checkin);
	return code ? code : checkin;
}
