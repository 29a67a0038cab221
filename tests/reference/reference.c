/* SPDX-License-Identifier: MIT */
/* reference.c: the command: sequences by chance; the one that fails is made short, and told. */
#include "reference/stage.h"
#include "reference/world.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct model_config configs[] = {
	{ "affine_2", 2, 0, POOLTOY_AFFINE, false, false, true, 100 },
	{ "lifo_3", 3, 0, POOLTOY_LIFO, false, false, true, 100 },
	{ "fifo_3", 3, 0, POOLTOY_FIFO, false, false, false, 100 },
	{ "affine_1_overflow_2", 1, 2, POOLTOY_AFFINE, false, false, false, 100 },
	{ "lifo_2_overflow_1", 2, 1, POOLTOY_LIFO, false, false, true, 100 },
	{ "fifo_2_overflow_2_replace", 2, 2, POOLTOY_FIFO, true, false, true, 100 },
	{ "all_overflow_2", 0, 2, POOLTOY_LIFO, false, false, false, 100 },
	{ "exclusive_1", 1, 0, POOLTOY_AFFINE, false, true, true, 100 },
	{ "exclusive_2_replace", 2, 0, POOLTOY_FIFO, true, true, false, 100 },
	{ "fragile_2", 2, 0, POOLTOY_AFFINE, false, false, true, POOLTOY_NONE },
	{ "fragile_1_overflow_1", 1, 1, POOLTOY_LIFO, false, false, false, 1 },
};
enum { CONFIGS = sizeof configs / sizeof configs[0] };

/* What has failed once: bugs that were in the library. Played before the rest, where there is a clock. */
static const struct {
	const char *config, *sequence, *bug;
} kept[] = {
	{ "affine_1_overflow_2", "t000w000", "two workers were started for one client" },
	{ "all_overflow_2", "w100w000w000b100M100", "overflow was counted, and there was no room" },
	{ "lifo_2_overflow_1", "t000w000w000b000W000Z000M000", "degraded by a death long past" },
	{ "fragile_2", "M000R000Z000Z000R000M000", "a second revive took the first one back" },
};
enum { KEPT = sizeof kept / sizeof kept[0] };

static const char usage_text[] =
	"usage: %s [options] [CONFIGURATION...]\n"
	"  --list             the configurations\n"
	"  --seed N           of the first sequence (1); the next has the next\n"
	"  --sequences N      so many for each configuration\n"
	"  --seconds N        and no longer than this, for each\n"
	"  --replay SEQUENCE  plays this one, in the one configuration named, and tells each step\n"
	"Output is TAP: a line for each configuration.\n";

static struct {
	const char *program, *replay;
	uint64_t seed;
	unsigned long sequences, seconds;
} options = { .seed = 1 };

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end)
		errx(2, "%s is not a number", text);
	return value;
}

/* Shrinking. */

static bool fails(const struct model_config *config, const struct sequence *sequence)
{
	struct play play = { .config = config, .sequence = *sequence };
	char story[512];

	return !world_play(&play, story, sizeof story);
}

static bool without(const struct model_config *config, struct sequence *sequence, unsigned first,
		    unsigned count)
{
	struct sequence shorter = *sequence;

	memmove(&shorter.list[first], &shorter.list[first + count],
		sizeof shorter.list[0] * (shorter.count - first - count));
	shorter.count -= count;
	if (!fails(config, &shorter))
		return false;
	*sequence = shorter;
	return true;
}

/* The same with a smaller number in one of its places. */
static bool plainer(const struct model_config *config, struct sequence *sequence, uint8_t *place)
{
	uint8_t before = *place;

	for (uint8_t value = 0; value < before; value++) {
		*place = value;
		if (fails(config, sequence))
			return true;
	}
	*place = before;
	return false;
}

/* Leaves out ever smaller parts, then makes what is left plainer, as long as it fails. */
static void shrink(const struct model_config *config, struct sequence *sequence)
{
	bool again = true;

	for (unsigned part = sequence->count / 2; part > 0; part /= 2)
		for (unsigned first = 0; first + part <= sequence->count;)
			if (!without(config, sequence, first, part))
				first += part;
	while (again) {
		again = false;
		for (unsigned first = 0; first < sequence->count;)
			if (without(config, sequence, first, 1))
				again = true;
			else
				first++;
		for (unsigned i = 0; i < sequence->count; i++) {
			again |= plainer(config, sequence, &sequence->list[i].agent);
			again |= plainer(config, sequence, &sequence->list[i].object);
			again |= plainer(config, sequence, &sequence->list[i].detail);
		}
	}
}

