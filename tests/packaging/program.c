/* SPDX-License-Identifier: MIT */
/* program.c: what a user's first program does, in the C that is C++ too. */
#include <pooltoy.h>
#include <stdio.h>
#include <string.h>

static int doubler_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	int number;

	(void)state;
	if (length != sizeof(number))
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	memcpy(&number, request, sizeof(number));
	number *= 2;
	return pooltoy_reply(self, &number, sizeof(number));
}

static int fails(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, pooltoy_last_error());
	return 1;
}

int main(void)
{
	struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS_INIT;
	struct pooltoy_pool_spec spec = POOLTOY_POOL_SPEC_INIT;
	struct pooltoy_lease lease = POOLTOY_LEASE_INIT;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	int number = 21;
	size_t length = sizeof(number);

	doubler.handle_call = doubler_call;
	spec.name = "poolio";
	spec.worker = &doubler;
	spec.size = 3;
	if (strcmp(pooltoy_version(), POOLTOY_VERSION) != 0)
		return fails("another library than its header");
	if (pooltoy_supervisor_start(&supervisor))
		return fails("pooltoy_supervisor_start");
	if (pooltoy_start_pool(supervisor, &spec, &pool))
		return fails("pooltoy_start_pool");
	if (pooltoy_checkout(pool, 10000, &lease))
		return fails("pooltoy_checkout");
	if (pooltoy_call(&lease, &number, sizeof(number), &number, &length, 10000))
		return fails("pooltoy_call");
	if (pooltoy_checkin(&lease))
		return fails("pooltoy_checkin");
	pooltoy_pool_release(pool);
	if (pooltoy_supervisor_stop(supervisor, 10000))
		return fails("pooltoy_supervisor_stop");
	return number != 42;
}
