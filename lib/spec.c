/* SPDX-License-Identifier: MIT */
/* spec.c: checking specifications, and filling in their defaults. */
#include "spec.h"
#include "deadline.h"
#include "error.h"
#include "isolation.h"
#include "proxy.h"
#include "spec_copy.h"

#include <stdio.h>
#include <string.h>

/* 0 is the default, POOLTOY_NONE nothing; anything else below is an error, which is remembered. */
static unsigned number(int given, int otherwise, bool none_allowed, const char *field,
		       const char **wrong)
{
	if (given == POOLTOY_NONE && none_allowed)
		return 0;
	if (given < 0)
		*wrong = field;
	return (unsigned)(given > 0 ? given : otherwise);
}

#define NUMBER(field, otherwise) number(spec->field, otherwise, true, #field, &wrong)
/* 0 is no limit. */
#define LIMIT(field)                   (spec->field == 0 ? UINT_MAX : number(spec->field, 0, false, #field, &wrong))
#define MILLISECONDS(field, otherwise) ((uint64_t)NUMBER(field, otherwise) * NS_PER_MS)
/* A pool that tries again without a pause would do nothing else. */
#define AT_LEAST_1_MS(field, otherwise) \
	(spec->field == POOLTOY_NONE ? (uint64_t)NS_PER_MS : MILLISECONDS(field, otherwise))

enum {
	WORKERS_MAX = 1000000,
	ROOM_FOR_WORKERS = 1024, /* unless more is asked for: some 1.3 KB */
	RESTARTS_MAX = 1000000,
	TASKS_MAX = 1048576,
	STACK_MIN = 131072, /* the largest minimum of an architecture: arm64's */
	GUARD_MAX = 1 << 30,
	CPUS_SIZE_MAX = 8192
};

static int copy_name(const char *given, char *name)
{
	if (!given || !given[0])
		return error_set(POOLTOY_EINVAL, "pool: it has no name");
	if (strlen(given) >= POOL_NAME_SIZE)
		return error_set(POOLTOY_EINVAL,
				 "pool \"%.*s...\": its name has more than %d bytes",
				 POOL_NAME_SIZE - 1, given, POOL_NAME_SIZE - 1);
	memcpy(name, given, strlen(given) + 1);
	return POOLTOY_OK;
}

static int copy_ops(const struct pooltoy_worker_ops *given, struct pool_config *config)
{
	char what[POOL_NAME_SIZE + 32];

	if (!given)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": it has no worker", config->name);
	snprintf(what, sizeof what, "pool \"%s\": worker", config->name);
	return spec_copy(&config->ops, sizeof config->ops, given, what);
}

/* Last, since it takes memory. */
static int isolate(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	const struct pooltoy_worker_ops own = config->ops;
	bool wanted = spec->isolation == POOLTOY_PROCESS;

	if (!wanted && (spec->limits || spec->module || spec->symbol || spec->argument_length))
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": limits, module, symbol and argument_length are for "
				 "workers in child processes alone (isolation)",
				 config->name);
	if (!wanted)
		return POOLTOY_OK;
	if (spec->stack_signal)
		return error_set(
			POOLTOY_EINVAL,
			"pool \"%s\": stack_signal is for threads: a child process that is "
			"stuck is killed (isolation)",
			config->name);
	config->ops = proxy_ops(&own);
	return isolation_make(spec, &own, &config->isolation);
}

/* Processors and scheduling. */

static bool is_out_of_range(const struct pooltoy_pool_spec *spec, const char **field)
{
	bool real_time =
		     spec->scheduling == POOLTOY_SCHED_FIFO || spec->scheduling == POOLTOY_SCHED_RR,
	     nice = spec->scheduling == POOLTOY_SCHED_OTHER ||
		    spec->scheduling == POOLTOY_SCHED_BATCH;

	*field = NULL;
	if (spec->guard_size > GUARD_MAX)
		*field = "guard_size";
	if ((spec->cpus == NULL) != (spec->cpus_size == 0) || spec->cpus_size > CPUS_SIZE_MAX)
		*field = "cpus_size";
	if ((unsigned)spec->scheduling > POOLTOY_SCHED_RR)
		*field = "scheduling";
	if (real_time ? spec->priority < 1 || spec->priority > 99 : spec->priority != 0)
		*field = "priority";
	if (nice ? spec->nice < -20 || spec->nice > 19 : spec->nice != 0)
		*field = "nice";
	return *field != NULL;
}

