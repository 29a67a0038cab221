/* SPDX-License-Identifier: MIT */
/* restart_policy.c: restart intensity and exponential backoff. */
#include "restart_policy.h"
#include "sync.h"

void backoff_init(struct backoff *backoff, uint64_t minimum, uint64_t maximum)
{
	*backoff = (struct backoff){ .minimum = minimum,
				     .maximum = maximum < minimum ? minimum : maximum };
}

void backoff_reset(struct backoff *backoff)
{
	backoff->failures = 0;
	backoff->until = 0;
}

uint64_t backoff_fail(struct backoff *backoff, uint64_t now, uint64_t random)
{
	uint64_t delay = backoff->minimum;
	unsigned doublings;

	if (backoff->failures > 0 && now > backoff->until + backoff->maximum)
		backoff->failures = 0;
	for (doublings = backoff->failures; doublings > 0 && delay < backoff->maximum; doublings--)
		delay *= 2;
	if (delay > backoff->maximum)
		delay = backoff->maximum;
	backoff->failures++;
	delay -= random % (delay / 2 + 1);
	backoff->until = now + delay;
	return delay;
}

bool restart_policy_init(struct restart_policy *policy, unsigned intensity, uint64_t period,
			 const struct backoff *backoff, uint64_t give_up_after)
{
	*policy = (struct restart_policy){ .intensity = intensity,
					   .period = period,
					   .backoff = *backoff,
					   .give_up_after = give_up_after };
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
	if (policy->known < size)
		policy->known++;
	if (policy->known < size)
		return false;
	oldest = policy->next; /* the ring is full: the one to be overwritten next */
	return now - policy->deaths[oldest] <= policy->period;
}

enum restart_verdict restart_policy_death(struct restart_policy *policy, uint64_t now,
					  uint64_t random, uint64_t *delay)
{
	bool excess = too_many(policy, now);

	/* A row of backoffs goes on while the pool dies within a period after the last. */
	if (policy->in_trouble && now > policy->backoff.until + policy->period) {
		policy->in_trouble = false;
		backoff_reset(&policy->backoff);
	}
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
