/* SPDX-License-Identifier: MIT */
/* report.h: explores scenarios as the command line says, and tells the outcome as TAP. */
#ifndef EXPLORE_REPORT_H
#define EXPLORE_REPORT_H

#include "search.h"

struct options {
	const char *program;
	enum mode mode; /* MODES: all */
	struct limits limits;
	bool schedules_given;
	const char *replay, *tsv;
	bool whole_trace, rate, until_failure, full;
};

void report_prepare(const struct options *options);
/* False: something failed, and options->until_failure has it end there. */
bool report_scenario(const struct explore_scenario *scenario);
int report_replay(const struct explore_scenario *scenario);
int report_end(void); /* the exit status */

#endif
