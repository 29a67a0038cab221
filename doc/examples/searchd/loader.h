/* SPDX-License-Identifier: MIT */
/* loader.h: load on searchd, over HTTP: threads that search, store notes, have text rendered. */
#ifndef SEARCHD_LOADER_H
#define SEARCHD_LOADER_H

#include <stdio.h>

#include "traffic.h"

struct load {
	const char *url; /* http://127.0.0.1:PORT */
	int readers;     /* threads that search, each as fast as it is answered */
	int writers;     /* threads that store notes, each with a pause after every one */
	int renderers;   /* threads that have snippets rendered, each as fast as it is answered */
	int pause_ms;
	const char *tag; /* all ids of this load's notes begin with it: letters and digits */
	FILE *log;       /* gets the id of every note that was acknowledged, one a line */
};

struct load_result {
	struct traffic reads;
	struct traffic writes;
	struct traffic renders;
	long acknowledged;  /* notes */
	long sent_again;    /* notes, once or more often, since a crash left them in doubt */
	long stored_before; /* of these: had been stored at the first attempt after all */
	long unacknowledged;
};

void load_result_add(struct load_result *sum, const struct load_result *result);
void load_result_free(struct load_result *result);

struct loader;

/* Starts the threads. `load` and all it points to must stay. */
struct loader *loader_start(const struct load *load);

/*
 * Lets each thread end its request, or get its note acknowledged, and adds up what they did. The
 * result is to be freed.
 */
struct load_result loader_stop(struct loader *loader);

/*
 * Searches for every note in a log. Returns how many are found, each by its id and once, and sets
 * *logged to how many there are.
 */
long loader_find_logged(const char *url, const char *log_path, long *logged);

#endif
