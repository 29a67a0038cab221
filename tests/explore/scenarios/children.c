/* SPDX-License-Identifier: MIT */
/* children.c: doublers in child processes. */
#include "children.h"

struct children_counts children;
static enum children_way way;

static void note(unsigned what)
{
	if (children.ordered < sizeof children.order / sizeof *children.order)
		children.order[children.ordered++] = what;
}

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	EXPLORE_CHECK(!argument && !pooltoy_worker_pool(self));
	EXPLORE_CHECK(strcmp(pooltoy_worker_pool_name(self), "poolio") == 0);
	children.inits++;
	*state = &children;
	return 0;
}

static int behave(struct pooltoy_worker *self)
{
	enum children_way now = way;

	switch (now) {
	case CHILDREN_TAKE_TIME:
		sync_yield_until(pooltoy_worker_stopping(self) || children.interrupts > 0 ||
				 way == CHILDREN_ANSWER);
		return 0;
	case CHILDREN_WAIT:
		way = CHILDREN_ANSWER;
		sync_yield_until(children.interrupts > 0 || explore_child_is_killed());
		return 0;
	case CHILDREN_HANG:
		explore_await_child_kill();
		return 0;
	case CHILDREN_BREAK:
		way = CHILDREN_ANSWER;
		return pooltoy_worker_fail(self, "broken");
	case CHILDREN_END:
		way = CHILDREN_ANSWER;
		pooltoy_worker_exit(self, "ended");
	default:
		return 0;
	}
}

static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int number, code;

	EXPLORE_CHECK(state == &children && length == sizeof number);
	memcpy(&number, request, sizeof number);
	children.calls++;
	note('c');
	code = behave(self);
	number *= 2;
	return code ? code : pooltoy_reply(self, &number, sizeof number);
}

static int handle_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	(void)self;
	(void)message;
	EXPLORE_CHECK(state == &children && length == 1);
	children.casts++;
	note('a');
	return 0;
}

static int reset(struct pooltoy_worker *self, void *state)
{
	(void)self;
	EXPLORE_CHECK(state == &children);
	children.resets++;
	return 0;
}

static int ping(struct pooltoy_worker *self, void *state)
{
	(void)self;
	EXPLORE_CHECK(state == &children);
	children.pings++;
	if (way == CHILDREN_PING_WAITS) {
		way = CHILDREN_ANSWER;
		sync_yield_until(children.interrupts > 0 || explore_child_is_killed());
	}
	return 0;
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	(void)self;
	EXPLORE_CHECK(state == &children);
	children.interrupts++;
}

static void terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	EXPLORE_CHECK(state == &children);
	children.terminates++;
}

static const struct pooltoy_worker_ops interruptible =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast,
			   .reset = reset, .interrupt = interrupt, .terminate = terminate,
			   .ping = ping);
static const struct pooltoy_worker_ops deaf =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast,
			   .reset = reset, .terminate = terminate, .ping = ping);

void children_open_with(enum children_way first, bool interrupts, struct pooltoy_pool_spec spec)
{
	memset(&children, 0, sizeof children);
	way = first;
	explore_child_ops = interrupts ? &interruptible : &deaf;
	spec.isolation = POOLTOY_PROCESS;
	spec.module = "a fiber";
	spec.symbol = "doubler";
	spec.size = 1;
	pools_open_with(explore_child_ops, spec);
}

void children_open(void)
{
	children_open_with(CHILDREN_ANSWER, false, POOLS_SPEC(.size = 1));
}

void children_open_slow(void)
{
	children_open_with(CHILDREN_TAKE_TIME, true, POOLS_SPEC(.size = 1));
}

void children_open_hanging(void)
{
	children_open_with(CHILDREN_HANG, false, POOLS_SPEC(.size = 1));
}

void children_answer(void)
{
	way = CHILDREN_ANSWER;
}

void children_serve_and_close(void)
{
	children_answer();
	act_serve_and_close();
	EXPLORE_CHECK(children.terminates <= children.inits);
}
