/* SPDX-License-Identifier: MIT */
/* test_thread.c: the lives of library threads, and of actors from one thread to the next. */
#include "support/suite.h"
#include "thread.h"
#include "deadline.h"
#include "support/faults.h"

#include <pooltoy/error.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>

/* What a thread finds out about itself. */
struct report {
	struct reaper *reaper;
	struct thread *thread;
	void (*look)(struct report *report);
	char name[16];
	sigset_t blocked;
	int cancel_state;
	size_t stack_size;
	sync_atomic(bool) gone;
	bool joined, gone_when_joined, joined_on_itself;
	pthread_t self;
	sem_t done;
};

static pthread_key_t at_the_end;

/* Runs after the thread's body, as late as anything does; and takes its time. */
static void is_gone(void *value)
{
	struct report *report = value;
	int i;

	for (i = 0; i < 100; i++)
		sched_yield();
	sync_store(&report->gone, true, relaxed);
}

static void look_around(void *argument)
{
	struct report *report = argument;
	pthread_attr_t attributes;

	report->self = pthread_self();
	pthread_getname_np(pthread_self(), report->name, sizeof report->name);
	pthread_sigmask(SIG_BLOCK, NULL, &report->blocked);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &report->cancel_state);
	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstacksize(&attributes, &report->stack_size);
	pthread_attr_destroy(&attributes);
	pthread_setspecific(at_the_end, report);
	thread_leave(report->thread, report->reaper);
}

static void note_join(void *argument)
{
	struct report *report = argument;

	report->joined = true;
	report->gone_when_joined = sync_load(&report->gone, relaxed);
	report->joined_on_itself = pthread_equal(pthread_self(), report->self);
	sem_post(&report->done);
}

static struct thread_spec spec_of(struct report *report, const char *name, const char *suffix)
{
	return (struct thread_spec){ .name = name,
				     .suffix = suffix,
				     .body = look_around,
				     .joined = note_join,
				     .argument = report };
}

static void live(struct report *report, struct thread_spec *spec)
{
	static struct reaper reaper; /* the report outlives this call */

	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&at_the_end, is_gone), 0);
	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	report->reaper = &reaper;
	sem_init(&report->done, 0, 0);
	CU_ASSERT_EQUAL(thread_start(&report->thread, spec), POOLTOY_OK);
	sem_wait(&report->done);
	reaper_stop(&reaper);
	reaper_destroy(&reaper);
	sem_destroy(&report->done);
	pthread_key_delete(at_the_end);
}

static void names_are_cut_so_that_the_suffix_stays(void)
{
	static const char *const names[][3] = {
		{ "poolio", "/m", "pt:poolio/m" },
		{ "verylongname", "/12", "pt:verylongn/12" },
		{ "verylongn", "/12", "pt:verylongn/12" },
		{ "poolio", "/1000000", "pt:pool/1000000" },
		{ "notifier", "", "pt:notifier" },
		{ "supervisor of many", "", "pt:supervisor o" },
	};
	unsigned i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct report report = { .joined = false };
		struct thread_spec spec = spec_of(&report, names[i][0], names[i][1]);

		live(&report, &spec);
		CU_ASSERT_STRING_EQUAL(report.name, names[i][2]);
	}
}

static void the_reaper_joins_a_thread_before_it_says_so(void)
{
	struct report report = { .joined = false };
	struct thread_spec spec = spec_of(&report, "poolio", "/1");

	live(&report, &spec);
	CU_ASSERT(report.joined);
	CU_ASSERT(report.gone_when_joined);
	CU_ASSERT_FALSE(report.joined_on_itself);
}

static void library_threads_leave_signals_to_the_server_but_for_crashes_and_profiles(void)
{
	static const int through[] = { SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
				       SIGTRAP, SIGABRT, SIGSYS, SIGPROF };
	static const int blocked[] = { SIGTERM, SIGINT,  SIGHUP,  SIGQUIT, SIGUSR1,
				       SIGUSR2, SIGCHLD, SIGALRM, SIGPIPE };
	struct report report = { .joined = false };
	struct thread_spec spec = spec_of(&report, "poolio", "/1");
	unsigned i;

	live(&report, &spec);
	for (i = 0; i < sizeof through / sizeof through[0]; i++)
		CU_ASSERT_EQUAL(sigismember(&report.blocked, through[i]), 0);
	for (i = 0; i < sizeof blocked / sizeof blocked[0]; i++)
		CU_ASSERT_EQUAL(sigismember(&report.blocked, blocked[i]), 1);
	CU_ASSERT_EQUAL(report.cancel_state, PTHREAD_CANCEL_DISABLE);
}

