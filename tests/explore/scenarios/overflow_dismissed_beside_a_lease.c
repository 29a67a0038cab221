/* SPDX-License-Identifier: MIT */
/* overflow_dismissed_beside_a_lease.c: the first one back goes, though the other stays. */
#include "overflow.h"

EXPLORE_SCENARIO(overflow_dismissed_beside_a_lease) = {
	.story = "two overflow workers for two clients: the first one back goes, though the other "
		 "stays",
	.setup = overflow_open_empty,
	.finish = overflow_close,
	.fibers = { { "keeps", overflow_hold_until_alone, false }, { "brief", act_pass, false } },
	.sights = { [SERVED] = "served" },
	.delays = true,
};
