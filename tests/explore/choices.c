/* SPDX-License-Identifier: MIT */
/* choices.c: where the scheduler meets the strategy; lists of deviations; replay. */
#include "search.h"

#include <err.h>

struct deviations taken;

void choices_begin(const struct strategy *strategy)
{
	engine.strategy = strategy;
	taken.count = 0;
	strategy->begin();
}

void choices_deviate(choice decision)
{
	deviations_add(&taken, (struct deviation){ engine.step, decision, engine.current->steps,
						   engine.current->number });
}

bool choices_ask(choice *decision)
{
	if (!engine.strategy->known(decision))
		return false;
	if (*decision != CHOICE_PROCEED)
		choices_deviate(*decision);
	return true;
}

choice choices_pick(const struct choices *choices)
{
	unsigned picked = engine.strategy->pick(choices);

	if (picked > 0)
		choices_deviate(choices->list[picked]);
	return choices->list[picked];
}

void deviations_add(struct deviations *deviations, struct deviation deviation)
{
	if (deviations->count == deviations->room) {
		unsigned room = deviations->room ? 2 * deviations->room : 256;
		struct deviation *list = realloc(deviations->list, room * sizeof *list);

		if (!list)
			err(99, "no memory for a schedule");
		deviations->list = list;
		deviations->room = room;
	}
	deviations->list[deviations->count++] = deviation;
}

void deviations_copy(struct deviations *to, const struct deviations *from)
{
	to->count = 0;
	for (unsigned i = 0; i < from->count; i++)
		deviations_add(to, from->list[i]);
}

void deviations_print(FILE *to, const struct deviations *deviations)
{
	if (deviations->count == 0)
		fputs("default", to);
	for (unsigned i = 0; i < deviations->count; i++) {
		const struct deviation *one = &deviations->list[i];

		fprintf(to, "%s%u%c%u", i ? "," : "", one->step, CHOICE_LETTER(one->decision),
			CHOICE_VALUE(one->decision));
	}
}

bool deviations_parse(struct deviations *deviations, const char *text)
{
	deviations->count = 0;
	if (strcmp(text, "default") == 0)
		return true;
	for (;;) {
		unsigned step, value;
		char letter;
		int length;

		if (sscanf(text, "%u%c%u%n", &step, &letter, &value, &length) != 3 || value > 255)
			return false;
		deviations_add(deviations, (struct deviation){ step, CHOICE(letter, value), 0, 0 });
		text += length;
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			return false;
	}
}

/* Replay. Of a list that was tampered with, what does not fit is passed over. */
static const struct deviations *replayed;
static unsigned replay_next, replay_hit;

static void replay_begin(void)
{
	replay_next = replay_hit = 0;
	engine.bound = UINT32_MAX;
}

static unsigned replay_pick(const struct choices *choices)
{
	while (replay_next < replayed->count && replayed->list[replay_next].step < engine.step)
		replay_next++;
	if (replay_next == replayed->count || replayed->list[replay_next].step > engine.step)
		return 0;
	for (unsigned i = 0; i < choices->count; i++) {
		if (choices->list[i] == replayed->list[replay_next].decision) {
			replay_next++;
			replay_hit++;
			return i;
		}
	}
	return 0;
}

unsigned replay_hits(void)
{
	return replay_hit;
}

const struct strategy *replay(const struct deviations *deviations)
{
	static const struct strategy strategy = { .name = "replay",
						  .begin = replay_begin,
						  .pick = replay_pick };

	replayed = deviations;
	return &strategy;
}

static unsigned follow_pick(const struct choices *choices)
{
	const struct fiber *self = engine.current;

	for (unsigned i = 0; i < replayed->count; i++) {
		const struct deviation *one = &replayed->list[i];

		if (one->own_step != self->steps || one->thread != self->number)
			continue;
		for (unsigned k = 0; k < choices->count; k++)
			if (choices->list[k] == one->decision)
				return k;
	}
	return 0;
}

const struct strategy *replay_by_threads(const struct deviations *deviations)
{
	static const struct strategy strategy = { .name = "replay",
						  .begin = replay_begin,
						  .pick = follow_pick };

	replayed = deviations;
	return &strategy;
}
