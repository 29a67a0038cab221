/* SPDX-License-Identifier: MIT */
/* watchdog.c: who does what, and the story when one of them stops doing it. */
#include "torture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TORTURERS = 32, STALL_MS = 90000, LOOK_US = 250000 };

static struct torturer torturers[TORTURERS];
static atomic_uint torturer_count;
static pthread_t thread;
static atomic_bool enough;

struct torturer *torturer_new(const char *name, unsigned number)
{
	unsigned index = torturer_count++;
	struct torturer *torturer = &torturers[index];

	REQUIRE(index < TORTURERS);
	snprintf(torturer->name, sizeof torturer->name, "%s %u", name, number);
	torturer->pool = -1;
	return torturer;
}

void torturer_enter(struct torturer *torturer)
{
	torturer->thread_id = syscall(SYS_gettid);
	doing(torturer, "begin", -1);
	torturer->present = true;
}

void torturer_leave(struct torturer *torturer)
{
	torturer->present = false;
}

void doing(struct torturer *torturer, const char *action, int pool)
{
	atomic_store_explicit(&torturer->action, action, memory_order_relaxed);
	atomic_store_explicit(&torturer->pool, pool, memory_order_relaxed);
	atomic_store_explicit(&torturer->since_ms, now_ms(), memory_order_relaxed);
}

long random_thread_id(struct stream *stream)
{
	struct torturer *torturer = &torturers[draw(stream, torturer_count)];

	return torturer->present ? torturer->thread_id : 0;
}

/* The story. */

static int print_node(const struct pooltoy_node *node, void *unused)
{
	(void)unused;
	fprintf(stderr, "%*s", 2 * node->depth, "");
	switch (node->type) {
	case POOLTOY_NODE_SUPERVISOR:
		fprintf(stderr, "supervisor, thread %ld\n", node->thread_id);
		break;
	case POOLTOY_NODE_POOL:
		fprintf(stderr,
			"pool %s, %s: idle %d, leased %d, resetting %d, starting %d, stopping %d, "
			"quarantined %d, waiting %d, instance %llu; %s\n",
			node->pool, pooltoy_pool_state_name(node->status->state),
			node->status->idle, node->status->leased, node->status->resetting,
			node->status->starting, node->status->stopping, node->status->quarantined,
			node->status->waiting, (unsigned long long)node->status->instance,
			node->status->last_reason);
		break;
	case POOLTOY_NODE_MANAGER:
		fprintf(stderr, "manager, thread %ld\n", node->thread_id);
		break;
	case POOLTOY_NODE_WORKER:
		fprintf(stderr,
			"worker %d, %s%s, thread %ld, %llu leases, held by %s %ld for %llu ms\n",
			node->worker, pooltoy_worker_state_name(node->state),
			node->calling ? ", calling" : "", node->thread_id,
			(unsigned long long)node->leases, node->holder_name, node->holder_thread_id,
			(unsigned long long)node->held_ns / 1000000);
		break;
	}
	return 0;
}

static void print_torturers(void)
{
	for (unsigned i = 0; i < torturer_count && i < TORTURERS; i++) {
		struct torturer *one = &torturers[i];

		if (one->present)
			fprintf(stderr, "%s, thread %ld: %s, pool %d, for %llu ms\n", one->name,
				one->thread_id, one->action, one->pool,
				(unsigned long long)(now_ms() - one->since_ms));
	}
}

void torture_failed(const char *format, ...)
{
	static atomic_flag failing = ATOMIC_FLAG_INIT;
	va_list arguments;

	while (atomic_flag_test_and_set(&failing))
		pause(); /* one story is enough; its teller ends the process */
	fflush(stdout);
	fputs("torture: FAILED: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\ntorture: the last error here: %s\n", pooltoy_last_error());
	print_torturers();
	fprintf(stderr, "torture: repeat it by: torture --seed %llu --seconds %u --cpus %d\n",
		(unsigned long long)torture.seed, torture.seconds, torture.cpus);
	alarm(10); /* should the tree itself be what hangs */
	if (arena.supervisor)
		pooltoy_walk(arena.supervisor, print_node, NULL);
	if (getenv("TORTURE_ABORT"))
		abort();
	_exit(1);
}

int allow(int code, unsigned allowed, const char *call)
{
	if (code > 0 || code < -31 || !(allowed & MAY(code)))
		torture_failed("%s answered %d (%s)", call, code, pooltoy_strerror(code));
	return code;
}

/* The watch. */

static void *watch(void *unused)
{
	(void)unused;
	while (!enough) {
		for (unsigned i = 0; i < torturer_count; i++) {
			struct torturer *one = &torturers[i];
			uint64_t since = one->since_ms, now = now_ms();

			if (one->present && now > since + STALL_MS)
				torture_failed("%s has done nothing for %u s", one->name,
					       STALL_MS / 1000);
		}
		usleep(LOOK_US);
	}
	return NULL;
}

void watchdog_start(void)
{
	thread = begin(watch, NULL);
}

void watchdog_stop(void)
{
	enough = true;
	finish(thread);
}
