/* SPDX-License-Identifier: MIT */
/* pause_against_manager_death.c: the next instance is paused, or serves, as the last one was to. */
#include "pause.h"
#include "pool.h"

enum { PAUSED = ACT_SIGHTS };

static void close(void)
{
	sync_yield_until(figure_load(&poolio->restarts) == 1 &&
			 laws_account()->stopped[SLOT_SWEPT] == 1 &&
			 laws_account()->slots[SLOT_IDLE] == 1);
	explore_saw(PAUSED);
	pause_close();
}

EXPLORE_SCENARIO(pause_against_manager_death) = {
	.story = "the manager dies, and its pool's new worker starts, while it is paused",
	.setup = act_open_one,
	.finish = close,
	.fibers = { { "killer", act_kill_manager, false }, { "pauser", pause_once, false } },
	.sights = { [PAUSED] = "paused" },
	.delays = true,
};
