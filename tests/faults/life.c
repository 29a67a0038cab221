/* SPDX-License-Identifier: MIT */
/* life.c: every function of the library, while something is lacking; then all is well. */
#include "faults/life.h"

#include "faults/actor.h"
#include "faults/promise.h"
#include "parker.h"
#include "scenario/support.h"

#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct life {
	enum faults_kind kind;
	struct account account, another;
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *poolio;
	bool pooly; /* was started */
	atomic_bool restarted;
	atomic_int accepted, told; /* tasks, and outcomes of such */
};
static struct life life;

/* Calls. */

#define USE(function) (promise_used(#function), function)

/* The call succeeds, or something is lacking; the story then has this word in it. */
#define TRY(function, word, ...) \
	is_done(#function, word, (promise_used(#function), function(__VA_ARGS__)))

/* What a lack may lead to at second hand: a worker that cannot reply for lack of memory is broken. */
static bool is_aftermath(int code)
{
	return code == POOLTOY_ECRASHED || code == POOLTOY_ESTALE || code == POOLTOY_ENOENT;
}

static const char *cause_of(int code)
{
	if (code == POOLTOY_EAGAIN)
		return life.kind == FAULTS_PROCESS ? "descriptor" : "thread";
	return code == POOLTOY_ENOMEM ? "memory" : "";
}

static bool is_done(const char *function, const char *word, int code)
{
	const char *story = pooltoy_last_error();
	bool lacking = code == POOLTOY_ENOMEM || code == POOLTOY_EAGAIN;
	bool fits;

	if (code == POOLTOY_OK)
		return true;
	fits = faults_met(life.kind) > 0 && (lacking || is_aftermath(code)) &&
	       promise_allows(function, code) && strstr(story, word) &&
	       strstr(story, cause_of(code));
	if (!fits)
		printf("# %s: %d, after %u faults: %s\n", function, code, faults_met(life.kind),
		       story);
	CU_ASSERT(fits);
	return false;
}

static int cue(const struct pooltoy_lease *lease, enum act act, int number, int *answer)
{
	struct cue told = { act, number };
	size_t length = sizeof *answer;

	promise_used("pooltoy_call");
	return pooltoy_call(lease, &told, sizeof told, answer, answer ? &length : NULL, SOON);
}

/* Events. */

static void hear(const struct pooltoy_event *event, void *argument)
{
	static enum pooltoy_severity none = POOLTOY_ERROR + 1;
	char line[256];

	(void)argument;
	if (event->type == POOLTOY_EVENT_POOL_RESTARTED)
		life.restarted = true;
	CU_ASSERT(USE(pooltoy_event_format)(event, line, sizeof line) > 0);
	USE(pooltoy_event_log_stderr)(event, &none);
	USE(pooltoy_event_log_syslog)(event, &none);
	USE(pooltoy_event_ignore)(event, NULL);
}

/* Leases. */

static void use_calls(const struct pooltoy_lease *lease)
{
	static char page[5000];
	size_t length = 1;
	int answer = 0, code;

	TRY(pooltoy_call, "poolio", lease, page, sizeof page, NULL, NULL, SOON);
	TRY(pooltoy_cast, "poolio", lease, page, sizeof page);
	code = cue(lease, ACT_REFUSE, 0, NULL);
	if (code != POOLTOY_EUSER)
		CU_ASSERT_FALSE(is_done("pooltoy_call", "poolio", code));
	code = pooltoy_call(lease, &(struct cue){ ACT_RECITE, 3000 }, sizeof(struct cue), page,
			    &length, SOON);
	if (code == POOLTOY_ETOOSMALL) {
		length = sizeof page;
		if (TRY(pooltoy_call_reply, "poolio", lease, page, &length))
			CU_ASSERT_EQUAL(length, 3000);
	} else {
		CU_ASSERT_FALSE(is_done("pooltoy_call", "poolio", code));
	}
	if (is_done("pooltoy_call", "poolio", cue(lease, ACT_DOUBLE, 21, &answer)))
		CU_ASSERT_EQUAL(answer, 42);
}

static void use_state(const struct pooltoy_lease *lease)
{
	void *state = NULL;

	if (TRY(pooltoy_lease_state, "poolio", lease, &state)) {
		CU_ASSERT_PTR_NOT_NULL(state);
		TRY(pooltoy_lease_state_done, "poolio", lease);
	}
	promise_used("pooltoy_lease_worker");
	if (pooltoy_lease_worker(lease) < 0)
		is_done("pooltoy_lease_worker", "poolio", pooltoy_lease_worker(lease));
}

/* Tasks. */

static void count_outcome(const struct pooltoy_outcome *outcome, void *argument)
{
	CU_ASSERT(outcome->code == POOLTOY_OK || outcome->code == POOLTOY_ECANCELLED ||
		  outcome->code == POOLTOY_ESTOPPED || outcome->code == POOLTOY_ECRASHED);
	CU_ASSERT_PTR_EQUAL(argument, &life);
	life.told++;
}

static void use_tasks(struct pooltoy_pool *pool)
{
	static char page[5000];
	struct pooltoy_task task;
	int code;

	if (!TRY(pooltoy_submit, "poolio", pool, page, sizeof page, count_outcome, &life, &task))
		return;
	life.accepted++;
	code = USE(pooltoy_task_cancel)(&task);
	CU_ASSERT(code == POOLTOY_OK || code == POOLTOY_ESTALE);
}

/* Completions. */

/* The next one, of which there must be one: its code. */
static int await_completion(struct pooltoy_completion_queue *queue, struct pooltoy_lease *lease)
{
	struct pollfd poller = { USE(pooltoy_completion_queue_fd)(queue), POLLIN, 0 };
	const struct pooltoy_completion *completion = NULL;
	int code;

	while (USE(pooltoy_completion_queue_drain)(queue, &completion, 1) == 0)
		CU_ASSERT_FATAL(poll(&poller, 1, SOON) == 1);
	if (!completion)
		return POOLTOY_ENOENT; /* a drain that counts one has it */
	code = completion->code;
	if (lease)
		*lease = completion->lease;
	CU_ASSERT(code == POOLTOY_OK || code == POOLTOY_ECANCELLED || code == POOLTOY_ECRASHED ||
		  code == POOLTOY_ENOMEM);
	CU_ASSERT(code != POOLTOY_ENOMEM || faults_met(life.kind) > 0);
	USE(pooltoy_completion_release)(completion);
	return code;
}

static void use_completions(struct pooltoy_pool *pool)
{
	static char page[5000];
	struct pooltoy_completion_queue *queue;
	struct pooltoy_pending pending;
	struct pooltoy_lease lease;
	int code;

	if (!TRY(pooltoy_completion_queue_open, "completion queue", &queue))
		return;
	if (TRY(pooltoy_checkout_start, "poolio", queue, pool, NULL, SOON, NULL, NULL) &&
	    await_completion(queue, &lease) == POOLTOY_OK) {
		if (TRY(pooltoy_call_start, "poolio", queue, &lease, page, sizeof page, SOON, NULL,
			NULL))
			await_completion(queue, NULL);
		TRY(pooltoy_checkin, "poolio", &lease);
	}
	if (TRY(pooltoy_submit_start, "poolio", queue, pool, page, sizeof page, NULL, &pending)) {
		code = USE(pooltoy_pending_cancel)(&pending);
		CU_ASSERT(code == POOLTOY_OK || code == POOLTOY_ESTALE);
		await_completion(queue, NULL);
	}
	USE(pooltoy_completion_queue_close)(queue);
}

/* The same by one deadline and one token. */
static void use_starts_with_options(struct pooltoy_pool *pool)
{
	uint64_t deadline = pooltoy_deadline_after(SOON);
	struct pooltoy_completion_queue *queue;
	struct pooltoy_cancel_token *token;
	struct pooltoy_lease lease;

	if (!TRY(pooltoy_completion_queue_open, "completion queue", &queue))
		return;
	if (TRY(pooltoy_cancel_token_open, "cancel token", &token)) {
		if (TRY(pooltoy_checkout_start_with, "poolio", queue, pool,
			POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline, .cancel = token), NULL,
			NULL) &&
		    await_completion(queue, &lease) == POOLTOY_OK) {
			if (TRY(pooltoy_call_start_with, "poolio", queue, &lease, "", 1,
				POOLTOY_CALL_OPTIONS(.deadline = deadline, .cancel = token), NULL,
				NULL))
				await_completion(queue, NULL);
			TRY(pooltoy_checkin, "poolio", &lease);
		}
		if (TRY(pooltoy_submit_start_with, "poolio", queue, pool, "", 1,
			POOLTOY_TASK_OPTIONS(.deadline = deadline, .cancel = token), NULL, NULL))
			await_completion(queue, NULL);
		pooltoy_cancel_token_close(token);
	}
	pooltoy_completion_queue_close(queue);
}

