/* SPDX-License-Identifier: MIT */
/* test_spec.c: specifications of older and newer headers, defaults, and what is out of range. */
#include "support/suite.h"
#include "spec.h"
#include "error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)

static int answer(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	(void)self;
	(void)state;
	(void)request;
	(void)length;
	return 0;
}

static const struct pooltoy_worker_ops ops = POOLTOY_WORKER_OPS(.handle_call = answer);

static int ping(struct pooltoy_worker *self, void *state)
{
	(void)self;
	(void)state;
	return 0;
}

static const struct pooltoy_worker_ops pinged_ops =
	POOLTOY_WORKER_OPS(.handle_call = answer, .ping = ping);

static const struct pooltoy_pool_spec minimal = { .struct_size = sizeof(struct pooltoy_pool_spec),
						  .name = "poolio",
						  .worker = &ops };

static int check(const struct pooltoy_pool_spec *spec)
{
	struct pool_config config;

	return spec_to_config(spec, &config);
}

static void a_name_and_a_worker_are_enough(void)
{
	struct pool_config config;

	CU_ASSERT_EQUAL_FATAL(spec_to_config(&minimal, &config), POOLTOY_OK);
	CU_ASSERT_STRING_EQUAL(config.name, "poolio");
	CU_ASSERT_PTR_EQUAL(config.ops.handle_call, answer);
	CU_ASSERT_PTR_NULL(config.ops.init);
	CU_ASSERT_EQUAL(config.size, 0);
	CU_ASSERT_EQUAL(config.max_overflow, 0);
	CU_ASSERT_EQUAL(config.strategy, BROKER_AFFINE);
	CU_ASSERT_FALSE(config.replace_on_client_death);
	CU_ASSERT_FALSE(config.exclusive);
	CU_ASSERT_EQUAL(config.stack_size, 0);
}

