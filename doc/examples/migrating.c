/* SPDX-License-Identifier: MIT */
/* migrating.c: a pool of connections, and one of threads, as they were written for other libraries. */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pooltoy.h>

/* What the program has in any case: a connection to something. */
struct connection {
	int broken;
	int queries;
};

static struct connection *connection_open(const char *where)
{
	return strlen(where) > 0 ? calloc(1, sizeof(struct connection)) : NULL;
}

static void connection_close(struct connection *connection)
{
	free(connection);
}

static int connection_query(struct connection *connection, const char *text)
{
	connection->queries++;
	connection->broken = strcmp(text, "hang up") == 0;
	return connection->broken ? -1 : 0;
}

static void connection_roll_back(struct connection *connection)
{
	connection->queries = 0;
}

/* example: resource */
static int open_one(struct pooltoy_worker *self, void *where, void **state)
{
	*state = connection_open(where);
	return *state ? 0 : pooltoy_worker_fail(self, "cannot connect");
}

static void close_one(struct pooltoy_worker *self, void *state, int reason)
{
	(void)self;
	(void)reason;
	connection_close(state);
}

/* After a client that ended with the connection in its hands. */
static int clean_one(struct pooltoy_worker *self, void *state)
{
	(void)self;
	connection_roll_back(state);
	return 0;
}

static const struct pooltoy_worker_ops connections =
	POOLTOY_WORKER_OPS(.init = open_one, .terminate = close_one,
			   .reset = clean_one);
/* end */

/* example: use */
static int use(struct pooltoy_pool *pool, const char *text)
{
	struct pooltoy_lease lease;
	void *connection;
	int rc = pooltoy_checkout(pool, 1000, &lease);

	if (rc)
		return rc; /* POOLTOY_ETIMEDOUT, POOLTOY_EFAILED, ... */
	rc = pooltoy_lease_state(&lease, &connection);
	if (rc == 0) {
		rc = connection_query(connection, text);
		pooltoy_lease_state_done(&lease);
	}
	pooltoy_checkin(&lease);
	return rc;
}
/* end */

/* example: query */
static int query(struct pooltoy_worker *self, void *state,
		 const void *text, size_t length)
{
	struct connection *connection = state;
	int rc = length > 0 ? connection_query(connection, text) : -1;

	if (connection->broken)
		return pooltoy_worker_fail(self, "connection lost");
	return pooltoy_reply(self, &rc, sizeof rc);
}
/* end */

static const struct pooltoy_worker_ops queried =
	POOLTOY_WORKER_OPS(.init = open_one, .handle_call = query, .terminate = close_one,
			   .reset = clean_one);

/* example: task */
struct job {
	int input;
	sem_t *over;
};

static int run_job(struct pooltoy_worker *self, void *state,
		   const void *request, size_t length)
{
	const struct job *job = request;
	int output;

	(void)state;
	if (length != sizeof *job)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	output = 2 * job->input;
	return pooltoy_reply(self, &output, sizeof output);
}

static const struct pooltoy_worker_ops jobs =
	POOLTOY_WORKER_OPS(.handle_call = run_job);

/* Once for each job: with its result, or with why there is none. */
static void job_is_over(const struct pooltoy_outcome *outcome, void *over)
{
	if (outcome->code)
		fprintf(stderr, "a job was lost: %s\n",
			pooltoy_strerror(outcome->code));
	sem_post(over);
}

static int push(struct pooltoy_pool *pool, const struct job *job)
{
	return pooltoy_submit(pool, job, sizeof *job, job_is_over,
			      job->over, NULL);
}
/* end */

static void render(void *page)
{
	++*(int *)page;
}

/* example: work */
struct work {
	void (*function)(void *argument);
	void *argument;
};

static int run_work(struct pooltoy_worker *self, void *state,
		    const void *request, size_t length)
{
	const struct work *work = request;

	(void)state;
	if (length != sizeof *work)
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	work->function(work->argument);
	return 0;
}

static const struct pooltoy_worker_ops workers =
	POOLTOY_WORKER_OPS(.handle_call = run_work);

static void work_is_over(const struct pooltoy_outcome *outcome, void *over)
{
	(void)outcome;
	sem_post(over);
}

/* How many were rendered; and when it returns, none is any more. */
static int render_all(struct pooltoy_pool *pool, int *pages, int count)
{
	int added = 0, i;
	sem_t over;

	sem_init(&over, 0, 0);
	for (i = 0; i < count; i++) {
		struct work work = { render, &pages[i] };

		if (pooltoy_submit(pool, &work, sizeof work,
				   work_is_over, &over, NULL))
			break; /* POOLTOY_EAGAIN: as many wait as may */
		added++;
	}
	for (i = 0; i < added; i++)
		while (sem_wait(&over)) /* a signal */
			;
	sem_destroy(&over);
	return added;
}
/* end */

/* example: transaction */
static int ask(const struct pooltoy_lease *worker, void *text)
{
	return pooltoy_call(worker, text, strlen(text) + 1,
			    NULL, NULL, 1000);
}

static int transaction(struct pooltoy_pool *db, char *text)
{
	return pooltoy_transaction(db, ask, text, 1000);
}
/* end */

static struct pooltoy_pool *start(struct pooltoy_supervisor *sup, const char *name,
				  const struct pooltoy_worker_ops *worker, void *argument)
{
	struct pooltoy_pool *pool;

	if (pooltoy_start_pool(sup,
			       POOLTOY_POOL_SPEC(.name = name, .worker = worker, .size = 4,
						 .argument = argument),
			       &pool))
		errx(1, "%s", pooltoy_last_error());
	return pool;
}

static void must(int rc)
{
	if (rc)
		errx(1, "%s", pooltoy_last_error());
}

int main(void)
{
	static char where[] = "there";
	struct pooltoy_supervisor *sup;
	struct pooltoy_pool *used, *asked, *busy, *rendering;
	struct pooltoy_lease lease;
	struct job job = { .input = 21 };
	char text[] = "select";
	int pages[2] = { 0, 0 };
	sem_t over;

	must(pooltoy_supervisor_start(&sup));
	used = start(sup, "used", &connections, where);
	asked = start(sup, "asked", &queried, where);
	busy = start(sup, "busy", &jobs, NULL);
	rendering = start(sup, "rendering", &workers, NULL);

	must(use(used, "select"));
	must(pooltoy_checkout(asked, 1000, &lease));
	must(pooltoy_call(&lease, "select", sizeof "select", NULL, NULL, 1000));
	must(pooltoy_checkin(&lease));
	must(transaction(asked, text));
	if (render_all(rendering, pages, 2) != 2 || pages[0] != 1 || pages[1] != 1)
		errx(1, "not all pages were rendered");
	sem_init(&over, 0, 0);
	job.over = &over;
	must(push(busy, &job));
	sem_wait(&over);
	sem_destroy(&over);

	pooltoy_pool_release(rendering);
	pooltoy_pool_release(busy);
	pooltoy_pool_release(asked);
	pooltoy_pool_release(used);
	return pooltoy_supervisor_stop(sup, 5000) != 0;
}
