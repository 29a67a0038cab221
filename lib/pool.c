/* SPDX-License-Identifier: MIT */
/* pool.c: the pool's memory, its states, its last reason. */
#include "pool.h"
#include "error.h"
#include "probe.h"
#include "supervisor_reference.h"

#include <assert.h>
#include <string.h>

/* For a waiter without a thread, and a task: what who has a thread does at each look (await_news), and as it leaves. */
static void reconsider(struct broker *broker)
{
	pool_reconsider(
		(struct pooltoy_pool *)((char *)broker - offsetof(struct pooltoy_pool, broker)));
}

void pool_config_free(struct pool_config *config)
{
	isolation_free(config->isolation);
	sync_free(config->placement.cpus);
}

/* As its configuration has it, and its figures at the start. False: no memory. */
static bool set_up_broker(struct pooltoy_pool *pool, const struct pool_config *config)
{
	struct broker *broker = &pool->broker;

	if (!broker_init(broker, config->strategy, pool_slots_for(config->max_workers),
			 pool->kind->size, config->starvation, sync_now))
		return false;
	atomic_init(&broker->max_overflow, (int)config->max_overflow);
	if (health_is_watched(&config->health))
		broker->calm = INT_MIN; /* whatever is given back is looked at */
	broker->overflow_lingers = config->overflow_ttl > 0;
	broker->queue.overload.max_waiters = config->max_queue;
	broker->queue.overload.target = config->queue_target;
	broker->queue.overload.interval = config->queue_interval;
	broker->wake = pool->kind->wake;
	if (config->health.validate_after > 0)
		broker->fits = pool->kind->fits;
	broker->reconsider = reconsider;
	return true;
}

static void set_up_crew(struct pooltoy_pool *pool, const struct pool_config *config)
{
	struct crew *crew = &pool->crew;

	backoff_init(&crew->start_backoff, config->backoff_min, config->backoff_max);
	crew->held_to = SYNC_NEVER;
	crew->bounds = (struct pool_bounds){ config->size, config->max_overflow };
	atomic_init(&pool->elasticity.bounds, elasticity_word(crew->bounds));
	atomic_init(&pool->elasticity.kept, config->lazy ? 0 : config->size);
}

int pool_create(const struct pool_config *config, const struct slot_kind *kind,
		struct pooltoy_pool **pool)
{
	struct pooltoy_pool *made = sync_alloc_lines(sizeof *made);

	if (!made)
		return POOLTOY_ENOMEM;
	made->fork_epoch = sync_fork_epoch();
	made->config = *config;
	made->kind = kind;
	set_up_crew(made, config);
	atomic_init(&made->stop_deadline, SYNC_NEVER);
	atomic_init(&made->start_result, 1);
	atomic_init(&made->users, 1);
	atomic_init(&made->references, 1);
	if (!set_up_broker(made, config))
		goto no_broker;
	if (!restart_policy_init(&made->policy, config->max_restarts, config->restart_period,
				 &made->crew.start_backoff, config->give_up_after))
		goto no_policy;
	if (actor_init(&made->manager))
		goto no_manager;
	made->manager.mailbox.parker.max_spins = config->max_spins;
	if (sync_mutex_init(&made->reason_lock, RANK_REASON))
		goto no_lock;
	if (deadlines_init(&made->deadlines))
		goto no_deadlines;
	if (sync_mutex_init(&made->withholding, RANK_WITHHOLDING))
		goto no_withholding;
	if (ready_init(&made->ready))
		goto no_ready;
	*pool = made;
	return POOLTOY_OK;

no_ready:
	sync_mutex_destroy(&made->withholding);
no_withholding:
	deadlines_destroy(&made->deadlines);
no_deadlines:
	sync_mutex_destroy(&made->reason_lock);
no_lock:
	actor_destroy(&made->manager);
no_manager:
	restart_policy_destroy(&made->policy);
no_policy:
	broker_destroy(&made->broker);
no_broker:
	sync_free(made);
	return POOLTOY_ENOMEM;
}

static void pool_destroy(struct pooltoy_pool *pool)
{
	struct pooltoy_supervisor *supervisor = pool->supervisor;
	unsigned index = slot_table_count(&pool->broker.slots);

	while (index-- > 0)
		pool->kind->dispose(slot_table_at(&pool->broker.slots, index));
	ready_destroy(&pool->ready);
	sync_mutex_destroy(&pool->withholding);
	deadlines_destroy(&pool->deadlines);
	sync_mutex_destroy(&pool->reason_lock);
	actor_destroy(&pool->manager);
	restart_policy_destroy(&pool->policy);
	broker_destroy(&pool->broker);
	pool_config_free(&pool->config);
	sync_free(sync_load(&pool->present, relaxed));
	sync_free(pool);
	if (supervisor)
		supervisor_unref(supervisor);
}

