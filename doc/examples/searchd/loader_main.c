/* SPDX-License-Identifier: MIT */
/* loader_main.c: load on a searchd that runs already: loader URL [SECONDS [READERS [WRITERS]]]. */
#include <curl/curl.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader.h"

static void print_traffic(const char *name, struct traffic *traffic, int seconds)
{
	if (!traffic->requests)
		return;
	printf("%-6s %8ld requests, %7.0f a second; median %.2f ms, 99%% %.2f ms, slowest %.2f ms;"
	       " %ld failed\n",
	       name, traffic->requests, (double)traffic->requests / seconds,
	       traffic_latency_ms(traffic, 0.5), traffic_latency_ms(traffic, 0.99),
	       traffic_latency_ms(traffic, 1), traffic->failed);
	for (int i = 0; i < FAILURE_KINDS && traffic->failures[i].count; i++)
		printf("%15ld %s\n", traffic->failures[i].count, traffic->failures[i].what);
}

/* -1: it is none. */
static int number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	return end == text || *end || value < 0 || value > 1000000 ? -1 : (int)value;
}

int main(int argc, char **argv)
{
	int seconds = argc > 2 ? number(argv[2]) : 10;
	char tag[32];
	struct load load = { .url = argv[1],
			     .readers = argc > 3 ? number(argv[3]) : 8,
			     .writers = argc > 4 ? number(argv[4]) : 2,
			     .tag = tag };
	struct load_result result;
	struct loader *loader;

	if (argc < 2 || argc > 5 || seconds <= 0 || load.readers < 0 || load.writers < 0)
		errx(2, "usage: loader http://127.0.0.1:PORT [SECONDS [READERS [WRITERS]]]");
	snprintf(tag, sizeof tag, "l%lx", (unsigned long)(now_ns() / 1000));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	loader = loader_start(&load);
	sleep((unsigned)seconds);
	result = loader_stop(loader);
	print_traffic("GET", &result.reads, seconds);
	print_traffic("POST", &result.writes, seconds);
	printf("notes  %8ld acknowledged, %ld sent again, %ld given up\n", result.acknowledged,
	       result.sent_again, result.unacknowledged);
	load_result_free(&result);
	curl_global_cleanup();
	return result.reads.failed || result.unacknowledged;
}
