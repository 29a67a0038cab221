/* SPDX-License-Identifier: MIT */
/* support.c: stages, gates, customers and child processes for scenarios. */
#include "scenario/support.h"

#include <CUnit/TestRun.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

bool expect_code(int expected, int got, const char *call, const char *file, unsigned line,
		 bool fatal)
{
	if (got != expected) {
		printf("# %s:%u: %s: expected %d, got %d (%s); last error: %s\n", file, line, call,
		       expected, got, pooltoy_strerror(got), pooltoy_last_error());
	}
	suite_assert(got == expected, line, call, file, "", fatal);
	return got == expected;
}

void expect_story(const char *const *words, const char *file, unsigned line)
{
	const char *story = pooltoy_last_error();

	for (; *words; words++)
		if (!strstr(story, *words)) {
			printf("# %s:%u: no \"%s\" in: %s\n", file, line, *words, story);
			suite_assert(CU_FALSE, line, *words, file, "", CU_FALSE);
		}
}

/* Time. */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

/* Between two looks at what the library tells nobody of. How long it is decides nothing. */
void breathe(void)
{
	static const struct timespec moment = { 0, 100000 };

	nanosleep(&moment, NULL);
}

void monotonic_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct timespec soon(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SOON / 1000;
	return until;
}

/* Gates. */

void gate_init(struct gate *gate)
{
	tokens_init(&gate->arrived);
	tokens_init(&gate->open);
}

void gate_destroy(struct gate *gate)
{
	tokens_destroy(&gate->arrived);
	tokens_destroy(&gate->open);
}

void gate_pass(struct gate *gate)
{
	tokens_put(&gate->arrived);
	tokens_take(&gate->open);
}

bool gate_await(struct gate *gate)
{
	bool arrived = tokens_take_soon(&gate->arrived);

	CU_ASSERT(arrived);
	return arrived;
}

void gate_open(struct gate *gate)
{
	tokens_put(&gate->open);
}

/* Stages. */

static void record(const struct pooltoy_event *event, void *argument)
{
	struct stage *stage = argument;

	pthread_mutex_lock(&stage->lock);
	if (stage->count < RECORDS) {
		struct recorded *record = &stage->records[stage->count++];

		record->type = event->type;
		record->severity = event->severity;
		snprintf(record->pool, sizeof record->pool, "%s", event->pool);
		snprintf(record->reason, sizeof record->reason, "%s", event->reason);
		snprintf(record->stack, sizeof record->stack, "%s",
			 event->stack ? event->stack : "");
		pooltoy_event_format(event, record->line, sizeof record->line);
		record->worker = event->worker;
		record->instance = event->instance;
		record->duration_ns = event->duration_ns;
	}
	pthread_cond_broadcast(&stage->news);
	pthread_mutex_unlock(&stage->lock);
}

void stage_open(struct stage *stage)
{
	memset(stage, 0, sizeof *stage);
	stage->records = calloc(RECORDS, sizeof *stage->records);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stage->records);
	pthread_mutex_init(&stage->lock, NULL);
	monotonic_cond_init(&stage->news);
	MUST(pooltoy_supervisor_start_with(
		POOLTOY_SUPERVISOR_SPEC(.on_event = record, .event_argument = stage),
		&stage->supervisor));
}

void stage_close_with(struct stage *stage, int code, int timeout_ms)
{
	if (stage->supervisor)
		EXPECT(code, pooltoy_supervisor_stop(stage->supervisor, timeout_ms));
	stage->supervisor = NULL;
	pthread_cond_destroy(&stage->news);
	pthread_mutex_destroy(&stage->lock);
	free(stage->records);
}

void stage_close(struct stage *stage)
{
	stage_close_with(stage, POOLTOY_OK, SOON);
}

static bool fits(const struct recorded *record, const char *pool, enum pooltoy_event_type type)
{
	return record->type == type && (!pool || strcmp(record->pool, pool) == 0);
}

static const struct recorded *find_locked(struct stage *stage, const char *pool,
					  enum pooltoy_event_type type, unsigned nth)
{
	for (unsigned i = 0; i < stage->count; i++)
		if (fits(&stage->records[i], pool, type) && --nth == 0)
			return &stage->records[i];
	return NULL;
}

