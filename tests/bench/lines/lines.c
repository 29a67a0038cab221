/* SPDX-License-Identifier: MIT */
/* lines.c: what an operation has to do with memory, by the number of threads, as accesses.h counts it. */
#include "accesses.h"

#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pooltoy.h>

enum { THREADS = 64, ROUNDS = 64, WARM_UP = 4 };

struct line_up {
	const char *title;
	int workers;  /* 0: as many as threads, each of which has had one of its own */
	bool in_turn; /* one operation of each thread after the other; else all at once */
	void (*operation)(struct pooltoy_pool *pool);
};

static int double_it(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	int n;

	(void)state;
	(void)length;
	memcpy(&n, request, sizeof n);
	n *= 2;
	return pooltoy_reply(self, &n, sizeof n);
}
static const struct pooltoy_worker_ops doubler = POOLTOY_WORKER_OPS(.handle_call = double_it);

static void must(int code)
{
	if (code)
		errx(1, "%s", pooltoy_last_error());
}

static void turn(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(pool, -1, &lease));
	must(pooltoy_checkin(&lease));
}

/* Others come meanwhile, and have to wait. */
static void turn_at_length(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	must(pooltoy_checkout(pool, -1, &lease));
	sched_yield();
	must(pooltoy_checkin(&lease));
}

static _Thread_local struct pooltoy_lease held;

static void call(struct pooltoy_pool *pool)
{
	int n = 21, answer;
	size_t length = sizeof answer;

	(void)pool;
	must(pooltoy_call(&held, &n, sizeof n, &answer, &length, -1));
}

/* The threads, whose own synchronization is not followed. */

struct crowd {
	const struct line_up *line_up;
	struct pooltoy_pool *pool;
	int threads;
	atomic_long round; /* in turn: the operations so far */
	pthread_barrier_t step;
};

struct member {
	struct crowd *crowd;
	int number;
	pthread_t thread;
};

static void step(struct crowd *crowd)
{
	pthread_barrier_wait(&crowd->step);
}

static void operate(struct member *member, int rounds, long first)
{
	struct crowd *crowd = member->crowd;

	for (long i = 0; i < rounds; i++) {
		if (crowd->line_up->in_turn)
			while (atomic_load(&crowd->round) !=
			       (first + i) * crowd->threads + member->number)
				sched_yield();
		crowd->line_up->operation(crowd->pool);
		if (crowd->line_up->in_turn)
			atomic_fetch_add(&crowd->round, 1);
	}
}

static void *participate(void *argument)
{
	struct member *member = argument;
	const struct line_up *line_up = member->crowd->line_up;

	if (line_up->workers == 0) {
		must(pooltoy_checkout(member->crowd->pool, -1, &held));
		step(member->crowd);
		if (line_up->operation != call)
			must(pooltoy_checkin(&held));
	}
	operate(member, WARM_UP, 0);
	step(member->crowd);
	step(member->crowd); /* the count begins */
	operate(member, ROUNDS, WARM_UP);
	step(member->crowd);
	step(member->crowd); /* and has ended */
	if (line_up->operation == call)
		must(pooltoy_checkin(&held));
	return NULL;
}

static void print(int threads, const struct accesses *counted)
{
	double operations = (double)threads * ROUNDS;

	printf("  %7d  %8.1f  %9.2f  %10.2f  %13.2f\n", threads, (double)counted->all / operations,
	       (double)counted->exclusive / operations, (double)counted->read / operations,
	       (double)counted->written / operations);
}

static void count(const struct line_up *line_up, int threads)
{
	struct crowd crowd = { .line_up = line_up, .threads = threads };
	struct member members[THREADS];
	struct pooltoy_supervisor *supervisor;
	struct accesses counted;

	must(pooltoy_supervisor_start(&supervisor));
	must(pooltoy_start_pool(
		supervisor,
		POOLTOY_POOL_SPEC(.name = "crowd", .worker = &doubler,
				  .size = line_up->workers > 0 ? line_up->workers : threads),
		&crowd.pool));
	pthread_barrier_init(&crowd.step, NULL, (unsigned)threads + 1);
	for (int i = 0; i < threads; i++) {
		members[i] = (struct member){ .crowd = &crowd, .number = i };
		if (pthread_create(&members[i].thread, NULL, participate, &members[i]))
			errx(1, "no thread");
	}
	if (line_up->workers == 0)
		step(&crowd);
	step(&crowd);
	accesses_begin();
	step(&crowd);
	step(&crowd);
	counted = accesses_end();
	step(&crowd);
	for (int i = 0; i < threads; i++)
		pthread_join(members[i].thread, NULL);
	must(pooltoy_supervisor_stop(supervisor, -1));
	print(threads, &counted);
}

int main(void)
{
	static const struct line_up line_ups[] = {
		{ "checkout and checkin, a worker for each thread", 0, true, turn },
		{ "checkout and checkin, one worker that goes round", 1, true, turn },
		{ "checkout and checkin, two workers and a queue", 2, false, turn_at_length },
		{ "call and reply, a worker for each thread", 0, true, call },
	};

	for (size_t i = 0; i < sizeof line_ups / sizeof *line_ups; i++) {
		printf("%s\n  threads  accesses  exclusive  lines read  lines written\n",
		       line_ups[i].title);
		for (int threads = 1; threads <= THREADS; threads *= 2) {
			fflush(stdout);
			if (fork() == 0) { /* where all memory is untouched */
				count(&line_ups[i], threads);
				return 0;
			}
			wait(NULL);
		}
	}
	return 0;
}
