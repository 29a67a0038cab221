/* SPDX-License-Identifier: MIT */
/* paths.c: goes down one of the library's hot paths a number of times, for instructions.sh to count. */
#include <err.h>
#include <semaphore.h>
#include <stdbool.h>
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

/* Tasks come in bursts, so that a worker has several before it; the last of a burst says that it is over. */
enum { BURST = 100 };

static void note_end(const struct pooltoy_outcome *outcome, void *burst_is_over)
{
	must(outcome->code);
	if (burst_is_over)
		sem_post(burst_is_over);
}

static void submit(struct pooltoy_pool *pool, long tasks)
{
	int n = 21;
	sem_t burst_is_over;

	sem_init(&burst_is_over, 0, 0);
	while (tasks-- > 0) {
		bool last = tasks % BURST == 0;

		must(pooltoy_submit(pool, &n, sizeof n, note_end, last ? &burst_is_over : NULL,
				    NULL));
		if (last)
			sem_wait(&burst_is_over);
	}
	sem_destroy(&burst_is_over);
}

static struct pooltoy_pool *start(struct pooltoy_supervisor *supervisor, int workers)
{
	static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = double_it);
	struct pooltoy_pool *pool;

	must(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "pooly", .worker = &ops, .size = workers),
				&pool));
	return pool;
}

int main(int argc, char **argv)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;
	long turns = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (turns <= 0)
		errx(2, "usage: paths visit|state|call|submit TURNS");
	must(pooltoy_supervisor_start(&supervisor));
	/* One worker runs the tasks: who else is awake for them is chance. */
	pool = start(supervisor, strcmp(argv[1], "submit") == 0 ? 1 : 8);
	if (strcmp(argv[1], "visit") == 0) {
		while (turns-- > 0)
			visit(pool);
	} else if (strcmp(argv[1], "submit") == 0) {
		submit(pool, turns);
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
