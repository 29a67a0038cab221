/* SPDX-License-Identifier: MIT */
/* tokens.c: the tokens of scenario/support.h, for several processes, any of which may be killed. */
#include "scenario/support.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void tokens_init(struct tokens *tokens)
{
	tokens->count = 0;
}

void tokens_destroy(struct tokens *tokens)
{
	(void)tokens;
}

/* Wakes all: who is woken may be killed before it has taken anything. */
void tokens_put(struct tokens *tokens)
{
	tokens->count++;
	syscall(SYS_futex, &tokens->count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

bool tokens_try(struct tokens *tokens)
{
	uint32_t count = tokens->count;

	while (count > 0)
		if (atomic_compare_exchange_weak(&tokens->count, &count, count - 1))
			return true;
	return false;
}

/* False once the time (CLOCK_MONOTONIC) has come. */
static bool sleep_while_none(struct tokens *tokens, const struct timespec *until)
{
	return syscall(SYS_futex, &tokens->count, FUTEX_WAIT_BITSET, 0, until, NULL,
		       FUTEX_BITSET_MATCH_ANY) == 0 ||
	       errno != ETIMEDOUT;
}

void tokens_take(struct tokens *tokens)
{
	int before;

	while (!tokens_try(tokens)) {
		/* syscall(2) is no cancellation point. Nothing is held here that a cancel could leave behind. */
		/* NOLINTNEXTLINE(cert-pos47-c,concurrency-thread-canceltype-asynchronous) */
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
		sleep_while_none(tokens, NULL);
		pthread_setcanceltype(before, NULL);
	}
}

bool tokens_take_soon(struct tokens *tokens)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SOON / 1000;
	while (!tokens_try(tokens))
		if (!sleep_while_none(tokens, &until))
			return tokens_try(tokens);
	return true;
}
