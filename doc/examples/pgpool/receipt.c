/* SPDX-License-Identifier: MIT */
/* receipt.c: an entry of the ledger in words. */
#include "receipt.h"
#include "clerk.h"

#include <inttypes.h>
#include <stdio.h>

static int receipt_call(struct pooltoy_worker *self, void *state, const void *bytes, size_t length)
{
	const struct entry *entry = bytes;
	char text[96];
	int size;

	(void)state;
	if (length != sizeof *entry)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	size = snprintf(text, sizeof text, "Receipt %" PRId64 ": account %" PRId32 ", amount %" PRId64,
			entry->id, entry->account, entry->amount);
	return pooltoy_reply(self, text, (size_t)size + 1);
}

const struct pooltoy_worker_ops receipt_ops = POOLTOY_WORKER_OPS(.handle_call = receipt_call);
