/* SPDX-License-Identifier: MIT */
/* explore.c: the command: which scenarios, in which mode, and what it prints. */
#include "report.h"

#include <err.h>
#include <getopt.h>

static struct explore_scenario *scenarios; /* by name */

void explore_register(struct explore_scenario *scenario, const char *name)
{
	struct explore_scenario **link = &scenarios;

	scenario->name = name;
	if (!scenario->bound)
		scenario->bound = 2;
	if (!scenario->cap)
		scenario->cap = 10000;
	if (!scenario->by_chance)
		scenario->by_chance = 2000;
	if (!scenario->max_steps)
		scenario->max_steps = 20000;
	while (*link && strcmp((*link)->name, name) < 0)
		link = &(*link)->next;
	scenario->next = *link;
	*link = scenario;
}

static const char usage_text[] =
	"usage: explore [options] [SCENARIO...]\n"
	"  --list             the scenarios, with their stories\n"
	"  --mode MODE        exhaustive, random or pct; otherwise all of them\n"
	"  --bound N          preemptions, exhaustive (the scenario's own, mostly 2)\n"
	"  --depth N          of pct (3)\n"
	"  --schedules N      at most, for each scenario and mode; 0: no limit\n"
	"  --seconds N        at most, for each scenario and mode; 0: no limit\n"
	"  --seed N           of random and pct (1)\n"
	"  --replay SCHEDULE  runs this one schedule and prints its trace\n"
	"  --trace            a failure's whole trace, however long\n"
	"  --rate             schedules and steps per second\n"
	"  --all-orders       exhaustive: also those that lead to a state that was met before\n"
	"  --full             exhaustive within --seconds, to bound 3 within a twentieth; pct at "
	"several "
	"depths\n"
	"  --tsv FILE         adds a line to it for each result: item, result, figure, unit\n"
	"  --until-failure    ends with the first failure of the library's\n"
	"Output is TAP: a line for each scenario and mode.\n";

static struct options options = {
	.mode = MODES,
	.limits = { .bound = UINT32_MAX, .depth = 3, .seed = 1 },
};

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end)
		errx(2, "%s is not a number", text);
	return value;
}

static enum mode mode_named(const char *name)
{
	for (unsigned mode = 0; mode < MODES; mode++)
		if (strcmp(mode_names[mode], name) == 0)
			return mode;
	errx(2, "there is no mode %s", name);
}

static void list_scenarios(void)
{
	for (const struct explore_scenario *one = scenarios; one; one = one->next)
		printf("%-40s %s\n", one->name, one->story);
}

static void take_option(int option)
{
	switch (option) {
	case 'l':
		list_scenarios();
		exit(0);
	case 'm':
		options.mode = mode_named(optarg);
		break;
	case 'b':
		options.limits.bound = (unsigned)number(optarg);
		break;
	case 'd':
		options.limits.depth = (unsigned)number(optarg);
		break;
	case 'n':
		options.limits.schedules = number(optarg);
		options.schedules_given = true;
		break;
	case 't':
		options.limits.seconds = (double)number(optarg);
		break;
	case 's':
		options.limits.seed = number(optarg);
		break;
	case 'r':
		options.replay = optarg;
		break;
	case 'w':
		options.whole_trace = true;
		break;
	case 'v':
		options.rate = true;
		break;
	case 'f':
		options.full = true;
		break;
	case 'o':
		options.tsv = optarg;
		break;
	case 'a':
		options.limits.orders = ORDERS_ALL;
		break;
	case 'u':
		options.until_failure = true;
		break;
	case 'h':
		fputs(usage_text, stdout);
		exit(0);
	default:
		fputs(usage_text, stderr);
		exit(2);
	}
}

static void parse(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "mode", required_argument, NULL, 'm' },
		{ "bound", required_argument, NULL, 'b' },
		{ "depth", required_argument, NULL, 'd' },
		{ "schedules", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{ "trace", no_argument, NULL, 'w' },
		{ "rate", no_argument, NULL, 'v' },
		{ "all-orders", no_argument, NULL, 'a' },
		{ "full", no_argument, NULL, 'f' },
		{ "tsv", required_argument, NULL, 'o' },
		{ "until-failure", no_argument, NULL, 'u' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	options.program = argv[0];
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(option);
}

static bool is_wanted(const struct explore_scenario *scenario, char **names)
{
	if (!*names) /* the explorer's own bugs say nothing of the library */
		return !options.until_failure || !scenario->must_fail;
	for (; *names; names++)
		if (strcmp(*names, scenario->name) == 0)
			return true;
	return false;
}

static const struct explore_scenario *scenario_named(const char *name)
{
	const struct explore_scenario *one = scenarios;

	while (one && strcmp(one->name, name) != 0)
		one = one->next;
	if (!one)
		errx(2, "there is no scenario %s; --list names them", name);
	return one;
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	report_prepare(&options);
	for (char **name = argv + optind; *name; name++)
		scenario_named(*name);
	if (options.replay) {
		if (optind + 1 != argc)
			errx(2, "--replay wants one scenario");
		return report_replay(scenario_named(argv[optind]));
	}
	for (const struct explore_scenario *one = scenarios; one; one = one->next)
		if (is_wanted(one, argv + optind) && !report_scenario(one))
			break;
	return report_end();
}
