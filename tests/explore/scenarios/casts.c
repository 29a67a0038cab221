/* SPDX-License-Identifier: MIT */
/* casts.c: casts against the end of their lease and of their worker; calls and casts against a
 * borrowed state. */
#include "pools.h"

enum { DELIVERED, LOST, FULL, BUSY };

static unsigned sent;

static void open_one_worker(void)
{
	pools_open(POOLS_SPEC(.size = 1, .max_casts = 2));
	sent = 0;
}

static void cast(const struct pooltoy_lease *lease)
{
	int code = pooltoy_cast(lease, "x", 1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EAGAIN || code == POOLTOY_ESTALE ||
		      code == POOLTOY_EBUSY);
	if (code == POOLTOY_EAGAIN)
		explore_saw(FULL);
	if (code == POOLTOY_EBUSY)
		explore_saw(BUSY);
	sent += code == 0;
}

static void cast_and_check_in(void)
{
	struct pooltoy_lease lease;
	int code;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	for (unsigned i = 0; i < 3; i++)
		cast(&lease);
	code = pooltoy_checkin(&lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

/* Casts of an earlier lease run before the next one begins. */
static void next_lease(void)
{
	struct pooltoy_lease lease;
	unsigned before;

	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &lease) == 0);
	pools_granted(&lease);
	before = counts.casts;
	SYNC_POINT("hold", NULL);
	EXPLORE_CHECK(counts.casts == before);
	EXPLORE_CHECK(pooltoy_checkin(&lease) == 0);
}

static void close_and_count(void)
{
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
	EXPLORE_CHECK(counts.casts == sent);
	explore_saw(DELIVERED);
}

EXPLORE_SCENARIO(casts_against_checkin) = {
	.story = "casts of a lease that is checked in run before the next lease begins",
	.setup = open_one_worker,
	.finish = close_and_count,
	.fibers = { { "one", cast_and_check_in, false }, { "next", next_lease, false } },
	.sights = { [DELIVERED] = "delivered", [FULL] = "too many at once" },
	.delays = true,
};

static void kill_worker(void)
{
	int code = pooltoy_kill_worker(poolio, 0);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ENOENT);
}

static void close_after_kill(void)
{
	int code = 0;

	for (unsigned i = 0; i < 2 && (code = pools_double(21, -1)) != 0; i++)
		EXPLORE_CHECK(code == POOLTOY_ESTALE || code == POOLTOY_ECRASHED);
	EXPLORE_CHECK(code == 0);
	pools_close();
	EXPLORE_CHECK(counts.casts <= sent);
	explore_saw(counts.casts == sent ? DELIVERED : LOST);
}

EXPLORE_SCENARIO(casts_against_a_kill) = {
	.story = "a worker is killed with casts in its queue: they are lost, and leak nothing",
	.setup = open_one_worker,
	.finish = close_after_kill,
	.fibers = { { "client", cast_and_check_in, false }, { "killer", kill_worker, false } },
	.sights = { [DELIVERED] = "delivered", [LOST] = "lost" },
	.delays = true,
};

/* Two threads share a lease: one borrows, one casts. */

static struct pooltoy_lease shared;

static void open_and_share(void)
{
	open_one_worker();
	EXPLORE_CHECK(pooltoy_checkout(poolio, -1, &shared) == 0);
	pools_granted(&shared);
}

static void cast_once(void)
{
	cast(&shared);
}

static void borrow_once(void)
{
	void *state;
	unsigned before;

	if (pooltoy_lease_state(&shared, &state) != 0)
		return;
	before = counts.casts;
	SYNC_POINT("use", state);
	EXPLORE_CHECK(counts.casts == before);
	EXPLORE_CHECK(pooltoy_lease_state_done(&shared) == 0);
}

static void close_shared(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&shared) == 0);
	close_and_count();
}

EXPLORE_SCENARIO(cast_against_a_borrowed_state) = {
	.story = "one thread casts, another uses the state: one at a time",
	.setup = open_and_share,
	.finish = close_shared,
	.fibers = { { "caster", cast_once, false }, { "borrower", borrow_once, false } },
	.sights = { [DELIVERED] = "delivered", [BUSY] = "busy" },
	.delays = true,
};

/* One borrows, one calls. */

static void call_once(void)
{
	int code = pools_call(&shared, 21, -1);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_EBUSY);
	explore_saw(code ? BUSY : DELIVERED);
}

static void borrow_beside_a_call(void)
{
	void *state;
	unsigned before;

	if (pooltoy_lease_state(&shared, &state) != 0) {
		explore_saw(FULL);
		return;
	}
	before = counts.calls;
	SYNC_POINT("use", state);
	EXPLORE_CHECK(counts.calls == before);
	EXPLORE_CHECK(pooltoy_lease_state_done(&shared) == 0);
}

static void close_called(void)
{
	EXPLORE_CHECK(pooltoy_checkin(&shared) == 0);
	EXPLORE_CHECK(pools_double(21, -1) == 0);
	pools_close();
}

EXPLORE_SCENARIO(call_against_a_borrowed_state) = {
	.story = "one thread calls, another uses the state: one at a time",
	.setup = open_and_share,
	.finish = close_called,
	.fibers = { { "caller", call_once, false }, { "borrower", borrow_beside_a_call, false } },
	.sights = { [DELIVERED] = "called",
		    [BUSY] = "the state was in use",
		    [FULL] = "the cell was in use" },
	.delays = true,
};
