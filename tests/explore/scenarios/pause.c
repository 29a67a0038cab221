/* SPDX-License-Identifier: MIT */
/* pause.c: pauses, resumes, and what must hold between them. */
#include "pause.h"
#include "pool.h"

void pause_and_resume(void)
{
	struct pooltoy_lease lease;
	unsigned leases;

	EXPLORE_CHECK(pooltoy_pool_pause(poolio) == 0);
	leases = laws_account()->leases;
	EXPLORE_CHECK(pooltoy_checkout(poolio, 0, &lease) == POOLTOY_EPAUSED);
	EXPLORE_CHECK(laws_account()->leases == leases);
	EXPLORE_CHECK(pooltoy_pool_resume(poolio) == 0);
}

void pause_briefly(void)
{
	EXPLORE_CHECK(pooltoy_pool_pause(poolio) == 0);
	EXPLORE_CHECK(pooltoy_pool_resume(poolio) == 0);
}

void pause_once(void)
{
	EXPLORE_CHECK(pooltoy_pool_pause(poolio) == 0);
}

void pause_close(void)
{
	unsigned count = slot_table_count(&poolio->broker.slots), index;
	bool paused = figure_load(&poolio->paused);

	for (index = 0; index < count; index++) {
		slot_word word = figure_load(&slot_table_at(&poolio->broker.slots, index)->word);

		EXPLORE_CHECK(!slot_word_can_be_withheld(word) ||
			      !(word & SLOT_WITHHELD) == !paused);
	}
	EXPLORE_CHECK(pooltoy_pool_resume(poolio) == 0);
	act_use_and_close();
}