static void the_defaults_are_those_of_the_header(void)
{
	struct pool_config config;

	CU_ASSERT_EQUAL_FATAL(spec_to_config(&minimal, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.max_restarts, 3);
	CU_ASSERT_EQUAL(config.restart_period, 5000 * MS);
	CU_ASSERT_EQUAL(config.backoff_min, 100 * MS);
	CU_ASSERT_EQUAL(config.backoff_max, 10000 * MS);
	CU_ASSERT_EQUAL(config.give_up_after, 60000 * MS);
	CU_ASSERT_EQUAL(config.shutdown, 5000 * MS);
	CU_ASSERT_EQUAL(config.grace, 1000 * MS);
	CU_ASSERT_EQUAL(config.starvation, 1 * MS);
	CU_ASSERT_EQUAL(config.max_casts, 64);
	CU_ASSERT_EQUAL(config.max_tasks, 1024);
	CU_ASSERT_EQUAL(config.max_spins, 2000);
	CU_ASSERT_EQUAL(config.max_queue, UINT_MAX);
	CU_ASSERT_EQUAL(config.max_leases_per_client, UINT_MAX);
	CU_ASSERT_EQUAL(config.max_waiters_per_client, UINT_MAX);
	CU_ASSERT_FALSE(pool_config_has_quotas(&config));
	CU_ASSERT_EQUAL(config.queue_target, 0);
	CU_ASSERT_EQUAL(config.queue_interval, 1000 * MS);
	CU_ASSERT_EQUAL(config.max_workers, 1024);
	CU_ASSERT_EQUAL(config.max_starting, UINT_MAX);
	CU_ASSERT_FALSE(health_is_limited(&config.health));
	CU_ASSERT_EQUAL(config.health.lifetime_jitter, 10);
	CU_ASSERT_FALSE(config.lazy);
	CU_ASSERT_EQUAL(config.min_size, UINT_MAX);
	CU_ASSERT_EQUAL(config.idle_ttl | config.overflow_ttl, 0);
	CU_ASSERT_EQUAL(config.health.ping_interval, 0);
	CU_ASSERT_EQUAL(config.health.ping_timeout, 5000 * MS);
	CU_ASSERT_EQUAL(config.max_quarantined, UINT_MAX);
	CU_ASSERT_EQUAL(config.stack_signal, 0);
	CU_ASSERT_EQUAL(config.stack_wait, 50 * MS);
}

static void the_size_that_is_given_is_taken_as_it_is(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;
	int argument;

	spec.argument = &argument;
	spec.release = free;
	spec.size = 4;
	spec.max_overflow = 2;
	spec.on_client_death = POOLTOY_REPLACE;
	spec.exclusive = 7;
	spec.max_workers = 25;
	spec.max_starting = 26;
	spec.lazy = 32;
	spec.min_size = 3;
	spec.idle_ttl = 33;
	spec.overflow_ttl = 34;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_PTR_EQUAL(config.argument, &argument);
	CU_ASSERT_PTR_EQUAL(config.release, free);
	CU_ASSERT(config.size == 4 && config.max_overflow == 2);
	CU_ASSERT(config.replace_on_client_death);
	CU_ASSERT(config.exclusive);
	CU_ASSERT_EQUAL(config.max_workers, 25);
	CU_ASSERT_EQUAL(config.max_starting, 26);
	CU_ASSERT(config.lazy);
	CU_ASSERT_EQUAL(config.min_size, 3);
	CU_ASSERT_EQUAL(config.idle_ttl, 33 * MS);
	CU_ASSERT_EQUAL(config.overflow_ttl, 34 * MS);
}

static void what_is_given_for_failures_is_taken_as_it_is(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	spec.max_restarts = 11;
	spec.restart_period = 12;
	spec.backoff_min = 13;
	spec.backoff_max = 14;
	spec.give_up_after = 15;
	spec.shutdown = 16;
	spec.grace = 17;
	spec.stack_size = 131072;
	spec.max_quarantined = 38;
	spec.stack_signal = 39;
	spec.stack_wait = 40;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.max_restarts, 11);
	CU_ASSERT_EQUAL(config.restart_period, 12 * MS);
	CU_ASSERT_EQUAL(config.backoff_min, 13 * MS);
	CU_ASSERT_EQUAL(config.backoff_max, 14 * MS);
	CU_ASSERT_EQUAL(config.give_up_after, 15 * MS);
	CU_ASSERT_EQUAL(config.shutdown, 16 * MS);
	CU_ASSERT_EQUAL(config.grace, 17 * MS);
	CU_ASSERT_EQUAL(config.stack_size, 131072);
	CU_ASSERT_EQUAL(config.max_quarantined, 38);
	CU_ASSERT_EQUAL(config.stack_signal, 39);
	CU_ASSERT_EQUAL(config.stack_wait, 40 * MS);
}

static void the_bounds_that_are_given_are_taken_as_they_are(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	spec.starvation_us = 18;
	spec.max_casts = 19;
	spec.max_tasks = 20;
	spec.max_spins = 21;
	spec.max_queue = 22;
	spec.queue_target = 23;
	spec.queue_interval = 24;
	spec.max_leases_per_client = 30;
	spec.max_waiters_per_client = 31;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.starvation, 18 * MS / 1000);
	CU_ASSERT_EQUAL(config.max_casts, 19);
	CU_ASSERT_EQUAL(config.max_tasks, 20);
	CU_ASSERT_EQUAL(config.max_spins, 21);
	CU_ASSERT_EQUAL(config.max_queue, 22);
	CU_ASSERT_EQUAL(config.queue_target, 23 * MS);
	CU_ASSERT_EQUAL(config.queue_interval, 24 * MS);
	CU_ASSERT_EQUAL(config.max_leases_per_client, 30);
	CU_ASSERT_EQUAL(config.max_waiters_per_client, 31);
	CU_ASSERT(pool_config_has_quotas(&config));
}

static void what_is_given_for_health_is_taken_as_it_is(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	spec.max_lifetime = 27;
	spec.lifetime_jitter = 28;
	spec.max_uses = 29;
	spec.worker = &pinged_ops;
	spec.ping_interval = 35;
	spec.ping_timeout = 36;
	spec.validate_after = 37;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.health.max_lifetime, 27 * MS);
	CU_ASSERT_EQUAL(config.health.lifetime_jitter, 28);
	CU_ASSERT_EQUAL(config.health.max_uses, 29);
	CU_ASSERT_EQUAL(config.health.ping_interval, 35 * MS);
	CU_ASSERT_EQUAL(config.health.ping_timeout, 36 * MS);
	CU_ASSERT_EQUAL(config.health.validate_after, 37 * MS);
}

