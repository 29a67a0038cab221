/* SPDX-License-Identifier: MIT */
/* rogue.c: the shared object of that worker. */
#include "process/rogue.h"

#include <pooltoy.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct rogue {
	char argument[32];
	int inits, casts, resets;
	atomic_int interrupts;
	atomic_int interrupted;
};

static struct rogue rogue;

/* Volatile, so that no compiler foresees what comes. */
static volatile int zero;
static int *volatile nowhere = (int *)64; /* not NULL, which a sanitizer looks for first */

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	const char *text = argument;

	if (text && strcmp(text, "die") == 0)
		abort();
	if (text && strcmp(text, "fail") == 0)
		return pooltoy_worker_fail(self, "no courage");
	if (text && strcmp(text, "hang") == 0)
		for (;;)
			pause();
	if (text)
		snprintf(rogue.argument, sizeof rogue.argument, "%s", text);
	rogue.inits++;
	*state = &rogue;
	return 0;
}

static int reply_number(struct pooltoy_worker *self, int number)
{
	return pooltoy_reply(self, &number, sizeof number);
}

static void read_beyond_the_end(void)
{
	char name[] = "/tmp/pooltoy-rogue-XXXXXX";
	int file = mkstemp(name);
	char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);

	unlink(name);
	zero = (unsigned char)page[0];
}

/* Not to be made a loop of. */
static int descend(volatile char *above)
{
	volatile char frame[4096];

	frame[0] = above[0];
	return zero ? 0 : descend(frame) + frame[zero];
}

static void wait_for_interrupt(void)
{
	while (!rogue.interrupted)
		;
	rogue.interrupted = 0;
}

static int grow(struct pooltoy_worker *self, int length)
{
	unsigned char *bytes = malloc((size_t)length + 1);
	int i, code;

	if (!bytes)
		return pooltoy_reply_error(self, POOLTOY_ENOMEM);
	for (i = 0; i < length; i++)
		bytes[i] = (unsigned char)(i * 31 + i / 251);
	code = pooltoy_reply(self, bytes, (size_t)length);
	free(bytes);
	return code;
}

static void *eaten_before; /* a list */

static int eat(int mebibytes)
{
	int eaten = 0;
	void **food;

	while (eaten < mebibytes && (food = malloc(1 << 20))) {
		memset(food, 1, 1 << 20);
		*food = eaten_before;
		eaten_before = food;
		eaten++;
	}
	return eaten;
}

static int open_all(void)
{
	int count = 0;

	while (open("/dev/null", O_RDONLY) >= 0)
		count++;
	return count;
}

static int count_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = -3; /* `.`, `..`, and the directory itself */

	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

static int describe(struct pooltoy_worker *self)
{
	struct rogue_self own = { .process = getpid(),
				  .session = getsid(0),
				  .parent = getppid(),
				  .user = getuid(),
				  .descriptors = count_descriptors(),
				  .no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
				  .inits = rogue.inits,
				  .casts = rogue.casts,
				  .resets = rogue.resets,
				  .interrupts = rogue.interrupts,
				  .index = pooltoy_worker_index(self),
				  .has_pool = pooltoy_worker_pool(self) != NULL };
	int terminal = open("/dev/tty", O_RDWR);
	sigset_t blocked;

	own.has_controlling_terminal = terminal >= 0;
	if (terminal >= 0)
		close(terminal);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	own.blocked_signals = sigismember(&blocked, SIGINT) + sigismember(&blocked, SIGTERM) +
			      sigismember(&blocked, SIGUSR1);
	memcpy(own.argument, rogue.argument, sizeof own.argument);
	prctl(PR_GET_NAME, own.name);
	snprintf(own.pool, sizeof own.pool, "%s", pooltoy_worker_pool_name(self));
	return pooltoy_reply(self, &own, sizeof own);
}

