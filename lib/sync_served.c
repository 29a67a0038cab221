/* SPDX-License-Identifier: MIT */
/* sync_served.c: the child's end, by Linux's means. */
#include "sync_served.h"
#include "channel.h"
#include "sync_child.h"
#include "sync_descriptor.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t server, own;

static void interrupts(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, CHILD_INTERRUPT);
}

void sync_served_end_with_server(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended just before. */
	if (getppid() != server)
		_exit(EXIT_FAILURE);
}

void sync_served_begin(long parent, const char *name)
{
	sigset_t set;

	server = (pid_t)parent;
	own = getpid(); /* before the seccomp filter, which need not know this call */
	sync_served_end_with_server();
	/* What the server has open without O_CLOEXEC is not for this process, nor what is ours for one that
	 * it may start. */
	(void)syscall(SYS_close_range, CHILD_DESCRIPTORS, ~0u, 0);
	fcntl(CHILD_BELL, F_SETFD, FD_CLOEXEC);
	prctl(PR_SET_NAME, name);
	interrupts(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void *sync_served_memory(void)
{
	void *memory =
		mmap(NULL, CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, CHILD_MEMORY, 0);

	/* From here on no holes can be punched into it, by whatever is loaded here. The server looks. */
	fcntl(CHILD_MEMORY, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
	close(CHILD_MEMORY);
	return memory == MAP_FAILED ? NULL : memory;
}

void sync_served_ring(void)
{
	const uint64_t once = 1;

	while (write(CHILD_BELL, &once, sizeof once) < 0 && errno == EINTR)
		;
}

void sync_served_await_ring(const sync_atomic(uint32_t) * word, uint32_t value)
{
	(void)syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

void sync_served_await_interrupt(void)
{
	sigset_t set;

	interrupts(&set);
	while (sigwaitinfo(&set, NULL) < 0)
		;
}

void sync_served_interrupt(void)
{
	kill(own, CHILD_INTERRUPT);
}

enum { INTERRUPTER_STACK = 131072 };

int sync_served_start_interrupter(void (*body)(void *argument), void *argument)
{
	static struct sync_thread interrupter;

	return sync_thread_start(&interrupter, "pt:interrupter", INTERRUPTER_STACK, body, argument);
}

const void *sync_served_find(const char *module, const char *symbol, const char **why)
{
	void *object = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	const void *found = object ? dlsym(object, symbol) : NULL;

	*why = found ? NULL : dlerror(); /* NOLINT(concurrency-mt-unsafe): of this thread's call */
	return found;
}

void sync_served_exit(int status)
{
	exit(status); /* NOLINT(concurrency-mt-unsafe): the other thread waits for a signal */
}