static void strategies_are_told_apart(void)
{
	static const enum broker_strategy wanted[] = { BROKER_AFFINE, BROKER_LIFO, BROKER_FIFO };
	static const enum pooltoy_strategy given[] = { POOLTOY_AFFINE, POOLTOY_LIFO, POOLTOY_FIFO };
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;
	unsigned i;

	for (i = 0; i < 3; i++) {
		spec.strategy = given[i];
		CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
		CU_ASSERT_EQUAL(config.strategy, wanted[i]);
	}
}

/* The fields for which 0 is a default, and POOLTOY_NONE an explicit zero. */
struct field {
	const char *name;
	size_t given;
};
#define FIELD(name) \
	{ \
#name, offsetof(struct pooltoy_pool_spec, name) \
	}
static const struct field none_fields[] = {
	FIELD(max_overflow),    FIELD(max_restarts),  FIELD(max_casts),      FIELD(restart_period),
	FIELD(give_up_after),   FIELD(backoff_min),   FIELD(backoff_max),    FIELD(shutdown),
	FIELD(grace),           FIELD(starvation_us), FIELD(max_tasks),      FIELD(max_spins),
	FIELD(max_queue),       FIELD(queue_target),  FIELD(queue_interval), FIELD(max_lifetime),
	FIELD(lifetime_jitter), FIELD(min_size),      FIELD(idle_ttl),       FIELD(overflow_ttl),
	FIELD(ping_interval),   FIELD(ping_timeout),  FIELD(max_uses),       FIELD(validate_after)
};
enum { NONE_FIELDS = sizeof none_fields / sizeof none_fields[0] };

static int *field_of(struct pooltoy_pool_spec *spec, const struct field *field)
{
	return (int *)(void *)((char *)spec + field->given);
}

static void none_is_an_explicit_zero(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;
	unsigned i;

	for (i = 0; i < NONE_FIELDS; i++)
		*field_of(&spec, &none_fields[i]) = POOLTOY_NONE;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.max_overflow + config.max_restarts + config.max_casts +
				config.max_tasks + config.max_spins + config.max_queue +
				config.min_size,
			0);
	CU_ASSERT_EQUAL(config.restart_period | config.give_up_after, 0);
	CU_ASSERT_EQUAL(config.shutdown | config.grace | config.starvation, 0);
	/* But nothing is tried again without a pause. */
	CU_ASSERT_EQUAL(config.backoff_min, 1000000u);
	CU_ASSERT_EQUAL(config.backoff_max, 1000000u);
	CU_ASSERT_EQUAL(config.queue_target | config.idle_ttl | config.overflow_ttl, 0);
	CU_ASSERT_EQUAL(config.queue_interval, 1000000u);
}

static void the_message_names_the_pool_and_the_field_that_is_out_of_range(void)
{
	/* Those for which 0 is none. */
	static const struct field others[] = { FIELD(size), FIELD(max_leases_per_client),
					       FIELD(max_waiters_per_client) };
	struct pooltoy_pool_spec spec;
	char wanted[100];
	unsigned i;

	for (i = 0; i < NONE_FIELDS + 3; i++) {
		const struct field *field =
			i < NONE_FIELDS ? &none_fields[i] : &others[i - NONE_FIELDS];

		spec = minimal;
		*field_of(&spec, field) = i < NONE_FIELDS ? POOLTOY_NONE - 1 : POOLTOY_NONE;
		CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
		snprintf(wanted, sizeof wanted, "pool \"poolio\": %s is out of range", field->name);
		CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), wanted);
	}
}

static void more_workers_than_a_pool_can_have_are_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.size = spec.max_overflow = 1000000;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.size = 1000001;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "size"));
	spec = minimal;
	spec.max_overflow = 1000001;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "max_overflow"));
}

static void a_minimum_is_at_most_the_size(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.size = spec.min_size = 3;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.min_size = 4;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool \"poolio\": min_size is out of range");
}

