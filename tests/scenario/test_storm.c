/* SPDX-License-Identifier: MIT */
/* test_storm.c: 8 pools, 32 workers, 16 clients, and everybody is killed at random for 20 seconds. */
#include "scenario/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <dirent.h>

enum { POOLS = 8, WORKERS = 4, CLIENTS = 16, SECONDS = 20 };

/* STORM_SECONDS and STORM_SEED, environment variables, say for how long and which. */
struct storm {
	uint64_t seed;
	atomic_bool over;
	struct stage stage;
	struct troupe troupes[POOLS];
	struct pooltoy_pool *pools[POOLS];

	/* What happened. */
	atomic_long visits, calls, casts, borrows, adoptions, transactions;
	atomic_long told_to_die, client_deaths, cancellations, crashes_seen;
	atomic_long worker_kills, manager_kills, supervisor_kills;
};
static SHARED struct storm storm;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13; /* Marsaglia's xorshift */
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static unsigned draw(uint64_t *state, unsigned below)
{
	return (unsigned)(next_random(state) >> 20) % below;
}

/* What may come back in a storm; anything else is a fault. */
static int check(int code, const char *what)
{
	switch (code) {
	case POOLTOY_OK:
	case POOLTOY_ETIMEDOUT:
	case POOLTOY_EFULL:
	case POOLTOY_ESTARTING:
	case POOLTOY_ESTALE:
	case POOLTOY_EBUSY:
	case POOLTOY_EAGAIN:
		break;
	case POOLTOY_ECRASHED:
		storm.crashes_seen++;
		break;
	default:
		printf("# %s: %d (%s)\n", what, code, pooltoy_last_error());
		CU_FAIL("a code that has no place in a storm");
	}
	return code;
}

static void call(const struct pooltoy_lease *lease, uint64_t *random)
{
	int number = (int)draw(random, 1000), answer = -1;

	if (check(tell(lease, (struct order){ DOUBLE, number, NULL }, &answer,
		       draw(random, 4) ? SOON : (int)draw(random, 2)),
		  "call") == POOLTOY_OK)
		CU_ASSERT_EQUAL(answer, 2 * number);
	storm.calls++;
}

static void borrow(const struct pooltoy_lease *lease)
{
	void *state;

	if (ISOLATED) {
		CU_ASSERT(pooltoy_lease_state(lease, &state) != POOLTOY_OK);
		storm.borrows++;
		return;
	}
	if (check(pooltoy_lease_state(lease, &state), "lease_state") != POOLTOY_OK)
		return;
	puppet_enter(state);
	puppet_leave(state);
	(void)check(pooltoy_lease_state_done(lease), "lease_state_done");
	storm.borrows++;
}

static int deal(const struct pooltoy_lease *lease, void *argument)
{
	call(lease, argument);
	storm.transactions++;
	return 0;
}

/* One thing that a client does with a lease. */
static void use(struct pooltoy_lease *lease, uint64_t *random)
{
	static const enum verb deadly[] = { BREAK, LEAVE, END_THREAD };
	struct order die = { deadly[draw(random, 3)], 0, NULL };

	switch (draw(random, 16)) {
	case 0:
		(void)check(tell(lease, die, NULL, SOON), "deadly call");
		storm.told_to_die++;
		break;
	case 1:
		(void)check(tell_cast(lease, die), "deadly cast");
		storm.told_to_die++;
		break;
	case 2:
	case 3:
		(void)check(tell_cast(lease, (struct order){ COUNT, 1, NULL }), "cast");
		storm.casts++;
		break;
	case 4:
	case 5:
		borrow(lease);
		break;
	case 6:
		(void)check(pooltoy_lease_adopt(NULL, lease), "adopt");
		storm.adoptions++;
		break;
	default:
		call(lease, random);
	}
}

static int random_timeout(uint64_t *random)
{
	static const int timeouts[] = { 0, 1, 5, 50, SOON, SOON };

	return timeouts[draw(random, 6)];
}

