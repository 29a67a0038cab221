/* SPDX-License-Identifier: MIT */
/* server.c: a pool of child processes: which program they run, and that a crash of one is told. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <pooltoy.h>

extern const struct pooltoy_worker_ops teller;

static int ask(struct pooltoy_pool *pool, const char *request, char *answer, size_t size)
{
	struct pooltoy_lease lease;
	size_t length = size - 1;
	int rc;

	if (pooltoy_checkout(pool, 10000, &lease))
		errx(1, "%s", pooltoy_last_error());
	rc = pooltoy_call(&lease, request, strlen(request), answer, &length, 10000);
	if (rc)
		snprintf(answer, size, "%s", pooltoy_last_error());
	else
		answer[length] = '\0';
	pooltoy_checkin(&lease);
	return rc;
}

int main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	char answer[4096];

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = "tellers", .worker = &teller, .size = 2,
						 .isolation = POOLTOY_PROCESS),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	if (ask(pool, "where", answer, sizeof answer))
		errx(1, "%s", answer);
	printf("the worker runs %s\n", answer);
	if (ask(pool, "crash", answer, sizeof answer) != POOLTOY_ECRASHED)
		errx(1, "no crash was told: %s", answer);
	printf("a call that crashes: %s\n", answer);
	if (ask(pool, "where", answer, sizeof answer))
		errx(1, "%s", answer);
	puts("the pool still answers");
	pooltoy_pool_release(pool);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