/* To more workers than there is room for at first, and back. */
static void resize(struct pooltoy_pool *pool)
{
	TRY(pooltoy_pool_resize, "poolio", pool, 20, 1);
	AWAIT(status_of(pool).resizes == 1);
	TRY(pooltoy_pool_resize, "poolio", pool, 2, 1);
	AWAIT(status_of(pool).resizes == 2);
}

/* The third is overflow. */
static void use_leases(struct pooltoy_pool *pool)
{
	struct pooltoy_lease leases[3];
	int held = 0;

	while (held < 3 && TRY(pooltoy_checkout, "poolio", pool, SOON, &leases[held])) {
		use_calls(&leases[held]);
		use_state(&leases[held++]);
	}
	while (held > 0)
		TRY(pooltoy_checkin, "poolio", &leases[--held]);
}

static void use_client(struct pooltoy_pool *pool)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease, other;

	if (!TRY(pooltoy_client_open, "client", "connection", &client))
		return;
	if (TRY(pooltoy_client_checkout, "poolio", client, pool, SOON, &lease))
		use_calls(&lease);
	if (TRY(pooltoy_checkout, "poolio", pool, SOON, &other)) {
		TRY(pooltoy_lease_adopt, "poolio", client, &other);
		TRY(pooltoy_lease_adopt, "poolio", NULL, &other);
		TRY(pooltoy_checkin, "poolio", &other);
	}
	USE(pooltoy_client_close)(client); /* with a lease, whose worker is reset */
}