static void there_is_room_for_all_that_may_be_asked_for(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	spec.size = 1000;
	spec.max_overflow = 25;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.max_workers, 1025);
	spec.max_workers = 1025;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.max_workers = 1024;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(),
			       "pool \"poolio\": max_workers is out of range");
	spec.max_workers = 2000000;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.max_workers = 2000001;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	spec.max_workers = POOLTOY_NONE;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	spec = minimal;
	spec.max_starting = POOLTOY_NONE; /* none would ever start */
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(),
			       "pool \"poolio\": max_starting is out of range");
}

static void more_restarts_than_can_be_remembered_are_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.max_restarts = 1000000;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.max_restarts = 1000001;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(),
			       "pool \"poolio\": max_restarts is out of range");
}

static void a_stack_that_no_thread_could_run_on_is_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.stack_size = 131072;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.stack_size = 131071;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool \"poolio\": stack_size is out of range");
}

static void refused(const struct pooltoy_pool_spec *spec, const char *words)
{
	CU_ASSERT_EQUAL(check(spec), POOLTOY_EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), words));
}

static void a_jitter_of_all_of_a_lifetime_is_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.lifetime_jitter = 99;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.lifetime_jitter = 100;
	refused(&spec, "pool \"poolio\": lifetime_jitter is out of range");
}

static void who_is_to_be_pinged_has_a_ping(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.ping_interval = 1;
	refused(&spec, "pool \"poolio\": ping_interval: its worker has no ping");
	spec.ping_interval = 0;
	spec.validate_after = 1;
	refused(&spec, "pool \"poolio\": validate_after: its worker has no ping");
	spec.worker = &pinged_ops;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
}

static void a_guard_of_more_than_a_gigabyte_is_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.guard_size = 1 << 30;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.guard_size++;
	refused(&spec, "guard_size is out of range");
}

static void processors_are_copied_in_whole_words(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;
	unsigned char cpus[3] = { 5, 0, 7 };

	spec.cpus = cpus;
	spec.cpus_size = sizeof cpus;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	memset(cpus, 0xff, sizeof cpus);
	CU_ASSERT_EQUAL(config.placement.cpus_size, sizeof(long));
	CU_ASSERT(memcmp(config.placement.cpus, "\5\0\7\0", 4) == 0);
	CU_ASSERT(pool_config_needs_trial(&config));
	pool_config_free(&config);
}

static void processors_without_a_size_or_none_at_all_are_refused(void)
{
	struct pooltoy_pool_spec spec = minimal;
	unsigned char cpus[8193] = { 0 };

	spec.cpus = cpus;
	refused(&spec, "cpus_size is out of range");
	spec.cpus_size = sizeof cpus;
	refused(&spec, "cpus_size is out of range");
	spec.cpus_size = sizeof cpus - 1;
	refused(&spec, "its set of processors is empty");
	spec.cpus = NULL;
	refused(&spec, "cpus_size is out of range");
}

static const struct scheduled {
	enum pooltoy_scheduling scheduling;
	int priority, nice;
	const char *wrong; /* NULL: nothing */
} scheduled[] = {
	{ POOLTOY_SCHED_INHERITED, 0, 0, NULL },
	{ POOLTOY_SCHED_INHERITED, 1, 0, "priority" },
	{ POOLTOY_SCHED_INHERITED, 0, 1, "nice" },
	{ POOLTOY_SCHED_OTHER, 0, -20, NULL },
	{ POOLTOY_SCHED_OTHER, 0, -21, "nice" },
	{ POOLTOY_SCHED_OTHER, 1, 0, "priority" },
	{ POOLTOY_SCHED_BATCH, 0, 19, NULL },
	{ POOLTOY_SCHED_BATCH, 0, 20, "nice" },
	{ POOLTOY_SCHED_IDLE, 0, 0, NULL },
	{ POOLTOY_SCHED_IDLE, 0, 1, "nice" },
	{ POOLTOY_SCHED_FIFO, 1, 0, NULL },
	{ POOLTOY_SCHED_FIFO, 0, 0, "priority" },
	{ POOLTOY_SCHED_FIFO, 1, 1, "nice" },
	{ POOLTOY_SCHED_RR, 99, 0, NULL },
	{ POOLTOY_SCHED_RR, 100, 0, "priority" },
	{ (enum pooltoy_scheduling)(POOLTOY_SCHED_RR + 1), 0, 0, "scheduling" },
};

