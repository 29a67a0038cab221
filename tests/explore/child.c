/* SPDX-License-Identifier: MIT */
/* child.c: child processes as fibers: they share memory, ring and are rung, and may die at each of these. */
#include "child.h"
#include "confinement.h"
#include "engine.h"
#include "extension.h"
#include "sync_child.h"
#include "sync_served.h"

#include <stdio.h>

/* Guarded by `hub`, but for what is said. */
struct sync_child {
	struct child child;            /* the fiber's */
	struct channel_shared *memory; /* constant */
	void (*body)(void *argument);  /* the interrupter's */
	void *argument;
	struct sync_cond rung_by_child, rung_by_server, interrupts;
	struct sync_thread main, interrupter;
	bool child_rings, interrupted, killed, ended, has_interrupter;
};

static struct sync_mutex hub = SYNC_MUTEX_INITIALIZER(RANK_PARKER);
SYNC_GLOBAL(hub);
static struct sync_bed *beds;
SYNC_GLOBAL(beds);

struct served {
	struct sync_child *child;
};
SYNC_THREAD_LOCAL(struct served, served);

static void leave_hub(void *unused)
{
	(void)unused;
	sync_mutex_unlock(&hub);
}

static void enter_hub(void)
{
	sync_mutex_lock(&hub);
}

/* Whoever sleeps in a bed beside that child looks again. */
static void stir_locked(const struct sync_child *child)
{
	struct sync_bed *bed;

	for (bed = beds; bed; bed = bed->next)
		if (bed->child == child)
			sync_cond_signal(&bed->cond);
}

/* The child's own fibers. */

_Noreturn static void stop_being(void)
{
	engine.current->cleanups = NULL; /* as a process that is killed */
	fiber_exit();
}

/* By any fiber of a child, in the hub: whether it is alive. */
static void die_if_killed_locked(struct sync_child *child)
{
	if (!child->killed && !child->ended &&
	    scheduler_disturbed('x', engine.scenario->budget.child_deaths))
		child->killed = true;
	if (!child->killed && !child->ended)
		return;
	child->ended = true;
	sync_cond_signal(&child->rung_by_child);
	sync_cond_signal(&child->interrupts);
	stir_locked(child);
	leave_hub(NULL);
	stop_being();
}

static void child_main(void *argument)
{
	struct sync_child *child = argument;

	served()->child = child;
	if (!child_open(&child->child, child->memory))
		sync_served_exit(EXIT_FAILURE);
	child_serve(&child->child);
}

void sync_served_exit(int status)
{
	struct sync_child *child = served()->child;

	(void)status;
	enter_hub();
	child->ended = true;
	die_if_killed_locked(child);
	abort();
}

void sync_served_ring(void)
{
	struct sync_child *child = served()->child;

	enter_hub();
	die_if_killed_locked(child);
	child->child_rings = true;
	sync_cond_signal(&child->rung_by_child);
	stir_locked(child);
	leave_hub(NULL);
}

/* As a futex does: what is not waited for in the hub is not heard. */
void sync_served_await_ring(const sync_atomic(uint32_t) * word, uint32_t value)
{
	struct sync_child *child = served()->child;

	enter_hub();
	die_if_killed_locked(child);
	if (sync_load(word, seq_cst) == value)
		sync_cond_wait_until(&child->rung_by_server, &hub, SYNC_NEVER);
	die_if_killed_locked(child);
	leave_hub(NULL);
}

static void interrupter_main(void *argument)
{
	struct sync_child *child = argument;

	served()->child = child;
	child->body(child->argument);
}

int sync_served_start_interrupter(void (*body)(void *argument), void *argument)
{
	struct sync_child *child = served()->child;

	child->body = body;
	child->argument = argument;
	child->has_interrupter =
		!sync_thread_start(&child->interrupter, "interrupter", 0, interrupter_main, child);
	return child->has_interrupter ? 0 : EAGAIN;
}

void sync_served_await_interrupt(void)
{
	struct sync_child *child = served()->child;

	enter_hub();
	while (!child->interrupted && !child->ended && !child->killed)
		sync_cond_wait_until(&child->interrupts, &hub, SYNC_NEVER);
	if (child->ended || child->killed) {
		leave_hub(NULL);
		stop_being();
	}
	child->interrupted = false;
	leave_hub(NULL);
}

void sync_served_interrupt(void)
{
	sync_child_interrupt(served()->child);
}

const void *sync_served_find(const char *module, const char *symbol, const char **why)
{
	(void)module;
	(void)symbol;
	*why = "";
	return explore_child_ops;
}

const char *confine(const struct isolation_birth *birth, const char *user)
{
	(void)birth;
	(void)user;
	return NULL;
}

const char *confine_calls(const void *filter, size_t length)
{
	(void)filter;
	(void)length;
	return NULL;
}

bool explore_child_is_killed(void)
{
	return served()->child->killed;
}

void explore_await_child_kill(void)
{
	struct sync_child *child = served()->child;

	enter_hub();
	while (!child->killed)
		sync_cond_wait_until(&child->rung_by_server, &hub, SYNC_NEVER);
	die_if_killed_locked(child);
}

/* The server's side. */

const void *explore_child_ops;

/* Fibers have no place: who asks for one is told what the scenario says. */
int explore_placement;

int sync_place(const struct sync_placement *placement, long thread_id, const char **what)
{
	(void)thread_id;
	*what = "place";
	return placement->scheduling ? explore_placement : 0;
}