/* By one deadline, and cancelled when it is over. */
static void use_deadline(struct pooltoy_pool *pool)
{
	uint64_t deadline = USE(pooltoy_deadline_after)(SOON);
	struct pooltoy_cancel_token *token;
	struct pooltoy_lease lease;

	if (!TRY(pooltoy_cancel_token_open, "cancel token", &token))
		return;
	if (TRY(pooltoy_checkout_with, "poolio", pool,
		POOLTOY_CHECKOUT_OPTIONS(.deadline = deadline, .cancel = token), &lease)) {
		TRY(pooltoy_call_with, "poolio", &lease, "", 1, NULL, NULL,
		    POOLTOY_CALL_OPTIONS(.deadline = deadline, .cancel = token));
		TRY(pooltoy_checkin, "poolio", &lease);
	}
	USE(pooltoy_cancel_token_cancel)(token);
	USE(pooltoy_cancel_token_close)(token);
}

static int in_transaction(const struct pooltoy_lease *lease, void *argument)
{
	(void)argument;
	use_state(lease);
	return 0;
}

static void give_up(struct pooltoy_pool *pool, enum pooltoy_on_client_death how)
{
	struct pooltoy_lease lease;

	if (TRY(pooltoy_checkout, "poolio", pool, SOON, &lease))
		TRY(pooltoy_checkin_failed, "poolio", &lease, how, "broken");
}