static void leave_an_orphan(int seconds)
{
	if (fork() == 0) {
		alarm((unsigned)seconds);
		for (;;) { /* it holds what the child had, and makes use of it */
			(void)!write(4, "ring", 4);
			(void)!write(2, "orphan ", 7);
		}
	}
	_exit(7);
}

static int end_in_some_way(struct pooltoy_worker *self, const struct rogue_order *order)
{
	volatile char here[1] = { 0 };

	switch (order->verb) {
	case ROGUE_ABORT:
		abort();
	case ROGUE_SEGV:
		*nowhere = 1;
		break;
	case ROGUE_BUS:
		read_beyond_the_end();
		break;
	case ROGUE_OVERFLOW:
		return descend(here);
	case ROGUE_DIVIDE:
		raise(SIGFPE);
		break;
	case ROGUE_EXIT:
		exit(order->number);
	case ROGUE_KILL:
		raise(SIGKILL);
		break;
	case ROGUE_BREAK:
		return pooltoy_worker_fail(self, "told to break");
	case ROGUE_LEAVE:
		pooltoy_worker_exit(self, "told to leave");
	case ROGUE_THREAD:
		pthread_exit(NULL);
	case ROGUE_LOOP:
		for (;;)
			;
	case ROGUE_ORPHAN:
		leave_an_orphan(order->number);
		break;
	default:
		break;
	}
	return pooltoy_reply_error(self, POOLTOY_EINVAL);
}

static int obey(struct pooltoy_worker *self, const struct rogue_order *order)
{
	int i;

	switch (order->verb) {
	case ROGUE_DOUBLE:
		return reply_number(self, 2 * order->number);
	case ROGUE_WAIT:
		wait_for_interrupt();
		return reply_number(self, order->number);
	case ROGUE_SAY:
		for (i = 0; i < order->number; i++)
			fprintf(stderr, "line %d of a rogue's many words\n", i);
		fprintf(stderr, "last words\n");
		return reply_number(self, order->number);
	case ROGUE_GROW:
		return grow(self, order->number);
	case ROGUE_EAT:
		return reply_number(self, eat(order->number));
	case ROGUE_OPEN:
		return reply_number(self, open_all());
	case ROGUE_DESCRIBE:
		return describe(self);
	case ROGUE_SYSCALL:
		errno = 0;
		(void)syscall(order->number);
		return reply_number(self, errno);
	case ROGUE_LEFT:
		return reply_number(self, pooltoy_worker_time_left(self));
	default:
		return end_in_some_way(self, order);
	}
}

static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct rogue_order order;

	if (state != &rogue || length != sizeof order)
		return pooltoy_reply(self, request, length);
	memcpy(&order, request, sizeof order);
	return obey(self, &order);
}

static int handle_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	struct rogue_order order;

	(void)state;
	if (length != sizeof order)
		return POOLTOY_EINVAL;
	memcpy(&order, message, sizeof order);
	rogue.casts++;
	return order.verb == ROGUE_DOUBLE ? 0 : obey(self, &order);
}

static int reset(struct pooltoy_worker *self, void *state)
{
	(void)state;
	rogue.resets++;
	if (strcmp(rogue.argument, "no reset") == 0)
		for (;;)
			pause();
	return strcmp(rogue.argument, "bad reset") == 0 ? pooltoy_worker_fail(self, "no way back")
							: 0;
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	rogue.interrupts++;
	rogue.interrupted = 1;
}

static void terminate(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)state;
	if (strcmp(rogue.argument, "tell") == 0)
		fprintf(stderr, "terminated with %d\n", reason);
	if (strcmp(rogue.argument, "stay") == 0)
		for (;;)
			pause();
}

const struct pooltoy_worker_ops rogue_ops =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast,
			   .reset = reset, .interrupt = interrupt, .terminate = terminate);

/* As above, but it cannot be interrupted. */
const struct pooltoy_worker_ops deaf_rogue_ops =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast,
			   .reset = reset, .terminate = terminate);