void pool_ref(struct pooltoy_pool *pool)
{
	sync_fetch_add(&pool->references, 1, relaxed);
}

void pool_unref(struct pooltoy_pool *pool)
{
	/* Release: what was done with the pool comes before; acquire: before it is freed. */
	if (sync_fetch_sub(&pool->references, 1, acq_rel) == 1)
		pool_destroy(pool);
}

void pool_thread_starts(struct pooltoy_pool *pool)
{
	pool_ref(pool);
	sync_fetch_add(&pool->users, 1, relaxed);
}

bool pool_settle_stop(struct pooltoy_pool *pool, enum stop_outcome outcome)
{
	int pending = STOP_PENDING;
	unsigned i;

	if (!sync_cas(&pool->stop_outcome, &pending, outcome, seq_cst))
		return false;
	/*
	 * Sequentially consistent, as in pool_await_stop: either it is seen there, or the parker
	 * here.
	 */
	for (i = 0; i < sizeof pool->stoppers / sizeof pool->stoppers[0]; i++) {
		struct parker *parker = sync_load(&pool->stoppers[i], seq_cst);

		if (parker)
			parker_unpark(parker);
	}
	return true;
}

enum stop_outcome pool_await_stop(struct pooltoy_pool *pool, enum stopper stopper,
				  struct parker *parker, uint64_t deadline)
{
	int outcome;

	sync_store(&pool->stoppers[stopper], parker, seq_cst);
	while ((outcome = sync_load(&pool->stop_outcome, seq_cst)) == STOP_PENDING)
		if (!parker_park(parker, deadline))
			break;
	return (enum stop_outcome)outcome;
}

void pool_release_argument(struct pooltoy_pool *pool)
{
	if (pool->config.release)
		pool->config.release(pool->config.argument);
}

void pool_drop_user(struct pooltoy_pool *pool)
{
	if (sync_fetch_sub(&pool->users, 1, acq_rel) == 1 && !pool_settle_stop(pool, STOP_CLEAN))
		pool_release_argument(pool); /* it was stuck, and the stopper has gone */
}

void pool_thread_joined(void *pool)
{
	pool_drop_user(pool);
	pool_unref(pool);
}

int pool_refuse_fork(const struct pooltoy_pool *pool)
{
	return error_set(POOLTOY_EFORKED, "pool \"%s\": its threads are in the process that forked",
			 pool->config.name);
}

static bool is_in_locked(struct pooltoy_pool *pool, unsigned states)
{
	return states >> sync_load(&pool->state, relaxed) & 1;
}

static void enter_locked(struct pooltoy_pool *pool, enum pool_state state, int code,
			 struct settled *refused)
{
	struct checkout_queue *queue = &pool->broker.queue;

	/* Pairs with pool_state; sequentially consistent: with task_refusal. */
	sync_store(&pool->state, state, seq_cst);
	if (state == POOL_BACKOFF || state == POOL_FAILED)
		actor_pardon(&pool->manager); /* kills come late: the next one waits */
	if (code)
		checkout_queue_close_locked(queue, code, refused);
	else
		checkout_queue_open_locked(queue);
}

bool pool_change_state(struct pooltoy_pool *pool, unsigned from, enum pool_state to, int code)
{
	struct settled refused = SETTLED_INIT(&refused);
	bool changed;

	sync_mutex_lock(&pool->broker.queue.lock);
	changed = is_in_locked(pool, from);
	if (changed)
		enter_locked(pool, to, code, &refused);
	sync_mutex_unlock(&pool->broker.queue.lock);
	settled_tell(&refused);
	return changed;
}

bool pool_revive(struct pooltoy_pool *pool)
{
	bool revived;

	sync_mutex_lock(&pool->broker.queue.lock);
	revived = is_in_locked(pool, 1u << POOL_FAILED | 1u << POOL_BACKOFF);
	if (revived) {
		/* First, so that the next death finds it: the past is forgotten then. */
		sync_store(&pool->revived, true, release);
		enter_locked(pool, POOL_RUNNING, 0, NULL); /* which refuses nobody */
	}
	sync_mutex_unlock(&pool->broker.queue.lock);
	return revived;
}

enum pool_state pool_kill_manager(struct pooltoy_pool *pool)
{
	enum pool_state state;

	/* Under the lock of changes of state: one that waits in backoff, or for a revival, is not hit. */
	sync_mutex_lock(&pool->broker.queue.lock);
	state = sync_load(&pool->state, relaxed);
	if (state == POOL_RUNNING)
		actor_kill(&pool->manager);
	sync_mutex_unlock(&pool->broker.queue.lock);
	return state;
}

