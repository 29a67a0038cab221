/* SPDX-License-Identifier: MIT */
/* series.c: medians over rounds; of the longest waits the longest. */
#include "harness/series.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct metric *find(const struct series *series, const char *name)
{
	for (unsigned i = 0; i < series->count; i++)
		if (!strcmp(series->metrics[i].name, name))
			return (struct metric *)&series->metrics[i];
	return NULL;
}

void series_add_value(struct series *series, const char *name, double value)
{
	struct metric *metric = find(series, name);

	if (!metric) {
		if (series->count == METRICS_MAX)
			errx(1, "too many metrics");
		metric = &series->metrics[series->count++];
		snprintf(metric->name, sizeof metric->name, "%s", name);
		metric->count = 0;
	}
	if (metric->count == ROUNDS_MAX)
		errx(1, "too many rounds");
	metric->value[metric->count++] = value;
}

void series_add(struct series *series, const char *text)
{
	while (*text) {
		char name[48], *end;
		size_t length = strcspn(text, "=");
		double value;

		if (length == 0 || length >= sizeof name || text[length] != '=')
			errx(1, "no figures: %s", text);
		memcpy(name, text, length);
		name[length] = '\0';
		text += length + 1;
		value = strtod(text, &end);
		if (end == text || (*end && *end != ' '))
			errx(1, "no figure of %s: %s", name, text);
		series_add_value(series, name, value);
		text = end + strspn(end, " ");
	}
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double middle(const struct metric *metric)
{
	double sorted[ROUNDS_MAX];
	unsigned half = metric->count / 2;

	memcpy(sorted, metric->value, sizeof sorted);
	qsort(sorted, metric->count, sizeof *sorted, compare);
	return metric->count % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

static double least(const struct metric *metric)
{
	double least = metric->value[0];

	for (unsigned i = 1; i < metric->count; i++)
		least = fmin(least, metric->value[i]);
	return least;
}

static double most(const struct metric *metric)
{
	double most = metric->value[0];

	for (unsigned i = 1; i < metric->count; i++)
		most = fmax(most, metric->value[i]);
	return most;
}

static double stands_for_all(const struct metric *metric)
{
	return strstr(metric->name, "_max_") ? most(metric) : middle(metric);
}

double series_value(const struct series *series, const char *name)
{
	const struct metric *metric = find(series, name);

	return metric ? stands_for_all(metric) : NAN;
}

static const char *unit_of(const char *metric)
{
	if (strstr(metric, "throughput") || strstr(metric, "_per_s"))
		return "1/s";
	if (strstr(metric, "bytes"))
		return "bytes";
	if (!strncmp(metric, "wakeups", 7))
		return "count";
	return "ns";
}

void series_write(struct series *series, FILE *tsv, const char *scenario, const char *subject,
		  unsigned threads, const char *variant)
{
	for (unsigned i = 0; i < series->count; i++) {
		const struct metric *metric = &series->metrics[i];
		size_t length = strcspn(metric->name, "@");
		char name[48], suffix[64] = "";

		memcpy(name, metric->name, length);
		name[length] = '\0';
		if (metric->name[length])
			snprintf(suffix, sizeof suffix, "%s", metric->name + length);
		else if (*variant)
			snprintf(suffix, sizeof suffix, "@%s", variant);
#define ROW(extra, value) \
	fprintf(tsv, "%s\t%s\t%u\t%s%s%s\t%.3f\t%s\n", scenario, subject, threads, name, extra, \
		suffix, value, unit_of(name))
		ROW("", stands_for_all(metric));
		if (!strcmp(name, "ns")) {
			ROW("_min", least(metric));
			ROW("_max", most(metric));
		}
#undef ROW
	}
	fflush(tsv);
}
