/* SPDX-License-Identifier: MIT */
/* tokens.c: a token that lives as long as its pool. */
#include "tokens.h"

struct pooltoy_cancel_token *tokens_one;

void tokens_open_and_hold(void)
{
	EXPLORE_CHECK(pooltoy_cancel_token_open(&tokens_one) == 0);
	act_open_and_hold();
}

void tokens_cancel(void)
{
	pooltoy_cancel_token_cancel(tokens_one);
}

void tokens_check_in_use_and_close(void)
{
	int code = pooltoy_checkin(&act_held);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	tokens_use_and_close();
}

void tokens_use_and_close(void)
{
	pooltoy_cancel_token_close(tokens_one);
	act_use_and_close();
}

void tokens_see(int code)
{
	if (code == POOLTOY_ECANCELLED)
		explore_saw(TOKENS_CANCELLED);
	else
		act_see(code);
}
