/* SPDX-License-Identifier: MIT */
/* api_checkin_failed.c: a worker is given back by a client that finds it broken. */
#include "error.h"
#include "lease.h"

#include <stdio.h>

static void describe(char complaint[POOL_REASON_SIZE], const char *reason)
{
	bool given = reason && reason[0];

	snprintf(complaint, POOL_REASON_SIZE, "checked in as failed%s%s", given ? ": " : "",
		 given ? reason : "");
}

/* One that still runs something is not waited for. */
static bool end_by_replacement(struct pooltoy_worker *worker, slot_word word, const char *complaint)
{
	bool busy = word & (SLOT_CALLING | SLOT_CASTING);

	return worker_stop_accused(worker, word, busy ? SLOT_KILLED : SLOT_BROKE, complaint);
}

static bool end_by_reset(struct pooltoy_worker *worker, slot_word word, const char *complaint)
{
	(void)complaint;
	return worker_checked_in(worker, word, worker->pool->config.ops.reset == NULL);
}

int pooltoy_checkin_failed(const struct pooltoy_lease *lease, enum pooltoy_on_client_death how,
			   const char *reason)
{
	char complaint[POOL_REASON_SIZE];
	uint64_t since;
	int code;
	struct slot *slot = lease_resolve(lease, &code);
	bool replaces = how == POOLTOY_REPLACE;

	if (!slot)
		return code;
	if (!replaces && how != POOLTOY_RESET)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": checkin_failed: how is out of range",
				 slot->pool->config.name);
	describe(complaint, reason);
	since = lease_measured_since(slot, lease->generation);
	code = lease_check_in(lease, replaces ? end_by_replacement : end_by_reset, complaint);
	if (code)
		return code;
	lease_measure_hold(slot, since);
	figure_add_shared(&slot->pool->failed_checkins, 1);
	if (!replaces)
		pool_emit(slot->pool, POOLTOY_EVENT_WORKER_RESET, (int)slot->index, 0, complaint);
	return POOLTOY_OK;
}
