/* SPDX-License-Identifier: MIT */
/* main.c: a subject's process: does what the harness says, line by line. README.md has the
 * protocol. */
#include <err.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scenarios/scenario.h"
#include "subjects/subject.h"

struct answer {
	char text[1024];
	size_t length;
};

void answer(struct answer *answer, const char *metric, double value)
{
	size_t left = sizeof answer->text - answer->length;
	int length = snprintf(answer->text + answer->length, left, " %s=%.3f", metric, value);

	if (length < 0 || (size_t)length >= left)
		errx(1, "too long an answer");
	answer->length += (size_t)length;
}

static const struct scenario *const common_scenarios[] = {
	&checkout_scenario,    &contended_scenario, &call_hot_scenario,
	&call_parked_scenario, &submit_scenario,    NULL
};

static const struct scenario *find(const struct scenario *const *scenarios, const char *name)
{
	for (; scenarios && *scenarios; scenarios++)
		if (!strcmp((*scenarios)->name, name))
			return *scenarios;
	return NULL;
}

static bool set_number(struct order *order, const char *key, uint64_t value)
{
	const struct {
		const char *key;
		unsigned *number;
	} numbers[] = {
		{ "threads", &order->threads },   { "workers", &order->workers },
		{ "pools", &order->pools },       { "in_turn", &order->in_turn },
		{ "leased", &order->leased },     { "moving", &order->moving },
		{ "full", &order->full },         { "crash", &order->crash },
		{ "no_spins", &order->no_spins }, { "apart", &order->apart },
		{ "beside", &order->beside },
	};
	const struct {
		const char *key;
		uint64_t *number;
	} long_numbers[] = {
		{ "hold_ns", &order->hold_ns },
		{ "rate", &order->rate },
		{ "gap_us", &order->gap_us },
		{ "ms", &order->ms },
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!strcmp(numbers[i].key, key)) {
			*numbers[i].number = (unsigned)value;
			return true;
		}
	for (size_t i = 0; i < sizeof long_numbers / sizeof *long_numbers; i++)
		if (!strcmp(long_numbers[i].key, key)) {
			*long_numbers[i].number = value;
			return true;
		}
	return false;
}

/* "open SCENARIO KEY=NUMBER..." */
static void parse(char *words, struct order *order)
{
	char *rest = NULL;
	char *word = strtok_r(words, " \n", &rest);

	memset(order, 0, sizeof *order);
	if (!word)
		errx(1, "open what?");
	snprintf(order->scenario, sizeof order->scenario, "%s", word);
	while ((word = strtok_r(NULL, " \n", &rest))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		if (!value || !set_number(order, word, strtoull(value, NULL, 10)))
			errx(1, "what is %s?", word);
	}
}

static void reply(const char *line)
{
	puts(line);
	fflush(stdout);
}

int main(void)
{
	const struct scenario *scenario = NULL;
	struct order order;
	void *context = NULL;
	char line[512];

	while (fgets(line, sizeof line, stdin)) {
		if (!strncmp(line, "open ", 5)) {
			parse(line + 5, &order);
			scenario = find(subject.scenarios, order.scenario);
			if (!scenario)
				scenario = find(common_scenarios, order.scenario);
			context = scenario ? scenario->open(&order) : NULL;
			reply(context ? "ready" : "unsupported");
		} else if (context && !strcmp(line, "round\n")) {
			struct answer found = { .length = 0 };

			scenario->round(context, &found);
			reply(found.text + (found.length > 0));
		} else if (context && !strcmp(line, "close\n")) {
			scenario->close(context);
			context = NULL;
			reply("closed");
		} else {
			errx(1, "%s: not now: %s", subject.name, line);
		}
	}
	return 0;
}
