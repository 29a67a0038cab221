/* SPDX-License-Identifier: MIT */
/*
 * bench.c: bench full|quick DIRECTORY TSV [SCENARIO...]: measures what the plan says, of the subjects
 * whose programs are in DIRECTORY, and writes it down.
 *
 * The subjects of a case are opened side by side, and measured in turns, a round each, while the
 * others sleep; each round begins with another one.
 */
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "harness/child.h"
#include "harness/plan.h"
#include "harness/series.h"
#include "harness/watch.h"

enum { SUBJECTS_MAX = 16, FULL_ROUNDS = 11, QUICK_ROUNDS = 7 };
/* What a child has begun in its warm-up (a compiler's threads, a busy-waiting scheduler) comes to its
 * end. */
enum { SETTLE_MS = 200, SETTLE_IDLE_MS = 600 };

struct bench {
	bool quick;
	const char *directory;
	FILE *tsv;
	unsigned failures;
	/* Of the scenario that runs. */
	struct child children[SUBJECTS_MAX];
	unsigned child_count;
	/* What the idle cases found in each subject's process, for the difference between them. */
	struct {
		char subject[32];
		double empty, one_pool, many_pools;
	} memory[SUBJECTS_MAX];
	unsigned memory_count;
};

/* The subjects of a case that are being measured. */
struct contest {
	const struct plan_case *of;
	struct child *child[SUBJECTS_MAX];
	struct series series[SUBJECTS_MAX];
	unsigned count;
};

static void sleep_ms(unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

static struct child *child_of(struct bench *bench, const char *subject)
{
	struct child *child;

	for (unsigned i = 0; i < bench->child_count; i++)
		if (!strcmp(bench->children[i].name, subject))
			return &bench->children[i];
	if (bench->child_count == SUBJECTS_MAX)
		errx(1, "too many subjects");
	child = &bench->children[bench->child_count++];
	child_start(child, bench->directory, subject);
	return child;
}

static void end_children(struct bench *bench)
{
	while (bench->child_count > 0)
		child_end(&bench->children[--bench->child_count]);
}

static void open_all(struct bench *bench, struct contest *contest)
{
	const struct plan_case *of = contest->of;
	char names[512], order[512], *rest = NULL;

	snprintf(names, sizeof names, "%s", of->subjects);
	snprintf(order, sizeof order, "open %s threads=%u ms=%u%s%s", of->scenario, of->threads,
		 bench->quick ? of->quick_ms : of->ms, *of->order ? " " : "", of->order);
	for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
		struct child *child = child_of(bench, name);
		const char *reply = child_ask(child, order);

		if (reply && !strcmp(reply, "ready")) {
			contest->child[contest->count++] = child;
			continue;
		}
		warnx("%s: %s: %s", name, order, reply ? reply : "no answer");
		bench->failures++;
	}
}

static void close_all(struct bench *bench, struct contest *contest)
{
	for (unsigned i = 0; i < contest->count; i++) {
		const char *reply = child_ask(contest->child[i], "close");

		if (!reply || strcmp(reply, "closed") != 0)
			bench->failures++;
		if (contest->series[i].count > 0)
			series_write(&contest->series[i], bench->tsv, contest->of->scenario,
				     contest->child[i]->name, contest->of->threads,
				     contest->of->variant);
	}
}

static void run_rounds(struct bench *bench, struct contest *contest)
{
	unsigned rounds = contest->of->rounds;

	if (rounds == 0)
		rounds = bench->quick ? QUICK_ROUNDS : FULL_ROUNDS;
	for (unsigned round = 0; round < rounds; round++)
		for (unsigned i = 0; i < contest->count; i++) {
			unsigned turn = (i + round) % contest->count;
			const char *reply = child_ask(contest->child[turn], "round");

			if (reply)
				series_add(&contest->series[turn], reply);
		}
}

