/* SPDX-License-Identifier: MIT */
/* status.c: a pool's figures, and the whole tree with who holds what. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <pooltoy.h>

/* example: status */
static void print_pool(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	if (pooltoy_pool_status(pool, &status))
		return;
	printf("%s: %s, %d idle, %d leased, %d waiting, %" PRIu64
	       " restarts\n",
	       pooltoy_pool_name(pool),
	       pooltoy_pool_state_name(status.state), status.idle,
	       status.leased, status.waiting, status.restarts);
	if (status.last_reason[0] != '\0')
		printf("\tlast failure: %s\n", status.last_reason);
}
/* end */

/* example: walk */
static int print_node(const struct pooltoy_node *node, void *argument)
{
	FILE *out = argument;

	fprintf(out, "%*s", 4 * node->depth, "");
	switch (node->type) {
	case POOLTOY_NODE_SUPERVISOR:
		fprintf(out, "supervisor");
		break;
	case POOLTOY_NODE_POOL:
		fprintf(out, "%s: %s", node->pool,
			pooltoy_pool_state_name(node->status->state));
		break;
	case POOLTOY_NODE_MANAGER:
		fprintf(out, "manager");
		break;
	case POOLTOY_NODE_WORKER:
		fprintf(out, "worker %d: %s", node->worker,
			pooltoy_worker_state_name(node->state));
		if (node->monitored)
			fprintf(out, " by thread %ld",
				node->holder_thread_id);
		break;
	}
	if (node->thread_id != 0)
		fprintf(out, " (thread %ld)", node->thread_id);
	fputc('\n', out);
	return 0; /* go on */
}

static int print_tree(struct pooltoy_supervisor *sup, FILE *out)
{
	return pooltoy_walk(sup, print_node, out);
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 3),
			       &pool) ||
	    pooltoy_checkout(pool, 1000, &lease))
		errx(1, "%s", pooltoy_last_error());
	print_pool(pool);
	if (print_tree(sup, stdout) || pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