static void a_thread_has_the_stack_that_was_asked_for(void)
{
	struct report report = { .joined = false };
	struct thread_spec spec = spec_of(&report, "poolio", "/1");

	spec.stack_size = 20 << 20; /* more than what the system gives, or keeps from before */
	live(&report, &spec);
	CU_ASSERT(report.stack_size >= 20 << 20);
}

static void a_thread_that_cannot_be_had_leaves_nothing_behind(void)
{
	struct report report = { .joined = false };
	struct thread_spec spec = spec_of(&report, "poolio", "/1");

	faults_begin(FAULTS_THREADS, 0, 1);
	report.thread = (struct thread *)&report;
	CU_ASSERT_EQUAL(thread_start(&report.thread, &spec), POOLTOY_EAGAIN);
	CU_ASSERT_EQUAL(faults_end(FAULTS_THREADS), 1);
	CU_ASSERT_PTR_NULL(report.thread);
	faults_begin(FAULTS_MEMORY, 0, 1);
	CU_ASSERT_EQUAL(thread_start(&report.thread, &spec), POOLTOY_ENOMEM);
	CU_ASSERT_EQUAL(faults_end(FAULTS_MEMORY), 1);
	CU_ASSERT_FALSE(report.joined);
}

static void a_thread_that_outlives_the_reaper_goes_by_itself(void)
{
	struct report report = { .joined = false };
	struct thread_spec spec = spec_of(&report, "poolio", "/1");
	struct reaper reaper;

	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&at_the_end, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(reaper_start(&reaper), POOLTOY_OK);
	reaper_stop(&reaper);
	report.reaper = &reaper;
	sem_init(&report.done, 0, 0);
	CU_ASSERT_EQUAL(thread_start(&report.thread, &spec), POOLTOY_OK);
	sem_wait(&report.done);
	CU_ASSERT(report.joined);
	CU_ASSERT(report.joined_on_itself);
	reaper_destroy(&reaper);
	pthread_key_delete(at_the_end);
}

/* An actor that takes letters, and starts its successor when it is killed. */
struct letter {
	struct message message;
	unsigned taken;
	sem_t *done; /* posted by the actor; NULL: the letter that ends it */
	sem_t *gate; /* that the actor waits for before it goes on; or NULL */
};

struct clerk {
	struct actor actor;
	struct reaper reaper;
	unsigned lives, taken;
	bool stop;
	sem_t life, left; /* posted by each life: it has begun; it is with the reaper */
	sync_atomic(unsigned) joined;
};

static void clerk_main(void *argument);

static void clerk_joined(void *argument)
{
	struct clerk *clerk = argument;

	figure_add(&clerk->joined, 1);
}

static void clerk_ends(void *argument)
{
	struct clerk *clerk = argument;
	static sync_atomic(bool) never;
	struct thread *self = clerk->actor.thread;
	struct thread_spec next = { .name = "clerk",
				    .suffix = "",
				    .body = clerk_main,
				    .joined = clerk_joined,
				    .argument = clerk };

	if (!clerk->stop)
		CU_ASSERT(actor_succeed(&clerk->actor, &next, &never));
	thread_leave(self, &clerk->reaper);
	sem_post(&clerk->left);
}

static void take_letters(struct clerk *clerk)
{
	struct message *message;

	while ((message = mailbox_take(&clerk->actor.mailbox))) {
		struct letter *letter = (struct letter *)message;
		sem_t *done = letter->done, *gate = letter->gate;

		clerk->taken++;
		letter->taken++;
		clerk->stop = !done;
		if (done)
			sem_post(done);
		if (gate)
			sem_wait(gate);
	}
}

static void clerk_main(void *argument)
{
	struct clerk *clerk = argument;

	pthread_cleanup_push(clerk_ends, clerk);
	clerk->lives++;
	sem_post(&clerk->life);
	for (take_letters(clerk); !clerk->stop; take_letters(clerk))
		actor_wait(&clerk->actor, SYNC_NEVER);
	pthread_cleanup_pop(1);
}

