/* SPDX-License-Identifier: MIT */
/* operation.c: sequences by chance, and as text. */
#include "reference/operation.h"

#include <string.h>

/* How often each is drawn. */
static const struct {
	enum operation_kind kind;
	unsigned weight;
	bool timed;
} weights[] = {
	{ OP_TRY, 14, false },       { OP_WAIT, 12, false },       { OP_WAIT_SHORTLY, 4, true },
	{ OP_CHECKIN, 20, false },   { OP_CALL, 12, false },       { OP_LET_GO, 5, false },
	{ OP_CAST, 5, false },       { OP_BORROW, 5, false },      { OP_GIVE_BACK, 4, false },
	{ OP_ADOPT, 4, false },      { OP_OPEN, 3, false },        { OP_CLOSE, 2, false },
	{ OP_AGENT_ENDS, 5, false }, { OP_KILL_WORKER, 4, false }, { OP_KILL_MANAGER, 2, false },
	{ OP_REVIVE, 1, false },     { OP_INIT_FAILS, 1, true },   { OP_RESET_BREAKS, 1, true },
	{ OP_TICK, 4, true },        { OP_REST, 3, true },         { OP_BOGUS, 1, false },
	{ OP_STOP, 1, false },
};
enum { WEIGHTS = sizeof weights / sizeof weights[0] };

static uint64_t draw(uint64_t *state)
{
	/* splitmix64 */
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned draw_below(uint64_t *state, unsigned limit)
{
	return (unsigned)((draw(state) >> 32) * limit >> 32);
}

static enum operation_kind draw_kind(uint64_t *state, bool timed)
{
	unsigned sum = 0, picked, i;

	for (i = 0; i < WEIGHTS; i++)
		sum += weights[i].timed && !timed ? 0 : weights[i].weight;
	picked = draw_below(state, sum);
	for (i = 0; i < WEIGHTS; i++) {
		unsigned weight = weights[i].timed && !timed ? 0 : weights[i].weight;

		if (picked < weight)
			return weights[i].kind;
		picked -= weight;
	}
	return OP_TRY;
}

void sequence_draw(struct sequence *sequence, uint64_t seed, bool timed)
{
	uint64_t state = seed * UINT64_C(0xd1342543de82ef95) + 1;

	sequence->count = SHORTEST + draw_below(&state, LONGEST - SHORTEST + 1);
	for (unsigned i = 0; i < sequence->count; i++)
		sequence->list[i] = (struct operation){
			.kind = (char)draw_kind(&state, timed),
			.agent = (uint8_t)draw_below(&state, AGENTS),
			.object = (uint8_t)draw_below(&state, 16),
			.detail = (uint8_t)draw_below(&state, 8),
		};
	/* Not much happens to a pool that has been stopped: late, if at all. */
	for (unsigned i = 0; i < sequence->count * 3 / 4; i++)
		if (sequence->list[i].kind == OP_STOP)
			sequence->list[i].kind = OP_CHECKIN;
}

void sequence_print(FILE *to, const struct sequence *sequence)
{
	for (unsigned i = 0; i < sequence->count; i++) {
		const struct operation *one = &sequence->list[i];

		fprintf(to, "%c%x%x%x", one->kind, one->agent, one->object, one->detail);
	}
	fputc('\n', to);
}

static bool is_kind(char letter)
{
	for (unsigned i = 0; i < WEIGHTS; i++)
		if (weights[i].kind == (enum operation_kind)letter)
			return true;
	return false;
}

bool sequence_parse(struct sequence *sequence, const char *text)
{
	sequence->count = 0;
	for (; *text; text += 4) {
		struct operation *one = &sequence->list[sequence->count];
		unsigned agent, object, detail;

		if (sequence->count == LONGEST || !is_kind(text[0]) ||
		    sscanf(text + 1, "%1x%1x%1x", &agent, &object, &detail) != 3 || agent >= AGENTS)
			return false;
		*one = (struct operation){ text[0], (uint8_t)agent, (uint8_t)object,
					   (uint8_t)detail };
		sequence->count++;
	}
	return sequence->count > 0;
}