const struct recorded *await_event(struct stage *stage, const char *pool,
				   enum pooltoy_event_type type, unsigned nth)
{
	const struct recorded *found;
	struct timespec until = soon();
	int failed = 0;

	pthread_mutex_lock(&stage->lock);
	while (!(found = find_locked(stage, pool, type, nth)) && !failed)
		failed = pthread_cond_timedwait(&stage->news, &stage->lock, &until);
	pthread_mutex_unlock(&stage->lock);
	if (!found)
		printf("# event %d of pool %s, number %u, has not come\n", type, pool, nth);
	CU_ASSERT_PTR_NOT_NULL(found);
	return found;
}

unsigned events(struct stage *stage, const char *pool, enum pooltoy_event_type type)
{
	unsigned count = 0;

	pthread_mutex_lock(&stage->lock);
	for (unsigned i = 0; i < stage->count; i++)
		count += fits(&stage->records[i], pool, type);
	pthread_mutex_unlock(&stage->lock);
	return count;
}

/* Pools. */

struct pooltoy_pool *start_pool(struct stage *stage, const struct pooltoy_pool_spec *spec)
{
	struct pooltoy_pool *pool = NULL;

	MUST(pooltoy_start_pool(stage->supervisor, spec, &pool));
	return pool;
}

void stop_pool(struct pooltoy_pool *pool)
{
	EXPECT(POOLTOY_OK, pooltoy_stop_pool(pool, SOON));
	pooltoy_pool_release(pool);
}

struct pooltoy_pool_status status_of(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	EXPECT(POOLTOY_OK, pooltoy_pool_status(pool, &status));
	return status;
}

void await_idle(struct pooltoy_pool *pool, int count)
{
	AWAIT(status_of(pool).idle == count);
}

static bool serves(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	struct order order = { .verb = DOUBLE, .number = 21 };
	int answer = 0, code;

	if (pooltoy_checkout(pool, SOON, &lease))
		return false;
	code = tell(&lease, order, &answer, SOON);
	CU_ASSERT(code == POOLTOY_OK || code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE);
	return pooltoy_checkin(&lease) == POOLTOY_OK && code == POOLTOY_OK && answer == 42;
}

void await_service(struct pooltoy_pool *pool)
{
	AWAIT(serves(pool));
}

void expect_service(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	struct order order = { .verb = DOUBLE, .number = 21 };
	int answer = 0;

	if (!EXPECT(POOLTOY_OK, pooltoy_checkout(pool, SOON, &lease)))
		return;
	EXPECT(POOLTOY_OK, tell(&lease, order, &answer, SOON));
	CU_ASSERT_EQUAL(answer, 42);
	EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
}

void expect_interrupts(struct troupe *troupe, int count)
{
	if (ISOLATED)
		AWAIT(troupe->interrupts >= count);
	CU_ASSERT_EQUAL(troupe->interrupts, count);
}

/* Customers. */

pthread_t begin(void *(*body)(void *argument), void *argument)
{
	pthread_t thread;

#if ISOLATED
	CU_ASSERT_EQUAL_FATAL(isolated_begin(&thread, body, argument), 0);
#else
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, body, argument), 0);
#endif
	return thread;
}

void finish(pthread_t thread)
{
	CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
#if ISOLATED
	isolated_finish(thread);
#endif
}

static atomic_int tickets;

static void *customer_lives(void *argument)
{
	struct customer *customer = argument;
	int i;

	customer->thread_id = syscall(SYS_gettid);
	for (i = 0; i < customer->leases && !customer->code; i++)
		customer->code =
			pooltoy_checkout(customer->pool, customer->timeout_ms, &customer->lease[i]);
	customer->ticket = ++tickets;
	snprintf(customer->story, sizeof customer->story, "%s",
		 customer->code ? pooltoy_last_error() : "");
	if (customer->act && !customer->code)
		customer->act(customer);
	tokens_put(&customer->served);
	tokens_take(&customer->go); /* BE_CANCELLED: here */
	if (customer->farewell == PTHREAD_EXIT)
		pthread_exit(NULL);
	while (customer->farewell == CHECKIN && !customer->code && i > 0)
		customer->refusal = pooltoy_checkin(&customer->lease[--i]);
	return NULL;
}

