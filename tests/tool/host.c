/* SPDX-License-Identifier: MIT */
/*
 * host.c: a server for the tests of pooltoy(1): a worker of pool poolio is held by its main thread, one of
 * pool pooly by a client with a name; until its input ends. It opens no control socket: the environment does.
 * With a shared object of rogues (tests/process) for an argument, there is a pool of one in a child process, too,
 * which does not come out of its init.
 */
#include <err.h>
#include <pooltoy.h>
#include <stdio.h>

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	n = *(const int *)request * 2;
	return pooltoy_reply(self, &n, sizeof n);
}

static const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = double_it);

static void need(int code)
{
	if (code)
		errx(1, "%s", pooltoy_last_error());
}

static void start_hanging_process(struct pooltoy_supervisor *supervisor, const char *module)
{
	need(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "rogues", .worker = &doubler, .size = 1,
						  .grace = 100, .isolation = POOLTOY_PROCESS,
						  .module = module, .symbol = "rogue_ops",
						  .argument = "hang", .argument_length = 5),
				NULL));
}

int main(int argc, char **argv)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *poolio, *pooly;
	struct pooltoy_client *client;
	struct pooltoy_lease held, other;

	need(pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore), &supervisor));
	need(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 3,
						  .max_overflow = 2),
				&poolio));
	need(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler, .size = 1),
				&pooly));
	if (argc > 1)
		start_hanging_process(supervisor, argv[1]);
	need(pooltoy_client_open("conn \033[31m7", &client));
	need(pooltoy_checkout(poolio, -1, &held));
	need(pooltoy_client_checkout(client, pooly, -1, &other));
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	pooltoy_client_close(client);
	pooltoy_pool_release(poolio);
	pooltoy_pool_release(pooly);
	return pooltoy_supervisor_stop(supervisor, -1) != 0;
}
