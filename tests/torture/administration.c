/* SPDX-License-Identifier: MIT */
/* administration.c: pools and supervisors that come and go, looks at what is there, revivals. */
#include "torture.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 3, LONG_MS = 30000 };

/* Somebody uses a pool that somebody else may stop at any moment. */
static void use_passing(struct pooltoy_pool *pool, struct stream *stream)
{
	static const unsigned of_checkout =
		MAY(POOLTOY_OK) | MAY(POOLTOY_ETIMEDOUT) | MAY(POOLTOY_ESTOPPED);
	struct order order = { DOUBLE, (int)draw(stream, 1000) };
	struct pooltoy_lease lease;
	int answer = -1, code;
	size_t length = sizeof answer;

	if (allow(pooltoy_checkout(pool, LONG_MS, &lease), of_checkout, "passing checkout") !=
	    POOLTOY_OK)
		return;
	code = allow(pooltoy_call(&lease, &order, sizeof order, &answer, &length, LONG_MS),
		     MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE) | MAY(POOLTOY_ECRASHED), "passing call");
	REQUIRE(code != POOLTOY_OK || answer == 2 * order.number);
	allow(pooltoy_checkin(&lease), MAY(POOLTOY_OK) | MAY(POOLTOY_ESTALE), "passing checkin");
}

static void random_name(char name[static 16], struct stream *stream)
{
	snprintf(name, 16, "passing%u", draw(stream, NAMES));
}

static void start(struct torturer *self, struct stream *stream)
{
	struct pooltoy_pool *pool = NULL;
	char name[16];

	random_name(name, stream);
	doing(self, "start_pool", -1);
	if (allow(pooltoy_start_pool(arena.supervisor, spec_of_passing(name), &pool),
		  MAY(POOLTOY_OK) | MAY(POOLTOY_EEXIST), "start_pool") != POOLTOY_OK)
		return;
	did(POOLS_STARTED);
	REQUIRE(strcmp(pooltoy_pool_name(pool), name) == 0);
	doing(self, "use what was started", -1);
	use_passing(pool, stream);
	pooltoy_pool_release(pool);
}

static void find(struct torturer *self, struct stream *stream)
{
	struct pooltoy_pool *pool = NULL;
	char name[16];

	random_name(name, stream);
	doing(self, "find_pool", -1);
	if (allow(pooltoy_find_pool(arena.supervisor, name, &pool),
		  MAY(POOLTOY_OK) | MAY(POOLTOY_ENOENT), "find_pool") != POOLTOY_OK)
		return;
	did(POOLS_FOUND);
	pooltoy_pool_release(pooltoy_pool_retain(pool));
	doing(self, "use what was found", -1);
	use_passing(pool, stream);
	pooltoy_pool_release(pool);
}

static void stop(struct torturer *self, struct stream *stream)
{
	struct pooltoy_pool *pool = NULL;
	char name[16];

	random_name(name, stream);
	doing(self, "stop_pool", -1);
	if (draw(stream, 2)) {
		if (allow(pooltoy_stop_pool_named(arena.supervisor, name, LONG_MS),
			  MAY(POOLTOY_OK) | MAY(POOLTOY_ENOENT) | MAY(POOLTOY_ESTOPPED),
			  "stop_pool_named") == POOLTOY_OK)
			did(POOLS_STOPPED);
		return;
	}
	if (pooltoy_find_pool(arena.supervisor, name, &pool) != POOLTOY_OK)
		return;
	if (allow(pooltoy_stop_pool(pool, (int)draw(stream, 5)),
		  MAY(POOLTOY_OK) | MAY(POOLTOY_ESTOPPED), "stop_pool") == POOLTOY_OK)
		did(POOLS_STOPPED);
	pooltoy_pool_release(pool);
}

/* A life of its own, from start to stop. */
static void live_and_let_die(struct torturer *self, struct stream *stream)
{
	struct pooltoy_supervisor *supervisor = NULL;
	struct pooltoy_pool *pool = NULL;

	doing(self, "supervisor_start", -1);
	REQUIRE(pooltoy_supervisor_start_with(
			POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor) ==
		POOLTOY_OK);
	REQUIRE(pooltoy_start_pool(supervisor, spec_of_passing("own"), &pool) == POOLTOY_OK);
	did(POOLS_STARTED);
	use_passing(pool, stream);
	if (draw(stream, 2))
		allow(pooltoy_kill_manager(pool), MAY(POOLTOY_OK), "kill_manager");
	if (draw(stream, 2))
		allow(pooltoy_kill_supervisor(supervisor), MAY(POOLTOY_OK), "kill_supervisor");
	doing(self, "supervisor_stop", -1);
	allow(stop_supervisor(supervisor, LONG_MS), MAY(POOLTOY_OK), "supervisor_stop");
	REQUIRE(pooltoy_stop_pool(pool, 0) == POOLTOY_ESTOPPED);
	pooltoy_pool_release(pool);
	did(SUPERVISORS);
}

struct tour {
	unsigned left, seen; /* nodes until it ends; so far */
};

static int visit_node(const struct pooltoy_node *node, void *argument)
{
	struct tour *tour = argument;

	REQUIRE(node->struct_size >= sizeof *node);
	REQUIRE((node->type == POOLTOY_NODE_SUPERVISOR) == (node->depth == 0));
	REQUIRE((node->type == POOLTOY_NODE_SUPERVISOR) == (tour->seen == 0));
	REQUIRE(node->type == POOLTOY_NODE_SUPERVISOR || node->pool);
	if (node->type == POOLTOY_NODE_WORKER)
		REQUIRE(strcmp(pooltoy_worker_state_name(node->state), "unknown") != 0);
	REQUIRE(!node->monitored || node->state == POOLTOY_WORKER_LEASED);
	tour->seen++;
	return tour->left-- == 0 ? 7 : 0;
}

static void walk(struct torturer *self, struct stream *stream)
{
	struct tour tour = { draw(stream, 100), 0 };
	int code;

	doing(self, "walk", -1);
	code = pooltoy_walk(arena.supervisor, visit_node, &tour);
	REQUIRE(code == POOLTOY_OK || code == 7);
	did(WALKS);
}

static void revive(struct torturer *self, struct stream *stream)
{
	int pool = draw(stream, 4) ? FRAGILE : (int)draw(stream, POOLS);

	doing(self, "revive", pool);
	allow(pooltoy_pool_revive(arena.pools[pool]), MAY(POOLTOY_OK), "pool_revive");
	did(REVIVALS);
}

void administer(struct torturer *self, struct stream *stream)
{
	int pool = (int)draw(stream, POOLS), before;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE,
			       &before); /* handles are nobody else's to release */
	switch (draw(stream, 16)) {
	case 0:
	case 1:
	case 2:
		start(self, stream);
		break;
	case 3:
	case 4:
	case 5:
		find(self, stream);
		break;
	case 6:
	case 7:
		stop(self, stream);
		break;
	case 8:
		live_and_let_die(self, stream);
		break;
	case 9:
	case 10:
		walk(self, stream);
		break;
	case 11:
		revive(self, stream);
		break;
	default:
		doing(self, "pool_status", pool);
		look_at_pool(arena.pools[pool]);
	}
	pthread_setcancelstate(before, NULL);
}