static void clerk_start(struct clerk *clerk)
{
	struct thread_spec first = { .name = "clerk",
				     .suffix = "",
				     .body = clerk_main,
				     .joined = clerk_joined,
				     .argument = clerk };

	*clerk = (struct clerk){ .lives = 0 };
	sem_init(&clerk->life, 0, 0);
	sem_init(&clerk->left, 0, 0);
	CU_ASSERT_EQUAL_FATAL(actor_init(&clerk->actor), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(reaper_start(&clerk->reaper), POOLTOY_OK);
	CU_ASSERT_EQUAL_FATAL(thread_start(&clerk->actor.thread, &first), POOLTOY_OK);
	sem_wait(&clerk->life);
}

static void clerk_stop(struct clerk *clerk, unsigned lives)
{
	struct letter last = { .done = NULL };
	unsigned i;

	mailbox_post(&clerk->actor.mailbox, &last.message);
	for (i = 0; i < lives; i++)
		sem_wait(&clerk->left);
	reaper_stop(&clerk->reaper); /* joins all of its lives */
	CU_ASSERT_EQUAL(last.taken, 1);
	CU_ASSERT_EQUAL(clerk->lives, lives);
	CU_ASSERT_EQUAL(figure_load(&clerk->joined), lives);
	reaper_destroy(&clerk->reaper);
	actor_destroy(&clerk->actor);
	sem_destroy(&clerk->life);
	sem_destroy(&clerk->left);
}

static void an_actor_takes_what_is_posted(void)
{
	static struct clerk clerk;
	struct letter letter = { .taken = 0 };
	sem_t done;

	sem_init(&done, 0, 0);
	letter.done = &done;
	clerk_start(&clerk);
	mailbox_post(&clerk.actor.mailbox, &letter.message);
	sem_wait(&done);
	clerk_stop(&clerk, 1);
	CU_ASSERT_EQUAL(letter.taken, 1);
	sem_destroy(&done);
}

static void a_kill_is_taken_at_the_wait_and_nowhere_else(void)
{
	static struct clerk clerk;
	struct letter first = { .taken = 0 }, second = { .taken = 0 };
	sem_t done, gate;

	sem_init(&done, 0, 0);
	sem_init(&gate, 0, 0);
	first.done = second.done = &done;
	first.gate = &gate;
	clerk_start(&clerk);
	mailbox_post(&clerk.actor.mailbox, &first.message);
	sem_wait(&done);
	/* It is busy with the first, and finds a second before it waits. */
	actor_kill(&clerk.actor);
	mailbox_post(&clerk.actor.mailbox, &second.message);
	sem_post(&gate);
	sem_wait(&done);
	sem_wait(&clerk.life);
	clerk_stop(&clerk, 2);
	CU_ASSERT_EQUAL(second.taken, 1);
	CU_ASSERT_EQUAL(clerk.taken, 3);
	sem_destroy(&done);
	sem_destroy(&gate);
}

static void each_kill_is_one_death_and_the_next_life_goes_on_with_the_mail(void)
{
	enum { LIVES = 20 };
	static struct clerk clerk;
	struct letter letters[LIVES] = { 0 };
	unsigned i;
	sem_t done;

	sem_init(&done, 0, 0);
	clerk_start(&clerk);
	for (i = 0; i < LIVES; i++) {
		letters[i].done = &done;
		actor_kill(&clerk.actor);
		mailbox_post(&clerk.actor.mailbox,
			     &letters[i].message); /* to this life or the next */
		sem_wait(&done);
		sem_wait(&clerk.life);
	}
	clerk_stop(&clerk, LIVES + 1);
	CU_ASSERT_EQUAL(clerk.taken, LIVES + 1);
	sem_destroy(&done);
}

static void a_successor_is_tried_again_until_it_can_be_had(void)
{
	static struct clerk clerk;
	struct letter letter = { .taken = 0 };
	sem_t done;

	sem_init(&done, 0, 0);
	letter.done = &done;
	clerk_start(&clerk);
	faults_begin(FAULTS_THREADS, 0, 3);
	actor_kill(&clerk.actor);
	sem_wait(&clerk.life);
	CU_ASSERT_EQUAL(faults_end(FAULTS_THREADS), 3);
	mailbox_post(&clerk.actor.mailbox, &letter.message);
	sem_wait(&done);
	clerk_stop(&clerk, 2);
	CU_ASSERT_EQUAL(letter.taken, 1);
	sem_destroy(&done);
}

static void an_actors_wait_ends_at_its_deadline(void)
{
	struct actor actor;
	uint64_t deadline = sync_now() + 2 * NS_PER_MS;

	CU_ASSERT_EQUAL_FATAL(actor_init(&actor), POOLTOY_OK);
	actor_wait(&actor, deadline);
	CU_ASSERT(sync_now() >= deadline);
	actor_destroy(&actor);
}

SUITE(TEST(names_are_cut_so_that_the_suffix_stays),
      TEST(the_reaper_joins_a_thread_before_it_says_so),
      TEST(library_threads_leave_signals_to_the_server_but_for_crashes_and_profiles),
      TEST(a_thread_has_the_stack_that_was_asked_for),
      TEST(a_thread_that_cannot_be_had_leaves_nothing_behind),
      TEST(a_thread_that_outlives_the_reaper_goes_by_itself), TEST(an_actor_takes_what_is_posted),
      TEST(a_kill_is_taken_at_the_wait_and_nowhere_else),
      TEST(each_kill_is_one_death_and_the_next_life_goes_on_with_the_mail),
      TEST(a_successor_is_tried_again_until_it_can_be_had),
      TEST(an_actors_wait_ends_at_its_deadline))