/* Workers that end, each in a way of its own. */
static void break_workers(struct pooltoy_pool *pool)
{
	give_up(pool, POOLTOY_RESET);
	give_up(pool, POOLTOY_REPLACE);
	TRY(pooltoy_kill_worker, "poolio", pool, -1);
	for (enum act act = ACT_BREAK; act <= ACT_WALK_OFF; act++) {
		struct pooltoy_lease lease;
		int code;

		if (!TRY(pooltoy_checkout, "poolio", pool, SOON, &lease))
			continue;
		code = cue(&lease, act, 0, NULL);
		if (code != POOLTOY_ECRASHED)
			CU_ASSERT_FALSE(is_done("pooltoy_call", "poolio", code));
		/* Stale, if it has crashed. */
		if (pooltoy_checkin(&lease) == POOLTOY_OK)
			CU_ASSERT(code != POOLTOY_ECRASHED);
	}
}

static void *visit_on_a_thread(void *pool)
{
	struct pooltoy_lease forgotten;

	use_leases(pool);
	TRY(pooltoy_checkout, "poolio", pool, SOON, &forgotten);
	return NULL; /* with the lease */
}

/* The tree. */

static int visit(const struct pooltoy_node *node, void *argument)
{
	(void)argument;
	if (node->type == POOLTOY_NODE_WORKER)
		CU_ASSERT_STRING_NOT_EQUAL(USE(pooltoy_worker_state_name)(node->state), "unknown");
	return 0;
}

static void look_at(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct pooltoy_histogram histogram = POOLTOY_HISTOGRAM_INIT;

	TRY(pooltoy_walk, "supervisor", life.supervisor, visit, NULL);
	TRY(pooltoy_pool_status, "poolio", pool, &status);
	TRY(pooltoy_pool_histogram, "poolio", pool, POOLTOY_DURATION_START, &histogram);
	CU_ASSERT_EQUAL(USE(pooltoy_histogram_quantile)(&histogram, 1), histogram.max_ns);
	CU_ASSERT_EQUAL(USE(pooltoy_histogram_bound)(0), 64);
	CU_ASSERT_STRING_EQUAL(USE(pooltoy_duration_name)(POOLTOY_DURATION_WAIT), "wait");
	CU_ASSERT_STRING_NOT_EQUAL(USE(pooltoy_pool_state_name)(status.state), "unknown");
	USE(pooltoy_pool_release)(USE(pooltoy_pool_retain)(pool));
	CU_ASSERT_STRING_EQUAL(USE(pooltoy_pool_name)(pool), "poolio");
}