static void priorities_are_for_real_time_and_nice_values_for_the_rest(void)
{
	for (unsigned i = 0; i < sizeof scheduled / sizeof scheduled[0]; i++) {
		struct pooltoy_pool_spec spec = minimal;

		spec.scheduling = scheduled[i].scheduling;
		spec.priority = scheduled[i].priority;
		spec.nice = scheduled[i].nice;
		if (scheduled[i].wrong)
			refused(&spec, scheduled[i].wrong);
		else
			CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	}
}

/* As a program has it that was compiled before there were any of these: what is behind is not its. */
static void an_older_programs_pools_have_no_place(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	memset((char *)&spec + offsetof(struct pooltoy_pool_spec, guard_size), 0x55,
	       sizeof spec - offsetof(struct pooltoy_pool_spec, guard_size));
	spec.struct_size = offsetof(struct pooltoy_pool_spec, guard_size);
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_FALSE(pool_config_needs_trial(&config));
	CU_ASSERT_PTR_NULL(config.placement.cpus);
}

/* A later field may take its place, and an older program has not set it to anything. */
static void the_specification_has_no_padding_at_its_end(void)
{
	CU_ASSERT_EQUAL(offsetof(struct pooltoy_pool_spec, stack_wait) + sizeof(int),
			sizeof(struct pooltoy_pool_spec));
}

static void more_tasks_than_a_queue_can_have_are_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.max_tasks = 1048576;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	spec.max_tasks = 1048577;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "max_tasks"));
}

static void choices_that_do_not_exist_are_out_of_range(void)
{
	struct pooltoy_pool_spec spec = minimal;

	spec.strategy = (enum pooltoy_strategy)(POOLTOY_FIFO + 1);
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool \"poolio\": strategy is out of range");
	spec = minimal;
	spec.strategy = (enum pooltoy_strategy) - 1;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	spec = minimal;
	spec.on_client_death = (enum pooltoy_on_client_death) - 1;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	spec.on_client_death = (enum pooltoy_on_client_death)(POOLTOY_REPLACE + 1);
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(),
			       "pool \"poolio\": on_client_death is out of range");
}

static void what_is_missing_is_told(void)
{
	struct pooltoy_pool_spec spec = minimal;

	CU_ASSERT_EQUAL(check(NULL), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool specification: it is NULL");
	spec.name = NULL;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool: it has no name");
	spec.name = "";
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool: it has no name");
	spec = minimal;
	spec.worker = NULL;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool \"poolio\": it has no worker");
}

static void a_name_has_63_bytes_at_most(void)
{
	char name[65] = "";
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	memset(name, 'n', 63);
	spec.name = name;
	CU_ASSERT_EQUAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_STRING_EQUAL(config.name, name);
	name[63] = 'n';
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "has more than 63 bytes"));
}

static void the_config_keeps_no_pointer_to_what_was_given(void)
{
	struct pooltoy_worker_ops own_ops = ops;
	struct pooltoy_pool_spec spec = minimal;
	char name[] = "poolio";
	struct pool_config config;

	spec.name = name;
	spec.worker = &own_ops;
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	memset(name, 'x', sizeof name - 1);
	memset(&own_ops, 0, sizeof own_ops);
	CU_ASSERT_STRING_EQUAL(config.name, "poolio");
	CU_ASSERT_PTR_EQUAL(config.ops.handle_call, answer);
}

/* Other headers. */

static void a_spec_of_an_older_header_has_zeroes_for_what_it_lacks(void)
{
	struct pooltoy_pool_spec spec = minimal;
	struct pool_config config;

	spec.size = 3;
	spec.max_casts = 5;
	spec.struct_size = offsetof(struct pooltoy_pool_spec, max_casts);
	CU_ASSERT_EQUAL_FATAL(spec_to_config(&spec, &config), POOLTOY_OK);
	CU_ASSERT_EQUAL(config.size, 3);
	CU_ASSERT_EQUAL(config.max_casts, 64); /* what lies behind the end is not the spec's */
}

