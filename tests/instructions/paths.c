/* SPDX-License-Identifier: MIT */
/* paths.c: goes down one of the library's hot paths a number of times, for instructions.sh to count. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <pooltoy.h>

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	memcpy(&n, request, sizeof n);
	n *= 2;
	return pooltoy_reply(self, &n, sizeof n);
}

static void must(int code)
{
	if (code)
		errx(1, "%s", pooltoy_last_error());
}

static void visit(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(pool, -1, &lease));
	must(pooltoy_checkin(&lease));
}

static void borrow(const struct pooltoy_lease *lease)
{
	void *state;

	must(pooltoy_lease_state(lease, &state));
	must(pooltoy_lease_state_done(lease));
}

static void call(const struct pooltoy_lease *lease)
{
	int n = 21, answer = 0;
	size_t length = sizeof answer;

	must(pooltoy_call(lease, &n, sizeof n, &answer, &length, -1));
	if (answer != 42)
		errx(1, "%d", answer);
}

int main(int argc, char **argv)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = double_it);
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	long turns = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (turns <= 0)
		errx(2, "usage: paths visit|state|call TURNS");
	must(pooltoy_supervisor_start(&supervisor));
	must(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &ops, .size = 8), &pool));
	if (strcmp(argv[1], "visit") == 0) {
		while (turns-- > 0)
			visit(pool);
	} else {
		must(pooltoy_checkout(pool, -1, &lease));
		while (turns-- > 0)
			strcmp(argv[1], "call") == 0 ? call(&lease) : borrow(&lease);
		must(pooltoy_checkin(&lease));
	}
	pooltoy_pool_release(pool);
	must(pooltoy_supervisor_stop(supervisor, -1));
	return 0;
}