static void remember_memory(struct bench *bench, struct contest *contest, unsigned number,
			    double rss)
{
	const char *subject = contest->child[number]->name, *variant = contest->of->variant;
	unsigned i = 0;

	while (i < bench->memory_count && strcmp(bench->memory[i].subject, subject) != 0)
		i++;
	if (i == bench->memory_count) {
		bench->memory_count++;
		snprintf(bench->memory[i].subject, sizeof bench->memory[i].subject, "%s", subject);
	}
	if (!strcmp(variant, "empty")) {
		bench->memory[i].empty = rss;
	} else if (!strcmp(variant, "1_pool_of_1000")) {
		bench->memory[i].one_pool = rss;
	} else {
		/* As many workers, but in 100 pools: 99 pools are the difference. */
		double pool = (rss - bench->memory[i].one_pool) / 99;

		series_add_value(&contest->series[number], "rss_bytes@pool", pool);
		series_add_value(&contest->series[number], "rss_bytes@worker",
				 (bench->memory[i].one_pool - bench->memory[i].empty - pool) /
					 1000);
	}
}

/* All at once: each is seen apart, and does nothing. */
static void watch_idle(struct bench *bench, struct contest *contest)
{
	struct presence before[SUBJECTS_MAX] = { { 0 } };

	sleep_ms(SETTLE_IDLE_MS);
	for (unsigned i = 0; i < contest->count; i++)
		before[i] = watch_process(contest->child[i]->pid);
	sleep_ms(bench->quick ? contest->of->quick_ms : contest->of->ms);
	for (unsigned i = 0; i < contest->count; i++) {
		struct presence now = watch_process(contest->child[i]->pid);
		struct series *series = &contest->series[i];

		series_add_value(series, "wakeups", (double)(now.wakeups - before[i].wakeups));
		series_add_value(series, "cpu_ns", (double)(now.cpu_ns - before[i].cpu_ns));
		series_add_value(series, "rss_bytes", (double)now.rss_bytes);
		remember_memory(bench, contest, i, (double)now.rss_bytes);
	}
}

static void run_case(struct bench *bench, const struct plan_case *of)
{
	struct contest *contest = calloc(1, sizeof *contest);

	if (!contest)
		err(1, "calloc");
	contest->of = of;
	fprintf(stderr, "bench: %s%s%s, threads: %u\n", of->scenario, *of->variant ? " " : "",
		of->variant, of->threads);
	open_all(bench, contest);
	if (!strcmp(of->scenario, "idle")) {
		watch_idle(bench, contest);
	} else {
		sleep_ms(SETTLE_MS);
		run_rounds(bench, contest);
	}
	close_all(bench, contest);
	free(contest);
}

static bool wanted(const struct bench *bench, const struct plan_case *of, char **scenarios)
{
	if ((bench->quick ? of->quick_ms : of->ms) == 0)
		return false;
	if (!*scenarios)
		return true;
	for (; *scenarios; scenarios++)
		if (!strcmp(*scenarios, of->scenario))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct bench bench = { .quick = false };
	const char *scenario = "";

	if (argc < 4 || (strcmp(argv[1], "full") != 0 && strcmp(argv[1], "quick") != 0))
		errx(2, "usage: bench full|quick DIRECTORY TSV [SCENARIO...]");
	bench.quick = !strcmp(argv[1], "quick");
	bench.directory = argv[2];
	bench.tsv = fopen(argv[3], "w");
	if (!bench.tsv)
		err(1, "%s", argv[3]);
	signal(SIGPIPE, SIG_IGN);
	fprintf(bench.tsv, "scenario\tsubject\tthreads\tmetric\tvalue\tunit\n");
	for (size_t i = 0; i < plan_size; i++) {
		if (!wanted(&bench, &plan[i], argv + 4))
			continue;
		/* A process for each scenario; for idle, one for each case: what it has freed stays
		 * resident. */
		if (strcmp(plan[i].scenario, scenario) != 0 || !strcmp(scenario, "idle"))
			end_children(&bench);
		scenario = plan[i].scenario;
		run_case(&bench, &plan[i]);
	}
	end_children(&bench);
	if (fclose(bench.tsv))
		err(1, "%s", argv[3]);
	return bench.failures > 0;
}