void customer_come(struct customer *customer, struct pooltoy_pool *pool, int timeout_ms)
{
	customer->pool = pool;
	customer->timeout_ms = timeout_ms;
	if (!customer->leases)
		customer->leases = 1;
	tokens_init(&customer->served);
	tokens_init(&customer->go);
	customer->thread = begin(customer_lives, customer);
}

int customer_await(struct customer *customer)
{
	bool served = tokens_take_soon(&customer->served);

	CU_ASSERT(served);
	return served ? customer->code : POOLTOY_ETIMEDOUT;
}

bool customer_is_served(struct customer *customer)
{
	return tokens_try(&customer->served);
}

void customer_go(struct customer *customer, enum farewell farewell)
{
	customer->farewell = farewell;
	if (farewell == BE_CANCELLED)
		pthread_cancel(customer->thread);
	else
		tokens_put(&customer->go);
	finish(customer->thread);
	tokens_destroy(&customer->served);
	tokens_destroy(&customer->go);
}

void customer_checks_in(struct customer *customer)
{
	customer->refusal = pooltoy_checkin(&customer->lease[0]);
}

void customer_cancel(struct customer *customer)
{
	customer_go(customer, BE_CANCELLED);
}

/* Children. */

static unsigned failures_before;
static bool is_child;

/* What a child inherits from before its fork is not freed in it: no leak. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return is_child;
}

bool child_failed(void)
{
	return CU_get_number_of_failures() > failures_before;
}

/* A fatal assertion ends the child alone: it does not go back to the parent's other tests. */
static _Noreturn void live_as_child(void (*body)(void))
{
	jmp_buf fatal;

	is_child = true;
	failures_before = CU_get_number_of_failures();
	CU_get_current_test()->pJumpBuf = &fatal;
	if (setjmp(fatal) == 0)
		body();
	fflush(stdout);
	_exit(child_failed());
}

bool read_of_thread(const char *thread, const char *file, char *text, size_t size)
{
	char path[64];
	size_t length;
	FILE *opened;

	snprintf(path, sizeof path, "/proc/self/task/%.16s/%.16s", thread, file);
	opened = fopen(path, "re");
	if (!opened)
		return false;
	length = fread(text, 1, size - 1, opened);
	text[length] = 0;
	fclose(opened);
	return length > 0;
}

/* How often the other threads have gone to sleep, in all, if each sleeps; else -1. */
static long sleeps_of_sleepers(void)
{
	static const char asleep[] = "\nState:\tS", sleeps[] = "\nvoluntary_ctxt_switches:\t";
	DIR *threads = opendir("/proc/self/task");
	const struct dirent *entry;
	char text[8192];
	long sum = 0;

	CU_ASSERT_FATAL(threads != NULL);
	while (sum >= 0 && (entry = readdir(threads))) {
		const char *count;

		if (entry->d_name[0] == '.' || atoi(entry->d_name) == syscall(SYS_gettid))
			continue;
		if (!read_of_thread(entry->d_name, "status", text, sizeof text) ||
		    !strstr(text, asleep)) {
			sum = -1;
		} else {
			count = strstr(text, sleeps);
			CU_ASSERT_FATAL(count != NULL);
			sum += atol(count + sizeof sleeps - 1);
		}
	}
	closedir(threads);
	return sum;
}

void await_rest(void)
{
	long before = -1, now;

	/* Who sleeps at both looks, and has not gone to sleep in between, has slept all the time: so
	 * that between the two all did. */
	while ((now = sleeps_of_sleepers()) < 0 || now != before) {
		before = now;
		breathe();
	}
}

int run_child(void (*body)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if (ADDRESS_SANITIZED)
		await_rest();
	pooltoy_fork_prepare();
	pid = fork();
	if (pid == 0) {
		pooltoy_fork_child();
		live_as_child(body);
	}
	pooltoy_fork_parent();
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return status;
}

void in_child(void (*body)(void))
{
	int status = run_child(body);

	if (status)
		printf("# the child ended with status %#x\n", (unsigned)status);
	CU_ASSERT_EQUAL(status, 0);
}
