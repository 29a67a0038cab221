/* SPDX-License-Identifier: MIT */
/* searchd.c: a search server whose database connections live in pools that survive crashes. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "http.h"
#include "routes.h"
#include "search_pool.h"
#include "snippet_pool.h"
#include "writer_pool.h"

enum { DEFAULT_MEGABYTES = 16, STOP_MS = 10000 };

struct options {
	unsigned short port;
	const char *headers;
	const char *data;
	unsigned megabytes;
	int serve;
};

/* The directory of the database and the event log, and whether it is ours to remove. */
struct data {
	char directory[256];
	char database[300];
	char event_log[300];
	int temporary;
};

static void usage(FILE *stream)
{
	fputs("searchd [OPTION]...: full-text search over C headers, on supervised worker pools\n"
	      "  -p, --port N         listen on 127.0.0.1:N (default: any free port)\n"
	      "  -d, --data DIR       keep the database and the event log there (default: a\n"
	      "                       temporary directory, removed at the end)\n"
	      "  -H, --headers DIR    index the headers below DIR (default: /usr/include)\n"
	      "  -m, --megabytes N    index so much of them (default: 16)\n"
	      "  -s, --serve          say what to try\n",
	      stream);
}

static unsigned number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value > max)
		errx(2, "%s: not a number from 0 to %lu", text, max);
	return (unsigned)value;
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option names[] = { { "port", required_argument, NULL, 'p' },
					       { "data", required_argument, NULL, 'd' },
					       { "headers", required_argument, NULL, 'H' },
					       { "megabytes", required_argument, NULL, 'm' },
					       { "serve", no_argument, NULL, 's' },
					       { "help", no_argument, NULL, 'h' },
					       { NULL, 0, NULL, 0 } };
	struct options options = { .headers = "/usr/include", .megabytes = DEFAULT_MEGABYTES };
	int option;

	while ((option = getopt_long(argc, argv, "p:d:H:m:sh", names, NULL)) != -1) {
		switch (option) {
		case 'p':
			options.port = (unsigned short)number(optarg, 65535);
			break;
		case 'd':
			options.data = optarg;
			break;
		case 'H':
			options.headers = optarg;
			break;
		case 'm':
			options.megabytes = number(optarg, 4096);
			break;
		case 's':
			options.serve = 1;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc)
		errx(2, "%s: what is that for? Try --help", argv[optind]);
	return options;
}

static int open_data(const struct options *options, struct data *data)
{
	const char *parent = getenv("TMPDIR");

	data->temporary = !options->data;
	if (data->temporary) {
		snprintf(data->directory, sizeof data->directory, "%s/searchd-XXXXXX",
			 parent ? parent : "/tmp");
		if (!mkdtemp(data->directory)) {
			warn("%s", data->directory);
			return -1;
		}
	} else {
		snprintf(data->directory, sizeof data->directory, "%s", options->data);
		if (mkdir(data->directory, 0700) && errno != EEXIST) {
			warn("%s", data->directory);
			return -1;
		}
	}
	snprintf(data->database, sizeof data->database, "%s/search.db", data->directory);
	snprintf(data->event_log, sizeof data->event_log, "%s/events.log", data->directory);
	return 0;
}

static void remove_data(const struct data *data)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[320];

	if (!data->temporary)
		return;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s%s", data->database, suffixes[i]);
		unlink(path);
	}
	unlink(data->event_log);
	rmdir(data->directory);
}

