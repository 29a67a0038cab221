/* SPDX-License-Identifier: MIT */
/* subject.c: a server to look at with a tracer: over and over, all that its scripts tell about. Until it is killed. */
#include <err.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>
#include <pooltoy.h>

enum { HELD_US = 20000 };

static sem_t serves_again;

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	if (length != sizeof n)
		return POOLTOY_EINVAL; /* broken */
	memcpy(&n, request, sizeof n);
	n *= 2;
	return pooltoy_reply(self, &n, sizeof n);
}

static void must(int code)
{
	if (code)
		errx(1, "%s", pooltoy_last_error());
}

static void *wait_for_worker(void *pool)
{
	struct pooltoy_lease lease;

	pthread_setname_np(pthread_self(), "waiter");
	must(pooltoy_checkout(pool, -1, &lease));
	must(pooltoy_checkin(&lease));
	return NULL;
}

static void on_event(const struct pooltoy_event *event, void *unused)
{
	(void)unused;
	if (event->type == POOLTOY_EVENT_POOL_RESTARTED)
		sem_post(&serves_again);
}

static int clients_waiting(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	must(pooltoy_pool_status(pool, &status));
	return status.waiting;
}

/* Holds the pool's one worker while another thread waits for it. A tracer tells its name. */
static __attribute__((noinline)) void hold_worker(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	pthread_t waiter;
	int n = 21, answer;
	size_t length = sizeof answer;

	must(pooltoy_checkout(pool, -1, &lease));
	must(pooltoy_call(&lease, &n, sizeof n, &answer, &length, -1));
	if (pthread_create(&waiter, NULL, wait_for_worker, pool))
		errx(1, "no thread");
	while (clients_waiting(pool) == 0)
		usleep(100);
	usleep(HELD_US);
	must(pooltoy_checkin(&lease));
	pthread_join(waiter, NULL);
}

static void break_worker(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(pool, -1, &lease));
	if (pooltoy_call(&lease, "x", 1, NULL, NULL, -1) != POOLTOY_ECRASHED)
		errx(1, "a broken worker has answered");
	(void)pooltoy_checkin(&lease);
}

static void crash_pool(struct pooltoy_pool *pool)
{
	must(pooltoy_kill_manager(pool));
	sem_wait(&serves_again);
}

int main(void)
{
	static const struct pooltoy_worker_ops doubler =
		POOLTOY_WORKER_OPS(.handle_call = double_it);
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;

	sem_init(&serves_again, 0, 0);
	must(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = on_event),
					   &supervisor));
	must(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 1,
						  .max_restarts = 1000000),
				&pool));
	for (;;) {
		hold_worker(pool);
		break_worker(pool);
		crash_pool(pool);
	}
}