/* Whole words, as the kernel has them. */
static int copy_cpus(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	struct sync_placement *placement = &config->placement;
	const unsigned char *bytes = spec->cpus;
	unsigned i;

	if (!spec->cpus)
		return POOLTOY_OK;
	for (i = 0; i < spec->cpus_size && bytes[i] == 0; i++)
		;
	if (i == spec->cpus_size)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": its set of processors is empty",
				 config->name);
	placement->cpus_size = (spec->cpus_size + sizeof(long) - 1) / sizeof(long) * sizeof(long);
	placement->cpus = sync_alloc(placement->cpus_size);
	if (!placement->cpus)
		return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory for its specification",
				 config->name);
	memcpy(placement->cpus, spec->cpus, spec->cpus_size);
	return POOLTOY_OK;
}

static int place(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	const char *wrong;

	if (is_out_of_range(spec, &wrong))
		return error_set(POOLTOY_EINVAL, "pool \"%s\": %s is out of range", config->name,
				 wrong);
	if (spec->guard_size > 0 && spec->isolation == POOLTOY_PROCESS)
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": guard_size is for threads: the system guards the "
				 "stack of a child process (isolation)",
				 config->name);
	config->guard_size = spec->guard_size;
	config->placement.scheduling = spec->scheduling;
	config->placement.priority = spec->priority;
	config->placement.nice = spec->nice;
	return copy_cpus(spec, config);
}

/* How many workers it is to have, and may have after a resize. */
static const char *take_bounds(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	const char *wrong = NULL;
	unsigned first;

	config->size = number(spec->size, 0, false, "size", &wrong);
	config->max_overflow = number(spec->max_overflow, 0, true, "max_overflow", &wrong);
	if (config->size > WORKERS_MAX || config->max_overflow > WORKERS_MAX)
		wrong = "size or max_overflow";
	first = config->size + config->max_overflow;
	config->max_workers =
		number(spec->max_workers, first > ROOM_FOR_WORKERS ? (int)first : ROOM_FOR_WORKERS,
		       false, "max_workers", &wrong);
	config->min_size = spec->min_size == 0
				   ? UINT_MAX
				   : number(spec->min_size, 0, true, "min_size", &wrong);
	if (spec->min_size > (int)config->size)
		wrong = "min_size";
	config->lazy = spec->lazy != 0;
	config->max_starting = spec->max_starting == 0 ? UINT_MAX
						       : number(spec->max_starting, 0, false,
								"max_starting", &wrong);
	if (!wrong && (config->max_workers < first || config->max_workers > 2 * WORKERS_MAX))
		wrong = "max_workers";
	return wrong;
}