/* Builds the database, unless it is there from an earlier run. */
static int build_database(const struct options *options, const struct data *data)
{
	struct corpus_size size;
	struct timespec start, end;
	char unfinished[320];

	if (access(data->database, F_OK) == 0) {
		printf("searchd: the database is there already, in %s\n", data->directory);
		return 0;
	}
	snprintf(unfinished, sizeof unfinished, "%s.new", data->database);
	unlink(unfinished);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (corpus_build(unfinished, options->headers, (size_t)options->megabytes << 20, &size))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (rename(unfinished, data->database)) {
		warn("%s", data->database);
		return -1;
	}
	printf("searchd: indexed %ld headers (%.1f MB, %ld paragraphs) in %.1f s\n", size.files,
	       (double)size.bytes / 1e6, size.paragraphs,
	       (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	return 0;
}

static void say_what_to_try(unsigned short port)
{
	printf("\nTry, in another terminal:\n"
	       "  u=http://127.0.0.1:%u\n"
	       "  curl \"$u/search?q=mutex+AND+robust\"\n"
	       "  curl -d '{\"id\": \"n1\", \"text\": \"the milkman comes at six\"}' $u/notes\n"
	       "  curl \"$u/search?q=milkman\"\n"
	       "  curl -d 'the [mutex] is held' $u/snippet\n"
	       "  curl -d 'the [mutex is held' $u/snippet  # a segmentation fault, of one worker\n"
	       "  curl -X POST $u/kill/search/manager     # every connection of the pool dies\n"
	       "  curl -X POST $u/kill/writer/worker\n"
	       "  curl $u/status\n"
	       "Ctrl-C stops it.\n",
	       port);
}

/* The signals that stop the server. All threads block them; the main one waits for them. */
static sigset_t stop_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	return signals;
}

/* Serves until a signal asks to stop. */
static int serve(struct server *server, const struct options *options)
{
	unsigned short port = options->port;
	struct http *http = http_start(&port, routes_respond, server);
	sigset_t signals = stop_signals();
	int signal;

	if (!http) {
		warn("listen on 127.0.0.1:%u", port);
		return -1;
	}
	printf("searchd: pools search (%d workers), writer (1, exclusive) and snippet (%d "
	       "processes)"
	       " stand %d restarts within %d s\n"
	       "searchd: listening on http://127.0.0.1:%u\n",
	       SEARCH_WORKERS, SNIPPET_WORKERS, MAX_RESTARTS, RESTART_PERIOD_MS / 1000, port);
	if (options->serve)
		say_what_to_try(port);
	fflush(stdout);
	sigwait(&signals, &signal);
	http_stop(http);
	return 0;
}

/* Runs the server on a supervisor of its own. Whatever was started is stopped, in reverse order. */
static int run(struct server *server, const struct options *options)
{
	int result = -1;

	if (pooltoy_supervisor_start_with(
		    POOLTOY_SUPERVISOR_SPEC(.on_event = events_record, .event_argument = server),
		    &server->supervisor)) {
		warnx("%s", pooltoy_last_error());
		return -1;
	}
	if (search_pool_start(server) || writer_pool_start(server) || snippet_pool_start(server))
		warnx("%s", pooltoy_last_error());
	else
		result = serve(server, options);
	if (pooltoy_supervisor_stop(server->supervisor, STOP_MS)) {
		warnx("stop: %s", pooltoy_last_error());
		result = -1;
	}
	pooltoy_pool_release(server->search.pool);
	pooltoy_pool_release(server->writer.pool);
	pooltoy_pool_release(server->snippet.pool);
	return result;
}

int main(int argc, char **argv)
{
	static struct server server = {
		.search = { .name = "search", .history = POOL_HISTORY_INIT },
		.writer = { .name = "writer", .history = POOL_HISTORY_INIT },
		.snippet = { .name = "snippet", .history = POOL_HISTORY_INIT },
	};
	struct options options = parse_options(argc, argv);
	sigset_t signals = stop_signals();
	static struct data data;
	int result;

	/* Before there is any thread: each inherits this. */
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (open_data(&options, &data))
		return 1;
	server.database = data.database;
	server.event_log = fopen(data.event_log, "ae");
	if (!server.event_log)
		warn("%s", data.event_log);
	result = server.event_log ? build_database(&options, &data) : -1;
	if (result == 0)
		result = run(&server, &options);
	if (server.event_log)
		fclose(server.event_log);
	remove_data(&data);
	return result ? 1 : 0;
}
