/* SPDX-License-Identifier: MIT */
/* loader.c: the threads that make the load. */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http_client.h"
#include "loader.h"

/* A note that is not acknowledged is sent again, for so long in all. */
enum { ATTEMPTS = 200, ATTEMPT_PAUSE_MS = 5 };

struct loader_thread {
	pthread_t thread;
	struct loader *loader;
	int number;
	struct load_result result;
};

struct loader {
	struct load load;
	atomic_int stop;
	int count;
	struct loader_thread threads[];
};

static const char *const queries[] = {
	"mutex",
	"socket+AND+bind",
	"pthread_mutex_lock",
	"signal+OR+handler",
	"memory+allocator",
	"struct+sockaddr",
	"thread+AND+(lock+OR+condition)",
	"%22file+descriptor%22",
	"extern+AND+restrict",
	"NEAR(buffer+size,+4)",
	"deprec*",
	"time+zone",
};

static const struct snippet {
	const char *text, *html;
} snippets[] = {
	{ "the [mutex] is held", "the <b>mutex</b> is held" },
	{ "[lock] & [unlock]", "<b>lock</b> &amp; <b>unlock</b>" },
	{ "#include <[errno].h>", "#include &lt;<b>errno</b>.h>" },
	{ "nothing is marked", "nothing is marked" },
};

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

static void *read_on(void *argument)
{
	struct loader_thread *self = argument;
	struct http_client *client = http_client_open(self->loader->load.url);
	size_t next = (size_t)self->number;

	while (!atomic_load(&self->loader->stop)) {
		char path[128], failure[48];
		uint64_t start = now_ns(), duration;
		long status;

		snprintf(path, sizeof path, "/search?q=%s",
			 queries[next++ % (sizeof queries / sizeof *queries)]);
		status = http_client_get(client, path);
		duration = now_ns() - start;
		if (status != 200)
			http_client_failure(client, failure, sizeof failure);
		if (status == 0)
			pause_ms(ATTEMPT_PAUSE_MS);
		traffic_add(&self->result.reads, duration, status == 200 ? NULL : failure);
	}
	http_client_close(client);
	return NULL;
}

/* Sends a note once. True if it was acknowledged: it is stored now, or was before. */
static int post_note(struct loader_thread *self, struct http_client *client, const char *body,
		     int *stored_before)
{
	char failure[48];
	uint64_t start = now_ns(), duration;
	long status = http_client_post(client, "/notes", body);
	int stored = status == 201 || status == 200;

	duration = now_ns() - start;
	*stored_before = status == 200;
	if (!stored)
		http_client_failure(client, failure, sizeof failure);
	traffic_add(&self->result.writes, duration, stored ? NULL : failure);
	return stored;
}

/* Sends a note until it is acknowledged. Its id makes that safe: it is stored once at most. */
static void store_note(struct loader_thread *self, struct http_client *client, long number)
{
	FILE *log = self->loader->load.log;
	char id[64], body[256];
	int attempts = 1, stored_before;

	snprintf(id, sizeof id, "%sw%dn%ld", self->loader->load.tag, self->number, number);
	snprintf(body, sizeof body, "{\"id\": \"%s\", \"text\": \"%s: a note by writer %d\"}", id,
		 id, self->number);
	while (!post_note(self, client, body, &stored_before)) {
		if (attempts++ == ATTEMPTS) {
			self->result.unacknowledged++;
			return;
		}
		pause_ms(ATTEMPT_PAUSE_MS);
	}
	self->result.acknowledged++;
	self->result.sent_again += attempts > 1;
	self->result.stored_before += stored_before;
	if (log && (fprintf(log, "%s\n", id) < 0 || fflush(log) != 0))
		err(1, "log of acknowledged notes");
}

static void *write_on(void *argument)
{
	struct loader_thread *self = argument;
	struct http_client *client = http_client_open(self->loader->load.url);

	for (long number = 0; !atomic_load(&self->loader->stop); number++) {
		store_note(self, client, number);
		pause_ms(self->loader->load.pause_ms);
	}
	http_client_close(client);
	return NULL;
}

