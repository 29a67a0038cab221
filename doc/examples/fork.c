/* SPDX-License-Identifier: MIT */
/* fork.c: a process with pools forks a child that starts pools of its own. */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pooltoy.h>

/* example: fork */
static pid_t fork_server(void (*child_main)(void))
{
	pid_t pid;

	pooltoy_fork_prepare();
	pid = fork();
	if (pid == 0) {
		pooltoy_fork_child();
		child_main(); /* starts a supervisor of its own */
		_exit(0);
	}
	pooltoy_fork_parent(); /* also if fork failed */
	return pid;
}
/* end */

static const struct pooltoy_worker_ops idler = POOLTOY_WORKER_OPS(.init = NULL);
static struct pooltoy_pool *inherited;

static struct pooltoy_supervisor *start(struct pooltoy_pool **pool)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_lease lease;

	if (pooltoy_supervisor_start(&sup) ||
	    pooltoy_start_pool(sup, POOLTOY_POOL_SPEC(.name = "poolio", .worker = &idler, .size = 1),
			       pool) ||
	    pooltoy_checkout(*pool, 1000, &lease) || pooltoy_checkin(&lease))
		errx(1, "%s", pooltoy_last_error());
	return sup;
}

static void child_main(void)
{
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	if (pooltoy_checkout(inherited, 1000, &lease) != POOLTOY_EFORKED)
		errx(1, "the parent's pool works in the child");
	pooltoy_pool_release(inherited);
	sup = start(&pool);
	pooltoy_pool_release(pool);
	if (pooltoy_supervisor_stop(sup, 5000))
		errx(1, "%s", pooltoy_last_error());
}

int main(void)
{
	struct pooltoy_supervisor *sup = start(&inherited);
	int status;

	if (fork_server(child_main) < 0 || wait(&status) < 0)
		err(1, "fork");
	pooltoy_pool_release(inherited);
	if (pooltoy_supervisor_stop(sup, 5000))
		errx(1, "%s", pooltoy_last_error());
	return status != 0;
}