unsigned pool_count_up(struct pooltoy_pool *pool)
{
	unsigned count = slot_table_count(&pool->broker.slots), index, up = 0;

	for (index = 0; index < count; index++) {
		slot_word word = slot_look(slot_table_at(&pool->broker.slots, index));
		enum slot_state state = slot_word_state(word);

		up += state == SLOT_IDLE || state == SLOT_LEASED || state == SLOT_RESETTING ||
		      state == SLOT_SERVING;
	}
	return up;
}

struct monitor_table pool_monitors(struct pooltoy_pool *pool)
{
	struct monitor_table monitors = { 0 };
	struct instance *present;

	sync_rcu_read_lock();
	present =
		sync_load(&pool->present, acquire); /* pairs with the exchange in begin_instance */
	if (present)
		monitors = present->monitors;
	sync_rcu_read_unlock();
	return monitors;
}

void pool_wake_manager(struct pooltoy_pool *pool)
{
	mailbox_post(&pool->manager.mailbox, &pool->demand);
}

void pool_reconsider(struct pooltoy_pool *pool)
{
	struct broker *broker = &pool->broker;

	if (pool_may_grow(pool) &&
	    (checkout_queue_waited_for(&broker->queue) || broker_has_tasks(broker)))
		pool_wake_manager(pool);
	else
		pool_report_surplus(pool);
}

void pool_report_tasks(struct pooltoy_pool *pool)
{
	/* After READY: pairs with broker_drop_overflow, after which the manager looks at the tasks. */
	if (!pool_may_grow(pool))
		return;
	/* A message that is still to be taken will do; sequentially consistent, as mailbox_take. */
	if (!sync_load(&pool->demand.posted, seq_cst))
		pool_wake_manager(pool);
}

void pool_set_reason(struct pooltoy_pool *pool, const char *reason)
{
	sync_mutex_lock(&pool->reason_lock);
	strncpy(pool->reason, reason, sizeof pool->reason - 1);
	sync_mutex_unlock(&pool->reason_lock);
}

void pool_get_reason(struct pooltoy_pool *pool, char *reason, size_t size)
{
	sync_mutex_lock(&pool->reason_lock);
	strncpy(reason, pool->reason, size - 1);
	reason[size - 1] = 0;
	sync_mutex_unlock(&pool->reason_lock);
}

static enum pooltoy_severity severity_of(enum pooltoy_event_type type)
{
	switch (type) {
	case POOLTOY_EVENT_POOL_FAILED:
	case POOLTOY_EVENT_WORKER_QUARANTINED:
		return POOLTOY_ERROR;
	case POOLTOY_EVENT_POOL_CRASHED:
	case POOLTOY_EVENT_POOL_RESTARTED: /* who read of the crash wants to know */
	case POOLTOY_EVENT_POOL_BACKOFF:
	case POOLTOY_EVENT_WORKER_START_FAILED:
	case POOLTOY_EVENT_WORKER_DIED:
	case POOLTOY_EVENT_WORKER_RESET:
	case POOLTOY_EVENT_CLIENT_DIED:
	case POOLTOY_EVENT_LEASE_OVERDUE:
	case POOLTOY_EVENT_CLIENT_OVER_QUOTA:
	case POOLTOY_EVENT_SUPERVISOR_RESTARTED:
	case POOLTOY_EVENT_POOL_OVERLOADED:
	case POOLTOY_EVENT_POOL_RELIEVED:
		return POOLTOY_WARNING;
	default:
		return POOLTOY_INFO;
	}
}

struct pooltoy_event pool_event(struct pooltoy_pool *pool, enum pooltoy_event_type type, int worker,
				uint64_t duration, const char *reason)
{
	return (struct pooltoy_event){ .type = type,
				       .severity = severity_of(type),
				       .pool = pool->config.name,
				       .worker = worker,
				       .instance = figure_load(&pool->instance),
				       .time_ns = sync_now(),
				       .duration_ns = duration,
				       .reason = reason };
}

void pool_emit(struct pooltoy_pool *pool, enum pooltoy_event_type type, int worker,
	       uint64_t duration, const char *reason)
{
	struct pooltoy_event event = pool_event(pool, type, worker, duration, reason);

	if (type == POOLTOY_EVENT_POOL_CRASHED || type == POOLTOY_EVENT_WORKER_DIED)
		PROBE(crash, pool->config.name, worker, reason);
	if (type == POOLTOY_EVENT_POOL_RESTARTED)
		PROBE(restart, pool->config.name, event.instance, duration);
	notifier_emit(pool->notifier, &event);
}