int sync_processor_missing(const struct sync_placement *placement)
{
	(void)placement;
	return -1;
}

const char *sync_child_program(void)
{
	return "a fiber";
}

int sync_child_check_program(void)
{
	return 0;
}

static int furnish(struct sync_child *child)
{
	child->memory = sync_alloc_lines(sizeof *child->memory);
	if (!child->memory)
		return ENOMEM;
	sync_cond_init(&child->rung_by_child);
	sync_cond_init(&child->rung_by_server);
	sync_cond_init(&child->interrupts);
	return 0;
}

int sync_child_start(struct sync_child **started, const struct sync_child_spec *spec, char *reason,
		     size_t size)
{
	struct sync_child *child = sync_alloc_lines(sizeof *child);
	char name[SYNC_THREAD_NAME_SIZE];
	int failed = child ? furnish(child) : ENOMEM;

	if (!failed) {
		snprintf(name, sizeof name, "child %.9s", spec->name);
		name[strcspn(name, "/")] =
			'.'; /* it dies as a process does, not as a worker's thread */
		failed = sync_thread_start(&child->main, name, 0, child_main, child);
	}
	if (!failed) {
		*started = child;
		return 0;
	}
	snprintf(reason, size, "child process: %d", failed);
	if (child)
		sync_free(child->memory);
	sync_free(child);
	return failed;
}

long sync_child_process_id(const struct sync_child *child)
{
	(void)child;
	return 1;
}

int sync_child_place(struct sync_child *child, const struct sync_placement *placement,
		     const char **what)
{
	(void)child;
	return sync_place(placement, 1, what);
}

void sync_child_close(struct sync_child *child)
{
	sync_child_kill(child);
	sync_thread_join(&child->main);
	if (child->has_interrupter)
		sync_thread_join(&child->interrupter);
	child_close(&child->child);
	sync_free(child->memory);
	sync_free(child);
}

void *sync_child_memory(struct sync_child *child)
{
	return child->memory;
}

bool sync_child_has_sealed(struct sync_child *child)
{
	(void)child;
	return true;
}

void sync_child_ring(struct sync_child *child, sync_atomic(uint32_t) * word)
{
	(void)word;
	enter_hub();
	sync_cond_signal(&child->rung_by_server);
	leave_hub(NULL);
}

void sync_child_interrupt(struct sync_child *child)
{
	enter_hub();
	child->interrupted = true;
	sync_cond_signal(&child->interrupts);
	leave_hub(NULL);
}

void sync_child_kill(struct sync_child *child)
{
	enter_hub();
	child->killed = true;
	sync_cond_signal(&child->rung_by_server);
	sync_cond_signal(&child->interrupts);
	leave_hub(NULL);
}

bool sync_child_await_ring(struct sync_child *child, uint64_t deadline)
{
	bool in_time = true;

	enter_hub();
	sync_cleanup_push(leave_hub, NULL);
	while (!child->child_rings && !child->ended && in_time)
		in_time = sync_cond_wait_until(&child->rung_by_child, &hub, deadline);
	in_time = child->child_rings || child->ended;
	child->child_rings = false;
	sync_cleanup_pop(1);
	return in_time;
}

bool sync_child_listen(struct sync_child *child)
{
	bool ended;

	enter_hub();
	ended = child->ended;
	leave_hub(NULL);
	return ended;
}

void sync_child_describe_end(struct sync_child *child, char *text, size_t size)
{
	(void)child;
	snprintf(text, size, "its process is dead");
}

/* Beds. */

static bool hears_locked(const struct sync_bed *bed)
{
	struct sync_child *child = bed->child;

	if (!child || bed->ears == EARS_SHUT)
		return false;
	if (bed->ears == EARS_RINGING && child->child_rings) {
		child->child_rings = false;
		return true;
	}
	return child->ended;
}

static bool sleep_in(struct parker_bed *parker_bed, uint64_t deadline)
{
	struct sync_bed *bed = (struct sync_bed *)parker_bed;
	bool in_time = true;

	enter_hub();
	while (!bed->is_woken && !(bed->heard = hears_locked(bed)) && in_time)
		in_time = sync_cond_wait_until(&bed->cond, &hub, deadline);
	bed->is_woken = false;
	leave_hub(NULL);
	return in_time;
}

static void wake_from(struct parker_bed *parker_bed)
{
	struct sync_bed *bed = (struct sync_bed *)parker_bed;

	enter_hub();
	bed->is_woken = true;
	sync_cond_signal(&bed->cond);
	leave_hub(NULL);
}

int sync_bed_init(struct sync_bed *bed)
{
	int failed = sync_cond_init(&bed->cond);

	if (failed)
		return failed;
	bed->parker_bed = (struct parker_bed){ sleep_in, wake_from };
	enter_hub();
	bed->next = beds;
	beds = bed;
	leave_hub(NULL);
	return 0;
}

int sync_bed_make(struct sync_bed *bed)
{
	bed->made = true;
	return 0;
}

void sync_bed_unmake(struct sync_bed *bed)
{
	bed->made = false;
}

void sync_bed_destroy(struct sync_bed *bed)
{
	struct sync_bed **place = &beds;

	enter_hub();
	while (*place != bed)
		place = &(*place)->next;
	*place = bed->next;
	leave_hub(NULL);
	sync_cond_destroy(&bed->cond);
}

/* No environment, and no sockets. */
void extension_load(struct pooltoy_supervisor *supervisor)
{
	(void)supervisor;
}