/* A checkout, some use, a checkin; now and then by an explicit client or as a transaction. */
static void visit(uint64_t *random)
{
	struct pooltoy_pool *pool = storm.pools[draw(random, POOLS)];
	struct pooltoy_client *client = NULL;
	struct pooltoy_lease lease;
	unsigned manner = draw(random, 8);
	int code;

	storm.visits++;
	if (manner == 0) {
		(void)check(pooltoy_transaction(pool, deal, random, random_timeout(random)),
			    "transaction");
		return;
	}
	if (manner == 1) {
		/* Not for who may be cancelled: nobody would close it. */
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		MUST(pooltoy_client_open("storm", &client));
		code = pooltoy_client_checkout(client, pool, random_timeout(random), &lease);
	} else {
		code = pooltoy_checkout(pool, random_timeout(random), &lease);
	}
	if (check(code, "checkout") == POOLTOY_OK) {
		for (unsigned uses = draw(random, 4); uses > 0; uses--)
			use(&lease, random);
		if (manner != 2) /* forgotten: until its client ends */
			(void)check(pooltoy_checkin(&lease), "checkin");
	}
	pooltoy_client_close(client);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	pthread_testcancel();
}

struct client {
	uint64_t random;
	bool immortal; /* until it is cancelled */
};

static void *client_lives(void *argument)
{
	struct client *client = argument;
	struct pooltoy_lease lease;

	for (unsigned visits = draw(&client->random, 20);
	     (visits > 0 || client->immortal) && !storm.over; visits--)
		visit(&client->random);
	if (client->immortal)
		return NULL;
	/* And it ends with a lease in its hands. */
	(void)check(pooltoy_checkout(storm.pools[draw(&client->random, POOLS)], 5, &lease),
		    "last checkout");
	storm.client_deaths++;
	if (draw(&client->random, 2))
		pthread_exit(NULL);
	return NULL;
}

/* A seat on which one client sits after the other. */
static void *seat_clients(void *argument)
{
	uint64_t random = storm.seed * 0x9e3779b97f4a7c15u + (uintptr_t)argument + 1;

	while (!storm.over) {
		struct client client = { .random = next_random(&random),
					 .immortal = draw(&random, 2) };
		pthread_t thread = begin(client_lives, &client);

		if (client.immortal) {
			for (unsigned breaths = draw(&random, 40); breaths > 0; breaths--)
				breathe();
			pthread_cancel(thread);
			storm.cancellations++;
		}
		finish(thread);
	}
	return NULL;
}

static bool all_has_happened(void)
{
	return storm.worker_kills > 0 && storm.told_to_die > 0 && storm.manager_kills > 0 &&
	       storm.supervisor_kills > 0 && storm.client_deaths > 0 && storm.cancellations > 0 &&
	       storm.crashes_seen > 0 && storm.calls > 0 && storm.casts > 0 && storm.borrows > 0 &&
	       storm.adoptions > 0 && storm.transactions > 0;
}

/* And on, if what it is about has yet to happen: to child processes that start slowly little does. */
static void kill_at_random_until(uint64_t end)
{
	uint64_t random = storm.seed | 1;

	while (now_ms() < end || (!all_has_happened() && now_ms() < end + SOON)) {
		struct pooltoy_pool *pool = storm.pools[draw(&random, POOLS)];
		unsigned whom = draw(&random, 64);

		if (whom == 0)
			storm.supervisor_kills +=
				pooltoy_kill_supervisor(storm.stage.supervisor) == POOLTOY_OK;
		else if (whom < 8)
			storm.manager_kills += pooltoy_kill_manager(pool) == POOLTOY_OK;
		else
			storm.worker_kills +=
				pooltoy_kill_worker(pool, (int)draw(&random, WORKERS + 2)) ==
				POOLTOY_OK;
		for (unsigned breaths = draw(&random, 10); breaths > 0; breaths--)
			breathe();
	}
}

static int threads_alive(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
	while (readdir(tasks))
		count++;
	closedir(tasks);
	return count - 2; /* . and .. */
}

static void *do_nothing(void *unused)
{
	return unused;
}

