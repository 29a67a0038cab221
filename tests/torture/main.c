/* SPDX-License-Identifier: MIT */
/* main.c: tortures pools for a given time, with real threads, and tells what was done. */
#include "torture.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct torture torture = { .seconds = 10, .cpus = 2 };

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

uint64_t now_us(void)
{
	return now_ns() / 1000;
}

/* The rhythm of what is done; nothing is synchronized by it. */
static void pause_for_us(uint64_t microseconds)
{
	struct timespec left = { (time_t)(microseconds / 1000000),
				 (long)(microseconds % 1000000 * 1000) };

	while (!torture.over && nanosleep(&left, &left) && errno == EINTR)
		;
}

bool go_on_after(unsigned microseconds)
{
	pause_for_us(microseconds);
	return !torture.over;
}

/* Threads, with signals blocked until they have said that handlers may run on them. */
struct beginning {
	void *(*body)(void *argument);
	void *argument;
};

static void *run(void *argument)
{
	struct beginning beginning = *(struct beginning *)argument;

	free(argument);
	signals_enter();
	signals_block(SIG_UNBLOCK);
	return beginning.body(beginning.argument);
}

pthread_t begin(void *(*body)(void *argument), void *argument)
{
	struct beginning *beginning = malloc(sizeof *beginning);
	pthread_t thread;

	REQUIRE(beginning);
	*beginning = (struct beginning){ body, argument };
	signals_block(SIG_BLOCK);
	REQUIRE(pthread_create(&thread, NULL, run, beginning) == 0);
	signals_block(SIG_UNBLOCK);
	return thread;
}

void *finish(pthread_t thread)
{
	void *result;

	signals_hold_off();
	REQUIRE(pthread_join(thread, &result) == 0);
	signals_let_in();
	return result;
}

int stop_supervisor(struct pooltoy_supervisor *supervisor, int timeout_ms)
{
	int code;

	signals_hold_off();
	code = pooltoy_supervisor_stop(supervisor, timeout_ms);
	signals_let_in();
	return code;
}

/* What the process has. */

struct belongings {
	int threads, descriptors;
	size_t memory; /* 0: unknown */
};

static int entries(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;

	REQUIRE(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2; /* . and .. */
}

static struct belongings take_stock(void)
{
	return (struct belongings){ entries("/proc/self/task"), entries("/proc/self/fd"),
				    SANITIZED ? 0 : mallinfo2().uordblks };
}

/* Threads that have been joined may still be on their way out of the system's list. */
static void expect_as_before(struct belongings before)
{
	enum { PATIENCE_MS = 30000, PARKERS_AND_SUCH = 64 * 1024 };
	uint64_t until = now_ms() + PATIENCE_MS;
	struct belongings now;

	do
		now = take_stock();
	while ((now.threads != before.threads || now.memory > before.memory + PARKERS_AND_SUCH) &&
	       now_ms() < until);
	if (now.threads != before.threads || now.descriptors != before.descriptors)
		torture_failed("%d threads and %d descriptors before, %d and %d after",
			       before.threads, before.descriptors, now.threads, now.descriptors);
	if (now.memory > before.memory + PARKERS_AND_SUCH)
		torture_failed("%zu bytes in use before, %zu after", before.memory, now.memory);
}

/* The run. */

static void use_cpus(int count)
{
	cpu_set_t allowed, used;

	REQUIRE(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
	CPU_ZERO(&used);
	for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&used) < count; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			CPU_SET(cpu, &used);
	if (CPU_COUNT(&used) < count)
		errx(2, "this process has %d processors, not %d", CPU_COUNT(&used), count);
	REQUIRE(sched_setaffinity(0, sizeof used, &used) == 0);
}

static void *tell_id(void *id)
{
	*(pid_t *)id = gettid();
	return NULL;
}

/* A sanitizer's own thread comes with the first one, which is to be out of the system's list, too. */
static void begin_and_end_a_thread(void)
{
	pid_t id;

	finish(begin(tell_id, &id));
	while (tgkill(getpid(), id, 0) == 0)
		sched_yield();
}

/* On a thread that ends: a client remembers the pools it has used. */
static void *close_arena(void *unused)
{
	arena_close();
	return unused;
}

/*
 * So many seconds, and on a busy machine more, until everything has taken place. Memory at half-time and at
 * the end: what is used for long grows no more.
 */
static void run_for(unsigned seconds)
{
	enum { EXTRA_MS = 60000 };
	uint64_t until = now_ms() + 1000ull * seconds + EXTRA_MS;
	size_t middle, end;

	pause_for_us(500000ull * seconds);
	middle = take_stock().memory;
	pause_for_us(500000ull * seconds);
	while (!counts_complete() && now_ms() < until)
		pause_for_us(100000);
	end = take_stock().memory;
	if (torture.verbose)
		printf("%zu bytes in use at half-time, %zu at the end\n", middle, end);
	if (end > 2 * middle + (1 << 20))
		torture_failed("memory grows: %zu bytes in use at half-time, %zu at the end",
			       middle, end);
	torture.over = true;
}

static uint64_t torment(void)
{
	struct belongings before;
	uint64_t worst_us;

	begin_and_end_a_thread();
	before = take_stock();
	arena_open();
	watchdog_start();
	control_start();
	signals_start();
	seats_start();
	killer_start();
	demoter_start();
	if (!SANITIZED)
		forker_start();
	run_for(torture.seconds);
	if (!SANITIZED)
		forker_join();
	demoter_join();
	killer_join();
	seats_join();
	signals_join();
	worst_us = control_join();
	finish(begin(close_arena, NULL));
	watchdog_stop();
	expect_as_before(before);
	return worst_us;
}

static void usage(void)
{
	fputs("usage: torture [--seconds N] [--seed N] [--cpus N] [--verbose]\n", stderr);
	exit(2);
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = { { "seconds", required_argument, NULL, 's' },
						 { "seed", required_argument, NULL, 'r' },
						 { "cpus", required_argument, NULL, 'c' },
						 { "verbose", no_argument, NULL, 'v' },
						 { 0 } };
	int option;

	torture.seed = now_ns();
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 's':
			torture.seconds = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			torture.seed = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			torture.cpus = atoi(optarg);
			break;
		case 'v':
			torture.verbose = true;
			break;
		default:
			usage();
		}
	if (optind < argc || !torture.seconds || torture.cpus < 1)
		usage();
}

int main(int argc, char **argv)
{
	uint64_t worst_us;
	bool complete;

	read_options(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("torture --seed %llu --seconds %u --cpus %d\n", (unsigned long long)torture.seed,
	       torture.seconds, torture.cpus);
	use_cpus(torture.cpus);
	counts_open();
	signals_enter();
	worst_us = torment();
	complete = counts_complete();
	counts_print();
	printf("%12llu  us, the longest that a call to the control pool took\n",
	       (unsigned long long)worst_us);
	puts(complete ? "torture: passed" : "torture: FAILED: something never took place");
	return !complete;
}
