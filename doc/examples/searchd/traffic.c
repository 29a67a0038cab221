/* SPDX-License-Identifier: MIT */
/* traffic.c: counting requests and their latencies. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traffic.h"

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void count_failures(struct traffic *traffic, const char *what, long count)
{
	int i = 0;

	while (i < FAILURE_KINDS - 1 && traffic->failures[i].count &&
	       strcmp(traffic->failures[i].what, what) != 0)
		i++;
	if (!traffic->failures[i].count)
		snprintf(traffic->failures[i].what, sizeof traffic->failures[i].what, "%s", what);
	traffic->failures[i].count += count;
}

static void make_room(struct traffic *traffic, size_t latencies)
{
	if (latencies <= traffic->room)
		return;
	traffic->room = latencies * 2;
	traffic->latency_us =
		realloc(traffic->latency_us, traffic->room * sizeof *traffic->latency_us);
	if (!traffic->latency_us)
		errx(1, "out of memory");
}

void traffic_add(struct traffic *traffic, uint64_t duration_ns, const char *failure)
{
	make_room(traffic, traffic->latencies + 1);
	traffic->latency_us[traffic->latencies++] = (uint32_t)(duration_ns / 1000);
	traffic->requests++;
	if (!failure)
		return;
	traffic->failed++;
	count_failures(traffic, failure, 1);
}

void traffic_merge(struct traffic *into, const struct traffic *from)
{
	make_room(into, into->latencies + from->latencies);
	if (from->latencies)
		memcpy(into->latency_us + into->latencies, from->latency_us,
		       from->latencies * sizeof *into->latency_us);
	into->latencies += from->latencies;
	into->requests += from->requests;
	into->failed += from->failed;
	for (int i = 0; i < FAILURE_KINDS && from->failures[i].count; i++)
		count_failures(into, from->failures[i].what, from->failures[i].count);
}

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

double traffic_latency_ms(struct traffic *traffic, double part)
{
	if (!traffic->latencies)
		return 0;
	qsort(traffic->latency_us, traffic->latencies, sizeof *traffic->latency_us, compare);
	return traffic->latency_us[(size_t)(part * (double)(traffic->latencies - 1))] / 1e3;
}

void traffic_free(struct traffic *traffic)
{
	free(traffic->latency_us);
	*traffic = (struct traffic){ 0 };
}