/* What is answered by anything but the right HTML has failed. */
static int is_rendered(struct http_client *client, const char *html)
{
	json_t *answer = http_client_json(client);
	const char *answered = json_string_value(json_object_get(answer, "html"));
	int good = answered && strcmp(answered, html) == 0;

	json_decref(answer);
	return good;
}

static void *render_on(void *argument)
{
	struct loader_thread *self = argument;
	struct http_client *client = http_client_open(self->loader->load.url);
	size_t next = (size_t)self->number;

	while (!atomic_load(&self->loader->stop)) {
		const struct snippet *snippet =
			&snippets[next++ % (sizeof snippets / sizeof *snippets)];
		uint64_t start = now_ns(), duration;
		long status = http_client_post(client, "/snippet", snippet->text);
		int good = status == 200 && is_rendered(client, snippet->html);
		char failure[48];

		duration = now_ns() - start;
		if (!good)
			http_client_failure(client, failure, sizeof failure);
		if (status == 0)
			pause_ms(ATTEMPT_PAUSE_MS);
		traffic_add(&self->result.renders, duration, good ? NULL : failure);
	}
	http_client_close(client);
	return NULL;
}

/* What the thread of this number does. */
static void *(*work_of(const struct load *load, int number))(void *)
{
	if (number < load->readers)
		return read_on;
	return number < load->readers + load->writers ? write_on : render_on;
}

struct loader *loader_start(const struct load *load)
{
	int count = load->readers + load->writers + load->renderers;
	struct loader *loader = calloc(1, sizeof *loader + (size_t)count * sizeof *loader->threads);

	if (!loader)
		errx(1, "out of memory");
	loader->load = *load;
	loader->count = count;
	for (int i = 0; i < count; i++) {
		struct loader_thread *thread = &loader->threads[i];

		thread->loader = loader;
		thread->number = i;
		if (pthread_create(&thread->thread, NULL, work_of(load, i), thread))
			errx(1, "cannot start a thread");
	}
	return loader;
}

void load_result_add(struct load_result *sum, const struct load_result *result)
{
	traffic_merge(&sum->reads, &result->reads);
	traffic_merge(&sum->writes, &result->writes);
	traffic_merge(&sum->renders, &result->renders);
	sum->acknowledged += result->acknowledged;
	sum->sent_again += result->sent_again;
	sum->stored_before += result->stored_before;
	sum->unacknowledged += result->unacknowledged;
}

void load_result_free(struct load_result *result)
{
	traffic_free(&result->reads);
	traffic_free(&result->writes);
	traffic_free(&result->renders);
}

struct load_result loader_stop(struct loader *loader)
{
	struct load_result sum = { 0 };

	atomic_store(&loader->stop, 1);
	for (int i = 0; i < loader->count; i++) {
		pthread_join(loader->threads[i].thread, NULL);
		load_result_add(&sum, &loader->threads[i].result);
		load_result_free(&loader->threads[i].result);
	}
	free(loader);
	return sum;
}

static int is_found(struct http_client *client, const char *id)
{
	char path[128], file[80];
	json_t *answer, *hits;
	int found = 0;

	snprintf(path, sizeof path, "/search?q=%s", id);
	if (http_client_get(client, path) != 200)
		return 0;
	answer = http_client_json(client);
	hits = json_object_get(answer, "hits");
	if (json_array_size(hits) == 1) {
		const char *hit =
			json_string_value(json_object_get(json_array_get(hits, 0), "file"));

		snprintf(file, sizeof file, "note:%s", id);
		found = hit && strcmp(hit, file) == 0;
	}
	json_decref(answer);
	return found;
}

long loader_find_logged(const char *url, const char *log_path, long *logged)
{
	struct http_client *client = http_client_open(url);
	FILE *log = fopen(log_path, "re");
	char id[64];
	long found = 0;

	if (!log)
		err(1, "%s", log_path);
	*logged = 0;
	while (fscanf(log, "%63s", id) == 1) {
		++*logged;
		found += is_found(client, id);
	}
	fclose(log);
	http_client_close(client);
	return found;
}