static void a_newer_header_may_ask_for_nothing_new(void)
{
	struct {
		struct pooltoy_pool_spec spec;
		unsigned char more[16];
	} newer = { minimal, { 0 } };

	newer.spec.struct_size = sizeof newer;
	CU_ASSERT_EQUAL(check(&newer.spec), POOLTOY_OK);
	newer.more[15] = 1;
	CU_ASSERT_EQUAL(check(&newer.spec), POOLTOY_EVERSION);
	CU_ASSERT_EQUAL(strncmp(pooltoy_last_error(), "pool specification: ", 20), 0);
	newer.more[15] = 0;
	newer.more[0] = 1;
	CU_ASSERT_EQUAL(check(&newer.spec), POOLTOY_EVERSION);
}

static void callbacks_of_a_newer_header_are_checked_as_well(void)
{
	struct {
		struct pooltoy_worker_ops ops;
		void *more;
	} newer = { ops, NULL };
	struct pooltoy_pool_spec spec = minimal;

	newer.ops.struct_size = sizeof newer;
	spec.worker = &newer.ops;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_OK);
	newer.more = &newer;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EVERSION);
	CU_ASSERT_EQUAL(strncmp(pooltoy_last_error(), "pool \"poolio\": worker: ", 23), 0);
	newer.ops.struct_size = 0;
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
}

static void a_size_that_nobody_set_is_told(void)
{
	static const size_t sizes[] = { 0, sizeof(size_t) - 1, 65537, (size_t)-1 };
	struct pooltoy_pool_spec spec = minimal;
	unsigned i;

	for (i = 0; i < 4; i++) {
		spec.struct_size = sizes[i];
		CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(pooltoy_last_error(), "struct_size is not set"));
	}
	spec.struct_size = sizeof(size_t);
	CU_ASSERT_EQUAL(check(&spec), POOLTOY_EINVAL); /* so old that it has no name */
	CU_ASSERT_STRING_EQUAL(pooltoy_last_error(), "pool: it has no name");
}

SUITE(TEST(a_name_and_a_worker_are_enough), TEST(the_defaults_are_those_of_the_header),
      TEST(the_size_that_is_given_is_taken_as_it_is),
      TEST(what_is_given_for_failures_is_taken_as_it_is),
      TEST(the_bounds_that_are_given_are_taken_as_they_are),
      TEST(what_is_given_for_health_is_taken_as_it_is), TEST(strategies_are_told_apart),
      TEST(none_is_an_explicit_zero),
      TEST(the_message_names_the_pool_and_the_field_that_is_out_of_range),
      TEST(more_workers_than_a_pool_can_have_are_out_of_range), TEST(a_minimum_is_at_most_the_size),
      TEST(there_is_room_for_all_that_may_be_asked_for),
      TEST(more_restarts_than_can_be_remembered_are_out_of_range),
      TEST(a_stack_that_no_thread_could_run_on_is_out_of_range),
      TEST(a_jitter_of_all_of_a_lifetime_is_out_of_range), TEST(who_is_to_be_pinged_has_a_ping),
      TEST(a_guard_of_more_than_a_gigabyte_is_out_of_range),
      TEST(processors_are_copied_in_whole_words),
      TEST(processors_without_a_size_or_none_at_all_are_refused),
      TEST(priorities_are_for_real_time_and_nice_values_for_the_rest),
      TEST(an_older_programs_pools_have_no_place),
      TEST(the_specification_has_no_padding_at_its_end),
      TEST(more_tasks_than_a_queue_can_have_are_out_of_range),
      TEST(choices_that_do_not_exist_are_out_of_range), TEST(what_is_missing_is_told),
      TEST(a_name_has_63_bytes_at_most), TEST(the_config_keeps_no_pointer_to_what_was_given),
      TEST(a_spec_of_an_older_header_has_zeroes_for_what_it_lacks),
      TEST(a_newer_header_may_ask_for_nothing_new),
      TEST(callbacks_of_a_newer_header_are_checked_as_well), TEST(a_size_that_nobody_set_is_told))
