/* SPDX-License-Identifier: MIT */
/* subject.c: a server to look at with a tracer: over and over, all that its scripts tell about. Until it is killed. */
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>
#include <pooltoy.h>

enum { HELD_US = 20000, PATIENCE_MS = 10, KEPT = 32 };

static sem_t serves_again;
static struct pooltoy_pool *idle; /* nobody waits for this one */

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

/* A checkout that does not wait. */
static void use_idle_worker(void)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(idle, 0, &lease));
	must(pooltoy_checkin(&lease));
}

/* Its wait ends without a worker; what it has next, it has not waited for. */
static void *wait_in_vain(void *pool)
{
	struct pooltoy_lease lease;

	pthread_setname_np(pthread_self(), "in_vain");
	if (pooltoy_checkout(pool, PATIENCE_MS, &lease) != POOLTOY_ETIMEDOUT)
		errx(1, "a worker that is held has been given out");
	use_idle_worker();
	return NULL;
}

/* A completion queue waits, and not this thread. */
static void *start_checkout(void *pool)
{
	struct pooltoy_completion_queue *queue;
	const struct pooltoy_completion *completion;
	struct pooltoy_lease lease;
	struct pollfd ready = { .events = POLLIN };

	pthread_setname_np(pthread_self(), "loop");
	must(pooltoy_completion_queue_open(&queue));
	must(pooltoy_checkout_start(queue, pool, NULL, -1, NULL, NULL));
	ready.fd = pooltoy_completion_queue_fd(queue);
	while (pooltoy_completion_queue_drain(queue, &completion, 1) == 0)
		poll(&ready, 1, -1);
	must(completion->code);
	lease = completion->lease;
	pooltoy_completion_release(completion);
	must(pooltoy_checkin(&lease));
	use_idle_worker();
	pooltoy_completion_queue_close(queue);
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

static pthread_t start_thread(void *(*function)(void *), struct pooltoy_pool *pool)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, pool))
		errx(1, "no thread");
	return thread;
}

/* Holds the pool's one worker while another thread waits for it. A tracer tells its name. */
static __attribute__((noinline)) void hold_worker(struct pooltoy_pool *pool, void *(*wait)(void *))
{
	struct pooltoy_lease lease;
	pthread_t waiter;
	int n = 21, answer;
	size_t length = sizeof answer;

	must(pooltoy_checkout(pool, -1, &lease));
	must(pooltoy_call(&lease, &n, sizeof n, &answer, &length, -1));
	waiter = start_thread(wait, pool);
	while (clients_waiting(pool) == 0)
		usleep(100);
	usleep(HELD_US);
	must(pooltoy_checkin(&lease));
	pthread_join(waiter, NULL);
}

static void disappoint(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(pool, -1, &lease));
	pthread_join(start_thread(wait_in_vain, pool), NULL);
	must(pooltoy_checkin(&lease));
}

/* Takes one more worker, and gives back that which has been held for longest. */
static __attribute__((noinline)) void keep_worker(struct pooltoy_pool *pool)
{
	static struct pooltoy_lease leases[KEPT];
	static unsigned taken;
	struct pooltoy_lease *lease = &leases[taken % KEPT];

	if (taken >= KEPT)
		must(pooltoy_checkin(lease));
	must(pooltoy_checkout(pool, -1, lease));
	taken++;
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

static struct pooltoy_pool *start_pool(struct pooltoy_supervisor *supervisor, const char *name,
				       int size)
{
	static const struct pooltoy_worker_ops doubler =
		POOLTOY_WORKER_OPS(.handle_call = double_it);
	struct pooltoy_pool *pool;

	must(pooltoy_start_pool(supervisor,
				POOLTOY_POOL_SPEC(.name = name, .worker = &doubler, .size = size,
						  .max_restarts = 1000000),
				&pool));
	must(pooltoy_pool_wait_ready(pool, size, -1));
	return pool;
}

int main(void)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool, *kept;

	sem_init(&serves_again, 0, 0);
	must(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = on_event),
					   &supervisor));
	pool = start_pool(supervisor, "poolio", 1);
	idle = start_pool(supervisor, "idle", 1);
	kept = start_pool(supervisor, "kept", KEPT);
	for (;;) {
		keep_worker(kept);
		disappoint(pool);
		hold_worker(pool, start_checkout);
		hold_worker(pool, wait_for_worker);
		break_worker(pool);
		crash_pool(pool);
	}
}