/* Numbers and choices. */
static int take_plain_fields(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	const char *wrong = take_bounds(spec, config);

	if ((unsigned)spec->strategy > POOLTOY_FIFO)
		wrong = "strategy";
	if ((unsigned)spec->on_client_death > POOLTOY_REPLACE)
		wrong = "on_client_death";
	if ((unsigned)spec->isolation > POOLTOY_PROCESS)
		wrong = "isolation";
	config->strategy = spec->strategy == POOLTOY_LIFO   ? BROKER_LIFO
			   : spec->strategy == POOLTOY_FIFO ? BROKER_FIFO
							    : BROKER_AFFINE;
	config->replace_on_client_death = spec->on_client_death == POOLTOY_REPLACE;
	config->exclusive = spec->exclusive != 0;
	config->max_restarts = NUMBER(max_restarts, 3);
	config->max_casts = NUMBER(max_casts, 64);
	config->max_tasks = NUMBER(max_tasks, 1024);
	config->max_spins = NUMBER(max_spins, PARKER_MAX_SPINS);
	config->restart_period = MILLISECONDS(restart_period, 5000);
	config->give_up_after = MILLISECONDS(give_up_after, 60000);
	config->backoff_min = AT_LEAST_1_MS(backoff_min, 100);
	config->backoff_max = AT_LEAST_1_MS(backoff_max, 10000);
	config->shutdown = MILLISECONDS(shutdown, 5000);
	config->grace = MILLISECONDS(grace, 1000);
	config->starvation = (uint64_t)NUMBER(starvation_us, 1000) * NS_PER_US;
	config->stack_size = spec->stack_size;
	config->max_queue = spec->max_queue == 0 ? UINT_MAX : NUMBER(max_queue, 0);
	config->max_leases_per_client = LIMIT(max_leases_per_client);
	config->max_waiters_per_client = LIMIT(max_waiters_per_client);
	config->queue_target = MILLISECONDS(queue_target, 0);
	config->idle_ttl = MILLISECONDS(idle_ttl, 0);
	config->overflow_ttl = MILLISECONDS(overflow_ttl, 0);
	config->lease_limit = MILLISECONDS(lease_limit, 0);
	config->lease_reclaim = spec->lease_reclaim != 0;
	config->lease_backtrace = spec->lease_backtrace != 0;
	config->max_quarantined =
		spec->max_quarantined == 0 ? UINT_MAX : NUMBER(max_quarantined, 0);
	config->stack_signal = (int)number(spec->stack_signal, 0, false, "stack_signal", &wrong);
	config->stack_wait = MILLISECONDS(stack_wait, 50);
	config->queue_interval = AT_LEAST_1_MS(queue_interval, 1000);
	if (config->max_restarts > RESTARTS_MAX)
		wrong = "max_restarts";
	if (config->max_tasks > TASKS_MAX)
		wrong = "max_tasks";
	if (config->stack_size > 0 && config->stack_size < STACK_MIN)
		wrong = "stack_size";
	if (wrong)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": %s is out of range", config->name,
				 wrong);
	return POOLTOY_OK;
}

static int take_health(const struct pooltoy_pool_spec *spec, struct pool_config *config)
{
	struct health_limits *health = &config->health;
	const char *wrong = NULL;

	health->max_lifetime = MILLISECONDS(max_lifetime, 0);
	health->lifetime_jitter = NUMBER(lifetime_jitter, 10);
	health->max_uses = NUMBER(max_uses, 0);
	health->ping_interval = MILLISECONDS(ping_interval, 0);
	health->ping_timeout = AT_LEAST_1_MS(ping_timeout, 5000);
	health->validate_after = MILLISECONDS(validate_after, 0);
	if (health->lifetime_jitter > 99)
		wrong = "lifetime_jitter";
	if (!wrong && (health->ping_interval > 0 || health->validate_after > 0) &&
	    !config->ops.ping)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": %s: its worker has no ping",
				 config->name,
				 health->ping_interval > 0 ? "ping_interval" : "validate_after");
	return wrong ? error_set(POOLTOY_EINVAL, "pool \"%s\": %s is out of range", config->name,
				 wrong)
		     : POOLTOY_OK;
}

int spec_to_config(const struct pooltoy_pool_spec *given, struct pool_config *config)
{
	struct pooltoy_pool_spec spec;
	int code = given ? spec_copy(&spec, sizeof spec, given, "pool specification")
			 : error_set(POOLTOY_EINVAL, "pool specification: it is NULL");

	memset(config, 0, sizeof *config);
	if (!code)
		code = copy_name(spec.name, config->name);
	if (!code)
		code = copy_ops(spec.worker, config);
	if (code)
		return code;
	config->argument = spec.argument;
	config->release = spec.release;
	code = take_plain_fields(&spec, config);
	if (!code)
		code = take_health(&spec, config);
	if (!code)
		code = isolate(&spec, config);
	if (!code)
		code = place(&spec, config);
	if (code)
		pool_config_free(config);
	return code;
}
