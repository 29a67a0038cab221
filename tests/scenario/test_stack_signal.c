/* SPDX-License-Identifier: MIT */
/* test_stack_signal.c: a worker that is stuck tells where, on a signal, before it is quarantined. */
#include "scenario/support.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Nobody else's here. */
#define SIGNAL (SIGRTMIN + 5)

enum way { READS, BLOCKS_SIGNALS };

/* What the one worker of a test is stuck in, and what it came back with. */
struct trap {
	enum way way;
	int pipe[2];
	atomic_long got;
	struct gate gate;
};

static int trap_init(struct pooltoy_worker *self, void *argument, void **state)
{
	(void)self;
	*state = argument;
	return 0;
}

static int be_trapped(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	struct trap *trap = state;
	sigset_t all;
	char byte;

	(void)self;
	(void)message;
	(void)length;
	if (trap->way == BLOCKS_SIGNALS) {
		sigfillset(&all);
		pthread_sigmask(SIG_BLOCK, &all, NULL);
	}
	tokens_put(&trap->gate.arrived);
	trap->got = read(trap->pipe[0], &byte, 1);
	return 0;
}

static const struct pooltoy_worker_ops trap_ops =
	POOLTOY_WORKER_OPS(.init = trap_init, .handle_cast = be_trapped);

static void trap_open(struct trap *trap, enum way way)
{
	memset(trap, 0, sizeof *trap);
	trap->way = way;
	CU_ASSERT_EQUAL_FATAL(pipe(trap->pipe), 0);
	gate_init(&trap->gate);
}

/* Lets it go, and waits until it has. */
static void trap_close(struct trap *trap, struct stage *stage)
{
	CU_ASSERT_EQUAL(write(trap->pipe[1], "x", 1), 1);
	await_event(stage, "poolio", POOLTOY_EVENT_WORKER_RETURNED, 1);
	CU_ASSERT_EQUAL(trap->got, 1);
	stage_close(stage);
	close(trap->pipe[0]);
	close(trap->pipe[1]);
	gate_destroy(&trap->gate);
}

/* The worker of a pool with such a signal is stuck, and killed. */
static const struct recorded *quarantine(struct trap *trap, struct stage *stage, int signal)
{
	struct pooltoy_pool *pool;
	struct pooltoy_lease lease;

	stage_open(stage);
	pool = start_pool(stage,
			  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &trap_ops, .argument = trap,
					    .size = 1, .grace = 10, .stack_signal = signal));
	MUST(pooltoy_checkout(pool, SOON, &lease));
	MUST(pooltoy_cast(&lease, NULL, 0));
	gate_await(&trap->gate);
	EXPECT(POOLTOY_OK, pooltoy_kill_worker(pool, 0));
	pooltoy_pool_release(pool);
	return await_event(stage, "poolio", POOLTOY_EVENT_WORKER_QUARANTINED, 1);
}

/* Its system call goes on as if nothing had been. */
static void a_stuck_worker_tells_its_stack_and_stays_in_its_system_call(void)
{
	struct trap trap;
	struct stage stage;
	const struct recorded *told;

	trap_open(&trap, READS);
	told = quarantine(&trap, &stage, SIGNAL);
	CU_ASSERT(told && strstr(told->reason, "user code: handle_cast"));
	/* ThreadSanitizer keeps the signal back until the read is over, as a thread that blocks it. */
	CU_ASSERT(told && (THREAD_SANITIZED || strstr(told->stack, program_invocation_short_name)));
	CU_ASSERT(told && strstr(told->line, told->stack));
	trap_close(&trap, &stage);
}

static void without_a_signal_there_is_no_stack(void)
{
	struct trap trap;
	struct stage stage;
	const struct recorded *told;

	trap_open(&trap, READS);
	told = quarantine(&trap, &stage, 0);
	CU_ASSERT(told && told->stack[0] == 0);
	trap_close(&trap, &stage);
}

static void a_worker_that_blocks_the_signal_is_quarantined_without_its_stack(void)
{
	struct trap trap;
	struct stage stage;
	const struct recorded *told;

	trap_open(&trap, BLOCKS_SIGNALS);
	told = quarantine(&trap, &stage, SIGNAL);
	CU_ASSERT(told && told->stack[0] == 0);
	trap_close(&trap, &stage);
}

static int start_with(struct stage *stage, const char *name, int signal)
{
	return pooltoy_start_pool(stage->supervisor,
				  POOLTOY_POOL_SPEC(.name = name, .worker = &doubler, .size = 1,
						    .stack_signal = signal),
				  NULL);
}

static void handle(int signal)
{
	(void)signal;
}

static void a_signal_that_the_program_handles_or_ignores_is_refused(void)
{
	struct stage stage;
	struct sigaction action = { .sa_handler = handle }, now;

	stage_open(&stage);
	sigaction(SIGUSR1, &action, NULL);
	EXPECT(POOLTOY_EBUSY, start_with(&stage, "poolio", SIGUSR1));
	EXPECT_STORY("poolio", "stack_signal", "program");
	sigaction(SIGUSR1, NULL, &now);
	CU_ASSERT_PTR_EQUAL(now.sa_handler, handle);
	signal(SIGUSR1, SIG_IGN);
	EXPECT(POOLTOY_EBUSY, start_with(&stage, "poolio", SIGUSR1));
	signal(SIGUSR1, SIG_DFL);
	EXPECT(POOLTOY_OK, start_with(&stage, "poolio", SIGUSR1));
	EXPECT(POOLTOY_OK, start_with(&stage, "pooly", SIGUSR1)); /* it is the library's now */
	raise(SIGUSR1);                                           /* and means nothing to others */
	stage_close(&stage);
}

SUITE(TEST(a_stuck_worker_tells_its_stack_and_stays_in_its_system_call),
      TEST(without_a_signal_there_is_no_stack),
      TEST(a_worker_that_blocks_the_signal_is_quarantined_without_its_stack),
      TEST(a_signal_that_the_program_handles_or_ignores_is_refused))