/* Telling. */

static bool tell(const struct model_config *config, const struct sequence *sequence)
{
	struct play play = { .config = config, .sequence = *sequence, .telling = true };
	char story[512];
	bool passed;

	printf("# %s: size %d, overflow %d\n", config->name, config->size, config->max_overflow);
	passed = world_play(&play, story, sizeof story);
	printf("# %s\n", passed ? "and they agree" : story);
	return passed;
}

static void tell_failure(const struct model_config *config, struct sequence *sequence,
			 uint64_t seed)
{
	unsigned before = sequence->count;

	shrink(config, sequence);
	printf("# seed %llu, shrunk from %u to %u operations\n", (unsigned long long)seed, before,
	       sequence->count);
	tell(config, sequence);
	printf("# replay: %s %s --replay ", options.program, config->name);
	sequence_print(stdout, sequence);
}

/* Playing. */

static const struct model_config *config_named(const char *name)
{
	for (unsigned i = 0; i < CONFIGS; i++)
		if (strcmp(configs[i].name, name) == 0)
			return &configs[i];
	errx(2, "there is no configuration %s; --list names them", name);
}

static unsigned tests;

static bool play_kept(unsigned i)
{
	struct play play = { .config = config_named(kept[i].config) };
	char story[512];
	bool passed = sequence_parse(&play.sequence, kept[i].sequence) &&
		      world_play(&play, story, sizeof story);

	printf("%s %u - %s %s: %s\n", passed ? "ok" : "not ok", ++tests, kept[i].config,
	       kept[i].sequence, kept[i].bug);
	return passed;
}

static bool play_all(const struct model_config *config)
{
	struct play *play = stage_memory(sizeof *play);
	unsigned long count = 0, steps = 0, wraps = 0;
	time_t end = time(NULL) + (time_t)options.seconds;
	char story[512] = "";
	bool passed = true;

	if (!play)
		err(99, "no memory");
	play->config = config;
	while (passed && count < options.sequences && (!options.seconds || time(NULL) < end)) {
		sequence_draw(&play->sequence, options.seed + count++, stage_is_timed);
		passed = world_play(play, story, sizeof story);
		steps += play->steps;
		wraps += play->wraps;
	}
	passed = passed && (wraps > 0 || !world_wraps);
	printf("%s %u - %s: %lu sequences, %lu steps, seeds from %llu\n", passed ? "ok" : "not ok",
	       ++tests, config->name, count, steps, (unsigned long long)options.seed);
	if (world_wraps)
		printf("# %lu leases of a value that an earlier one had had\n", wraps);
	if (!passed && *story) {
		printf("# %s\n", story);
		tell_failure(config, &play->sequence, options.seed + count - 1);
	}
	stage_memory_free(play, sizeof *play);
	return passed;
}

static void parse(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "seed", required_argument, NULL, 's' },
		{ "sequences", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "replay", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	options.program = argv[0];
	/* In make check: some seconds. */
	options.sequences = !stage_is_timed ? 20 : world_wraps ? 200 : 1000;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 'l':
			for (unsigned i = 0; i < CONFIGS; i++)
				puts(configs[i].name);
			exit(0);
		case 's':
			options.seed = number(optarg);
			break;
		case 'n':
			options.sequences = number(optarg);
			break;
		case 't':
			options.seconds = number(optarg);
			break;
		case 'r':
			options.replay = optarg;
			break;
		default:
			fprintf(stderr, usage_text, argv[0]);
			exit(2);
		}
	}
}

static int replay(const char *name)
{
	struct sequence sequence;

	if (!name || !sequence_parse(&sequence, options.replay))
		errx(2, "--replay wants a sequence, and one configuration");
	return !tell(config_named(name), &sequence);
}

int main(int argc, char **argv)
{
	unsigned failed = 0;

	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (options.replay)
		return replay(argv[optind]);
	for (unsigned i = 0; i < KEPT && optind == argc && stage_is_timed; i++)
		failed += !play_kept(i);
	for (char **name = argv + optind; *name; name++)
		failed += !play_all(config_named(*name));
	for (unsigned i = 0; i < CONFIGS && optind == argc; i++)
		failed += !play_all(&configs[i]);
	printf("1..%u\n", tests);
	return failed > 0;
}
