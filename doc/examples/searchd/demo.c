/* SPDX-License-Identifier: MIT */
/*
 * demo.c: searchd under load while its pools are killed, and the account of what its clients
 * noticed.
 *
 * Exits with 0 if every kill hit; no search failed for its client; no note failed while only the
 * search pool was being killed; every acknowledged note is found; every segmentation fault was told
 * to the client that caused it, and to no other; and all pools serve at the end.
 */
#include <curl/curl.h>
#include <err.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "child.h"

struct demo {
	char directory[256];
	int directory_fd;
	char log[300];
	struct child child;
	struct http_client *client;
	json_t *before;       /* /status */
	struct phase search;  /* search is killed */
	struct phase writer;  /* writer is killed */
	struct phase snippet; /* snippet segfaults */
	struct load_result total;
	long logged, found;
	int all_serve;
	int exit_status;
};

/* Loads the server, kills, and takes the load off again. */
static void run_phase(struct demo *demo, struct phase *phase)
{
	uint64_t start = now_ns();
	struct loader *loader;

	account_phase_begins(phase);
	loader = loader_start(&phase->load);
	usleep(200000);
	kill_on(demo->client, &phase->kills);
	crash_on(demo->client, &phase->kills);
	phase->result = loader_stop(loader);
	load_result_add(&demo->total, &phase->result);
	wait_until_whole(demo->client, phase->kills.pool);
	phase->after = status_get(demo->client);
	phase->seconds = (double)(now_ns() - start) / 1e9;
	account_phase_ends(phase);
}

/* One more note, one more search, and one more snippet. */
static int pools_serve(struct demo *demo)
{
	static const char note[] =
		"{\"id\": \"lastnote\", \"text\": \"lastnote: all pools serve\"}";
	json_t *answer;
	int hits = 0;

	if (http_client_post(demo->client, "/notes", note) == 201 &&
	    http_client_get(demo->client, "/search?q=lastnote") == 200) {
		answer = http_client_json(demo->client);
		hits = (int)json_array_size(json_object_get(answer, "hits"));
		json_decref(answer);
	}
	return hits == 1 && http_client_post(demo->client, "/snippet", "the [last] one") == 200;
}

static void run_phases(struct demo *demo)
{
	FILE *log = fopen(demo->log, "we");

	if (!log)
		err(1, "%s", demo->log);
	demo->search.load.url = demo->writer.load.url = demo->snippet.load.url = demo->child.url;
	demo->search.load.log = demo->writer.load.log = demo->snippet.load.log = log;
	demo->client = http_client_open(demo->child.url);
	wait_until_whole(demo->client, "search");
	wait_until_whole(demo->client, "writer");
	wait_until_whole(demo->client, "snippet");
	demo->before = status_get(demo->client);
	account_tree("The tree before", demo->before);
	printf("\nThe load\n");
	run_phase(demo, &demo->search);
	run_phase(demo, &demo->writer);
	run_phase(demo, &demo->snippet);
	fclose(log);
	demo->found = loader_find_logged(demo->child.url, demo->log, &demo->logged);
	demo->all_serve = pools_serve(demo);
	http_client_close(demo->client);
}

static void print_account(struct demo *demo)
{
	struct load_result *total = &demo->total;

	account_tree("The tree after", demo->snippet.after);
	account_requests(demo->snippet.after);
	account_traffic_heading();
	account_traffic("GET", &total->reads);
	account_traffic("POST", &total->writes);
	account_traffic("snippet", &total->renders);
	account_restarts(demo->snippet.after);
	printf("\nNotes: %ld acknowledged, %ld found. In doubt after a crash and sent again: %ld;"
	       " already stored: %ld.\n",
	       total->acknowledged, demo->found, total->sent_again, total->stored_before);
}

/* True if the server's threads have counted the requests that the clients have made, all of them.
 */
static int counts_agree(const struct demo *demo)
{
	const struct kills *crashes = &demo->snippet.kills;
	json_t *search = status_pool(demo->snippet.after, "search");
	json_t *writer = status_pool(demo->snippet.after, "writer");
	json_t *snippet = status_pool(demo->snippet.after, "snippet");

	return requests_in(search) == demo->total.reads.requests &&
	       requests_in(writer) == demo->total.writes.requests &&
	       failures_in(search) == demo->total.reads.failed &&
	       failures_in(writer) == demo->total.writes.failed &&
	       requests_in(snippet) == demo->total.renders.requests + crashes->sent &&
	       failures_in(snippet) == demo->total.renders.failed + crashes->told;
}

/* The segmentation faults: told to those who caused them, and noticed by nobody else. */
static int judge_crashes(const struct demo *demo)
{
	const struct kills *crashes = &demo->snippet.kills;
	const struct traffic *renders = &demo->total.renders;
	int good = account_verdict(crashes->told == crashes->crashes,
				   "every segmentation fault was told: %d of %d", crashes->told,
				   crashes->crashes);

	good &= account_verdict(renders->requests > 0 && renders->failed == 0,
				"no other request of its pool failed: %ld of %ld", renders->failed,
				renders->requests);
	return good;
}