static void start_pools(void)
{
	for (int i = 0; i < POOLS; i++) {
		char name[16];

		snprintf(name, sizeof name, "pool%d", i);
		storm.pools[i] = start_pool(
			&storm.stage,
			POOLTOY_POOL_SPEC(.name = name, .worker = &puppet_ops,
					  .argument = &storm.troupes[i], .release = puppet_release,
					  .size = WORKERS, .max_overflow = i % 3,
					  .strategy = (enum pooltoy_strategy)(i % 3),
					  .on_client_death =
						  i % 2 ? POOLTOY_REPLACE : POOLTOY_RESET,
					  .exclusive = i == 7, .max_restarts = 100000,
					  .backoff_min = 1, .backoff_max = 4, .shutdown = SOON,
					  .grace = SOON));
	}
}

static void expect_all_quiet(void)
{
	for (int i = 0; i < POOLS; i++) {
		struct pooltoy_pool_status status;

		await_service(storm.pools[i]);
		await_idle(storm.pools[i], WORKERS);
		status = status_of(storm.pools[i]);
		CU_ASSERT_EQUAL(status.state, POOLTOY_POOL_READY);
		CU_ASSERT_EQUAL(status.leased + status.waiting + status.monitored, 0);
		CU_ASSERT_EQUAL(status.overflow + status.quarantined, 0);
		CU_ASSERT(status.restarts > 0);
		CU_ASSERT(status.worker_deaths > 0);
		pooltoy_pool_release(storm.pools[i]);
	}
}

static void expect_nothing_left(void)
{
	for (int i = 0; i < POOLS; i++) {
		struct troupe *troupe = &storm.troupes[i];

		CU_ASSERT_EQUAL(troupe->on_stage, 0);
		CU_ASSERT(troupe->inits > WORKERS);
		CU_ASSERT_EQUAL(troupe->terminates, troupe->inits);
		CU_ASSERT_EQUAL(troupe->collisions, 0);
		CU_ASSERT_EQUAL(troupe->releases, 1);
	}
	CU_ASSERT(storm.troupes[7].most_on_stage <= WORKERS + 7 % 3);
}

static void tell_and_expect_kills(void)
{
	printf("# %ld visits, %ld calls, %ld casts, %ld borrows, %ld adoptions, "
	       "%ld transactions\n",
	       storm.visits, storm.calls, storm.casts, storm.borrows, storm.adoptions,
	       storm.transactions);
	printf("# killed: %ld workers, %ld more told to die, %ld managers, %ld supervisors; "
	       "%ld clients ended, %ld cancelled; %ld crashes seen by callers\n",
	       storm.worker_kills, storm.told_to_die, storm.manager_kills, storm.supervisor_kills,
	       storm.client_deaths, storm.cancellations, storm.crashes_seen);
	CU_ASSERT(all_has_happened());
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *given = getenv(name);

	return given ? strtoull(given, NULL, 0) : otherwise;
}

static void after_the_storm_every_pool_serves_and_nothing_has_leaked(void)
{
	uint64_t seconds = from_environment("STORM_SECONDS", SECONDS);
	pthread_t seats[CLIENTS];
	int threads;

	if (ISOLATED && THREAD_SANITIZED)
		SKIP("ThreadSanitizer does not follow who is cancelled in ppoll");
	storm.seed = from_environment("STORM_SEED", (uint64_t)time(NULL));
	printf("# STORM_SEED=%llu STORM_SECONDS=%llu\n", (unsigned long long)storm.seed,
	       (unsigned long long)seconds);
	finish(begin(do_nothing, NULL)); /* a sanitizer's own thread comes with the first one */
	threads = threads_alive();
	stage_open(&storm.stage);
	start_pools();
	for (uintptr_t i = 0; i < CLIENTS; i++)
		seats[i] = begin(seat_clients, (void *)i);
	kill_at_random_until(now_ms() + 1000 * seconds);
	storm.over = true;
	for (int i = 0; i < CLIENTS; i++)
		finish(seats[i]);
	tell_and_expect_kills();
	expect_all_quiet();
	stage_close(&storm.stage);
	expect_nothing_left();
	AWAIT(threads_alive() == threads);
}

SUITE(TEST(after_the_storm_every_pool_serves_and_nothing_has_leaked))
