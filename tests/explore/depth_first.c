/* SPDX-License-Identifier: MIT */
/* depth_first.c: every schedule within a bound of preemptions, each run from its beginning. */
#include "causality.h"
#include "search.h"

#include <err.h>

/* A decision on the way to the current schedule that had more than one choice. */
struct node {
	unsigned step;
	unsigned first; /* of its choices */
	unsigned short count, at;
};

static struct {
	struct node *nodes;
	choice *choices;
	unsigned depth, room, used, choice_room;
	unsigned cursor; /* the next node on the way */
	unsigned bound;
	bool cuts;
} tree;

static void depth_first_begin(void)
{
	tree.cursor = 0;
	engine.bound = tree.bound;
}

/* On the way that is being repeated, decisions without a node had one choice. */
static bool depth_first_known(choice *decision)
{
	const struct node *node;

	if (tree.cursor == tree.depth)
		return false;
	node = &tree.nodes[tree.cursor];
	*decision = CHOICE_PROCEED;
	if (node->step == engine.step) {
		if (node->at > 0)
			*decision = tree.choices[node->first + node->at];
		tree.cursor++;
	} else if (node->step < engine.step) {
		engine_fail("this scenario is not deterministic: step %u is missing", node->step);
	}
	return true;
}

/* What follows from here has been explored, or will be. */
static void depth_first_arrive(void)
{
	if (tree.cuts && tree.cursor == tree.depth && causality_met_before())
		engine_cut();
}

static void *grown(void *list, unsigned *room, unsigned needed, size_t size)
{
	if (needed <= *room)
		return list;
	*room = 2 * needed;
	list = realloc(list, *room * size);
	if (!list)
		err(99, "no memory for the search");
	return list;
}

static unsigned depth_first_pick(const struct choices *choices)
{
	unsigned count = choices->count;

	tree.nodes = grown(tree.nodes, &tree.room, tree.depth + 1, sizeof *tree.nodes);
	tree.choices =
		grown(tree.choices, &tree.choice_room, tree.used + count, sizeof *tree.choices);
	memcpy(tree.choices + tree.used, choices->list, count * sizeof *tree.choices);
	tree.nodes[tree.depth++] =
		(struct node){ engine.step, tree.used, (unsigned short)count, 0 };
	tree.used += count;
	tree.cursor = tree.depth;
	return 0;
}

static bool depth_first_more(void)
{
	while (tree.depth > 0) {
		struct node *node = &tree.nodes[tree.depth - 1];

		if (++node->at < node->count)
			return true;
		tree.used = node->first;
		tree.depth--;
	}
	return false;
}

const struct strategy *depth_first(unsigned bound, enum orders orders)
{
	static struct strategy strategy = { .name = "exhaustive",
					    .begin = depth_first_begin,
					    .known = depth_first_known,
					    .arrive = depth_first_arrive,
					    .pick = depth_first_pick,
					    .more = depth_first_more };

	tree.depth = tree.used = 0;
	tree.bound = bound;
	strategy.causes = orders != ORDERS_ALL;
	strategy.compares = orders == ORDERS_COMPARED;
	tree.cuts = orders == ORDERS_CUT;
	if (tree.cuts)
		causality_forget();
	return &strategy;
}