/* What has to hold. Returns true if all of it does. */
static int judge(const struct demo *demo)
{
	const struct kills *search = &demo->search.kills, *writer = &demo->writer.kills;
	const struct load_result *total = &demo->total, *beside = &demo->search.result;
	int asked = search->managers + search->workers + writer->managers + writer->workers;
	int hits = search->hits + writer->hits;
	int good = 1;

	printf("\nThe verdict\n");
	good &= account_verdict(hits == asked, "every kill hit: %d of %d", hits, asked);
	good &= account_verdict(total->reads.requests > 0 && total->reads.failed == 0,
				"no search failed for its client: %ld of %ld", total->reads.failed,
				total->reads.requests);
	good &= account_verdict(beside->writes.requests > 0 && beside->writes.failed == 0,
				"no note failed while search was being killed: %ld of %ld",
				beside->writes.failed, beside->writes.requests);
	good &= account_verdict(
		total->acknowledged > 0 && total->unacknowledged == 0 &&
			demo->logged == total->acknowledged && demo->found == demo->logged,
		"every acknowledged note is found: %ld of %ld", demo->found, total->acknowledged);
	good &= judge_crashes(demo);
	good &= account_verdict(
		counts_agree(demo),
		"the server counted each request, and each failure, of its clients");
	good &= account_verdict(demo->all_serve, "all three pools serve at the end");
	good &= account_verdict(demo->exit_status == 0, "the server stopped cleanly");
	return good;
}

/* The server's program: beside this one. */
static void find_server(char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

	if (length < 0)
		err(1, "/proc/self/exe");
	self[length] = '\0';
	snprintf(path, size, "%s/searchd", dirname(self));
}

/* By calls that a signal handler may make, too. */
static void remove_directory(const struct demo *demo)
{
	static const char *const files[] = { "search.db",     "search.db-wal", "search.db-shm",
					     "search.db.new", "events.log",    "acknowledged.log" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlinkat(demo->directory_fd, files[i], 0);
	rmdir(demo->directory);
}

/* Interrupted: leaves neither the server nor its files behind. */
static struct demo *interrupted_demo;

static void on_interrupt(int signal)
{
	kill(interrupted_demo->child.pid, SIGTERM);
	waitpid(interrupted_demo->child.pid, NULL, 0);
	remove_directory(interrupted_demo);
	_exit(128 + signal);
}

/* A directory for all files, and the server in it. */
static int start(struct demo *demo)
{
	const char *parent = getenv("TMPDIR");
	char server[PATH_MAX + 16];

	snprintf(demo->directory, sizeof demo->directory, "%s/searchd-demo-XXXXXX",
		 parent ? parent : "/tmp");
	if (!mkdtemp(demo->directory))
		err(1, "%s", demo->directory);
	demo->directory_fd = open(demo->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(demo->log, sizeof demo->log, "%s/acknowledged.log", demo->directory);
	find_server(server, sizeof server);
	if (child_start(&demo->child, server, demo->directory)) {
		remove_directory(demo);
		return -1;
	}
	interrupted_demo = demo;
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	return 0;
}

int main(int argc, char **argv)
{
	int is_short = argc == 2 && strcmp(argv[1], "--short") == 0;
	struct demo demo = {
		.search = { .load = { .readers = 8, .writers = 2, .pause_ms = 10, .tag = "a" },
			    .kills = { .pool = "search",
				       .managers = 20,
				       .workers = 50,
				       .pause_ms = is_short ? 20 : 200 } },
		.writer = { .load = { .readers = 2, .writers = 4, .pause_ms = 10, .tag = "b" },
			    .kills = { .pool = "writer",
				       .managers = 5,
				       .workers = 10,
				       .pause_ms = is_short ? 60 : 400 } },
		.snippet = { .load = { .readers = 2,
				       .writers = 2,
				       .renderers = 4,
				       .pause_ms = 10,
				       .tag = "c" },
			     .kills = { .pool = "snippet",
					.crashes = is_short ? 5 : 30,
					.pause_ms = is_short ? 20 : 100 } },
	};
	int good;

	if (argc > 2 || (argc == 2 && !is_short))
		errx(2, "usage: demo [--short]");
	printf("A search server keeps its database connections in two pools, and what renders "
	       "snippets\n"
	       "in a third, of processes. Under load over HTTP, managers and workers are killed, "
	       "and\n"
	       "processes segfault. What do its clients notice?\n\n");
	if (start(&demo))
		return 1;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	run_phases(&demo);
	demo.exit_status = child_stop(&demo.child);
	print_account(&demo);
	good = judge(&demo);
	if (good)
		remove_directory(&demo);
	else
		printf("\nThe database and the logs stay in %s\n", demo.directory);
	json_decref(demo.before);
	json_decref(demo.search.after);
	json_decref(demo.writer.after);
	json_decref(demo.snippet.after);
	load_result_free(&demo.search.result);
	load_result_free(&demo.writer.result);
	load_result_free(&demo.snippet.result);
	load_result_free(&demo.total);
	curl_global_cleanup();
	return good ? 0 : 1;
}
