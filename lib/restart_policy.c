/* SPDX-License-Identifier: MIT */
/* restart_policy.c: restart intensity and exponential backoff. */
#include "restart_policy.h"
#include "sync.h"

/* Times beyond the end of time are that end. */
static uint64_t after(uint64_t time, uint64_t span)
{
	return span > UINT64_MAX - time ? UINT64_MAX : time + span;
}

void backoff_init(struct backoff *backoff, uint64_t minimum, uint64_t maximum)
{
	if (maximum < minimum)
		maximum = minimum;
	*backoff = (struct backoff){ .minimum = minimum, .maximum = maximum, .memory = maximum };
}

void backoff_reset(struct backoff *backoff)
{
	backoff->in_row = false;
}

uint64_t backoff_fail(struct backoff *backoff, uint64_t now, uint64_t random)
{
	uint64_t delay = backoff->minimum;

	if (backoff->in_row && now <= after(backoff->until, backoff->memory))
		delay = backoff->whole > backoff->maximum / 2 ? backoff->maximum
							      : 2 * backoff->whole;
	backoff->in_row = true;
	backoff->whole = delay;
	delay -= random % (delay / 2 + 1);
	backoff->until = after(now, delay);
	return delay;
}

bool restart_policy_init(struct restart_policy *policy, unsigned intensity, uint64_t period,
			 const struct backoff *backoff, uint64_t give_up_after)
{
	*policy = (struct restart_policy){ .intensity = intensity,
					   .period = period,
					   .backoff = *backoff,
					   .give_up_after = give_up_after };
	policy->backoff.memory = period; /* rows end by that alone */
	policy->deaths = sync_alloc((intensity + 1) * sizeof *policy->deaths);
	return policy->deaths != NULL;
}

void restart_policy_destroy(struct restart_policy *policy)
{
	sync_free(policy->deaths);
}

void restart_policy_reset(struct restart_policy *policy)
{
	policy->next = policy->known = 0;
	policy->in_trouble = false;
	backoff_reset(&policy->backoff);
}

/* Records the death: whether it makes more than `intensity` within `period`. */
static bool too_many(struct restart_policy *policy, uint64_t now)
{
	unsigned size = policy->intensity + 1, oldest;

	policy->deaths[policy->next] = now;
	policy->next = (policy->next + 1) % size;
	if (policy->known < size && ++policy->known < size)
		return false;
	oldest = policy->next; /* the ring is full: the one to be overwritten next */
	return now - policy->deaths[oldest] <= policy->period;
}

enum restart_verdict restart_policy_death(struct restart_policy *policy, uint64_t now,
					  uint64_t random, uint64_t *delay)
{
	bool excess = too_many(policy, now);

	/* A row of backoffs goes on while the pool dies within a period after the last. */
	if (policy->in_trouble && now > after(policy->backoff.until, policy->period))
		policy->in_trouble = false;
	if (!policy->in_trouble) {
		if (!excess)
			return RESTART_NOW;
		policy->in_trouble = true;
		policy->since = now;
	}
	if (now - policy->since >= policy->give_up_after)
		return RESTART_NEVER;
	*delay = backoff_fail(&policy->backoff, now, random);
	return RESTART_AFTER_BACKOFF;
}
