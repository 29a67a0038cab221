/* SPDX-License-Identifier: MIT */
/* wait_ready.c: a server that begins once enough of its workers are up. */
#include <err.h>
#include <stdio.h>
#include <pooltoy.h>

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);

/* example: wait_ready */
/* Half of them will do for a start; the others follow. */
static int await_half(struct pooltoy_pool *pool, int size)
{
	int rc = pooltoy_pool_wait_ready(pool, (size + 1) / 2, 10000);

	if (rc != 0)
		warnx("%s", pooltoy_last_error()); /* how many, and why */
	return rc;
}
/* end */

int main(void)
{
	enum { SIZE = 4 };
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(
		    sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = SIZE), &pool))
		errx(1, "%s", pooltoy_last_error());
	if (await_half(pool, SIZE))
		return 1;
	puts("ready");
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