static void fork_a_child(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;
	int status;
	pid_t pid;

	promise_used("pooltoy_fork_child");
	USE(pooltoy_fork_prepare)();
	pid = fork();
	if (pid == 0) {
		pooltoy_fork_child();
		_exit(pooltoy_checkout(pool, 0, &lease) != POOLTOY_EFORKED);
	}
	USE(pooltoy_fork_parent)();
	CU_ASSERT(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

/* The number after a label of a thread's status. */
static unsigned long of_status(const char *status, const char *label, int base)
{
	const char *found = strstr(status, label);

	return found ? strtoul(found + strlen(label), NULL, base) : 0;
}

/* A server's signals are its own threads' affair: those with the library's names block them. */
static void check_signal_masks(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	char name[16], status[4096];

	while (tasks && (task = readdir(tasks))) {
		if (!read_of_thread(task->d_name, "comm", name, sizeof name) ||
		    strncmp(name, "pt:", 3) != 0 ||
		    !read_of_thread(task->d_name, "status", status, sizeof status))
			continue;
		/* Who has just ended is shown in a process of no threads, and with no mask. */
		if (of_status(status, "\nThreads:", 10) > 0)
			CU_ASSERT(of_status(status, "\nSigBlk:", 16) & 1ul << (SIGUSR1 - 1));
	}
	if (tasks)
		closedir(tasks);
}

static struct pooltoy_pool_status status_now(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;

	EXPECT(POOLTOY_OK, pooltoy_pool_status(pool, &status));
	return status;
}

static void kill_what_lives(struct pooltoy_pool *pool)
{
	TRY(pooltoy_kill_manager, "poolio", pool);
	AWAIT(life.restarted); /* before that, workers of the old instance may be met */
	TRY(pooltoy_kill_supervisor, "supervisor", life.supervisor);
	TRY(pooltoy_pool_revive, "poolio", pool); /* it runs: nothing changes */
	TRY(pooltoy_pool_pause, "poolio", pool);
	TRY(pooltoy_pool_resume, "poolio", pool);
	TRY(pooltoy_pool_replace_workers, "poolio", pool, 0);
	TRY(pooltoy_pool_drain, "poolio", pool, SOON);
	EXPECT(POOLTOY_OK, USE(pooltoy_pool_resume)(pool));
}

/* The life. */

static const struct pooltoy_pool_spec *spec_of(const char *name, struct account *account)
{
	static struct pooltoy_pool_spec spec;
	static cpu_set_t cpus;

	spec = *POOLTOY_POOL_SPEC(.name = name, .worker = &actor_ops, .argument = account,
				  .release = actor_release, .size = 2, .max_overflow = 1,
				  .backoff_min = 1, .backoff_max = 1, .stack_size = 1 << 20);
	if (strcmp(name, "pooly") != 0)
		return &spec;
	sched_getaffinity(0, sizeof cpus, &cpus);
	spec.guard_size = 65536;
	spec.cpus = &cpus;
	spec.cpus_size = sizeof cpus;
	return &spec;
}

/* A second pool, known by its name alone, of another strategy. */
static void use_second_pool(void)
{
	struct pooltoy_pool_spec spec = *spec_of("pooly", &life.another);
	struct pooltoy_pool *found;

	spec.strategy = POOLTOY_LIFO;
	spec.on_client_death = POOLTOY_REPLACE;
	life.pooly = TRY(pooltoy_start_pool, "pooly", life.supervisor, &spec, NULL);
	if (!life.pooly)
		return;
	if (TRY(pooltoy_find_pool, "pooly", life.supervisor, "pooly", &found)) {
		TRY(pooltoy_transaction, "pooly", found, in_transaction, NULL, SOON);
		pooltoy_pool_release(found);
	}
	if (!TRY(pooltoy_stop_pool_named, "pooly", life.supervisor, "pooly", SOON))
		EXPECT(POOLTOY_OK, pooltoy_stop_pool_named(life.supervisor, "pooly", SOON));
}

static void use_first_pool(struct pooltoy_pool *pool)
{
	TRY(pooltoy_pool_wait_ready, "poolio", pool, 2, SOON);
	use_leases(pool);
	use_tasks(pool);
	use_completions(pool);
	use_starts_with_options(pool);
	use_client(pool);
	use_deadline(pool);
	look_at(pool);
	finish(begin(visit_on_a_thread, pool));
	break_workers(pool);
	resize(pool);
	fork_a_child(pool);
	check_signal_masks();
	kill_what_lives(pool);
	use_leases(pool);
}

/* Never the library's. */
static void *never_alloc(size_t size, size_t alignment, void *argument)
{
	(void)size;
	(void)alignment;
	(void)argument;
	CU_FAIL("not the library's allocator");
	return NULL;
}

static void never_free(void *memory, void *argument)
{
	(void)memory;
	(void)argument;
	CU_FAIL("not the library's allocator");
}

static void live_in_want(void)
{
	struct pooltoy_supervisor *quiet;
	int code;

	CU_ASSERT_STRING_EQUAL(USE(pooltoy_version)(), POOLTOY_VERSION);
	CU_ASSERT_STRING_EQUAL(USE(pooltoy_strerror)(POOLTOY_OK), "success");
	USE(pooltoy_last_error)();
	if (TRY(pooltoy_supervisor_start, "supervisor", &quiet))
		EXPECT(POOLTOY_OK, USE(pooltoy_supervisor_stop)(quiet, SOON));
	if (!TRY(pooltoy_supervisor_start_with, "supervisor",
		 POOLTOY_SUPERVISOR_SPEC(.on_event = hear), &life.supervisor))
		return;
	/* Too late, now that there is one. */
	code = USE(pooltoy_set_allocator)(
		POOLTOY_ALLOCATOR(.alloc = never_alloc, .free = never_free));
	CU_ASSERT_EQUAL(code, POOLTOY_EBUSY);
	use_second_pool();
	if (TRY(pooltoy_start_pool, "poolio", life.supervisor, spec_of("poolio", &life.account),
		&life.poolio))
		use_first_pool(life.poolio);
}

static bool is_at_rest(struct pooltoy_pool *pool)
{
	struct pooltoy_pool_status now = status_now(pool);

	return now.state == POOLTOY_POOL_READY && now.idle == 2 && now.leased == 0 &&
	       now.starting == 0 && now.resetting == 0 && now.stopping == 0 &&
	       now.quarantined == 0 && now.overflow == 0 && now.waiting == 0 && now.monitored == 0;
}

/* Nothing is lacking any more. */
static void serve_afterwards(void)
{
	int answer = 0;

	if (!life.supervisor)
		MUST(pooltoy_supervisor_start_with(
			POOLTOY_SUPERVISOR_SPEC(.on_event = pooltoy_event_ignore),
			&life.supervisor));
	if (!life.poolio)
		MUST(pooltoy_start_pool(life.supervisor, spec_of("poolio", &life.account),
					&life.poolio));
	AWAIT(is_at_rest(life.poolio));
	for (int i = 0; i < 3; i++) {
		struct pooltoy_lease lease;

		MUST(pooltoy_checkout(life.poolio, SOON, &lease));
		EXPECT(POOLTOY_OK, cue(&lease, ACT_DOUBLE, i, &answer));
		CU_ASSERT_EQUAL(answer, 2 * i);
		EXPECT(POOLTOY_OK, pooltoy_checkin(&lease));
	}
	EXPECT(POOLTOY_OK, USE(pooltoy_stop_pool)(life.poolio, SOON));
	EXPECT(POOLTOY_ESTOPPED,
	       USE(pooltoy_stop_pool_with)(life.poolio, POOLTOY_STOP_DRAIN, SOON));
	pooltoy_pool_release(life.poolio);
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(life.supervisor, SOON));
}

static void check_account(const struct account *account, int pools)
{
	CU_ASSERT_EQUAL(account->terminates, account->inits);
	CU_ASSERT_EQUAL(account->releases, pools);
	CU_ASSERT_EQUAL(account->wrongs, 0);
}

static void *live(void *refused)
{
	live_in_want();
	*(unsigned *)refused = faults_end(life.kind);
	serve_afterwards();
	return NULL;
}

static void *do_nothing(void *nothing)
{
	return nothing;
}

static unsigned count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	while (tasks && readdir(tasks))
		count++;
	if (tasks)
		closedir(tasks);
	return count;
}

static void check_that_nothing_is_left(unsigned threads_before)
{
	AWAIT(count_threads() <= threads_before);
	parker_free_all(); /* they are kept for the next threads, and there are none */
	for (enum faults_kind kind = 0; kind < FAULTS_KINDS; kind++) {
		if (faults_live(kind))
			printf("# %s: %ld are left\n", faults_name(kind), faults_live(kind));
		CU_ASSERT_EQUAL(faults_live(kind), 0);
	}
}

unsigned life_with_faults(enum faults_kind kind, unsigned good, unsigned bad)
{
	unsigned refused = 0, threads, failed = CU_get_number_of_failures();

	memset(&life, 0, sizeof life);
	life.kind = kind;
	finish(begin(do_nothing, NULL)); /* a sanitizer has a thread of its own after that */
	threads = count_threads();
	faults_begin(kind, good, bad);
	finish(begin(live, &refused));
	CU_ASSERT_EQUAL(life.told, life.accepted);
	check_account(&life.account, 1);
	check_account(&life.another, life.pooly);
	check_that_nothing_is_left(threads);
	if (CU_get_number_of_failures() > failed)
		printf("# with %u of %s refused after %u\n", bad, faults_name(kind), good);
	return refused;
}
