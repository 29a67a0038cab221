# Unit tests, one program for each file of the library that has something to test. They link all of
# the library's objects, so they reach what is hidden. To add test_NAME.c: a line in the list, and
# one with its LDADD below.
unit_tests = \
	%D%/test_broker \
	%D%/test_broker_between \
	%D%/test_broker_crowd \
	%D%/test_broker_overload \
	%D%/test_broker_tasks \
	%D%/test_cell \
	%D%/test_checkout_queue \
	%D%/test_client \
	%D%/test_completion_queue \
	%D%/test_deadline \
	%D%/test_deadlines \
	%D%/test_elasticity \
	%D%/test_error \
	%D%/test_health \
	%D%/test_histogram \
	%D%/test_idle_hints \
	%D%/test_idle_order \
	%D%/test_mailbox \
	%D%/test_monitor_table \
	%D%/test_notifier \
	%D%/test_one_processor \
	%D%/test_orders \
	%D%/test_overload \
	%D%/test_parker \
	%D%/test_pool \
	%D%/test_priority \
	%D%/test_reaper \
	%D%/test_registry \
	%D%/test_restart_policy \
	%D%/test_slot \
	%D%/test_slot_table \
	%D%/test_spec \
	%D%/test_stack \
	%D%/test_task_ring \
	%D%/test_thread \
	%D%/test_timer_queue \
	%D%/test_words

unit_ldadd = tests/support/libsuite.a lib/libpooltoy-all.la $(CUNIT_LIBS) $(URCU_LIBS)

%C%_test_broker_LDADD = $(faults_ldadd)
%C%_test_broker_between_LDADD = $(unit_ldadd)
%C%_test_broker_crowd_LDADD = $(unit_ldadd)
%C%_test_broker_overload_LDADD = $(unit_ldadd)
%C%_test_broker_tasks_LDADD = $(faults_ldadd)
%C%_test_cell_LDADD = $(faults_ldadd)
%C%_test_checkout_queue_LDADD = $(unit_ldadd)
%C%_test_client_LDADD = $(faults_ldadd)
%C%_test_completion_queue_LDADD = $(faults_ldadd)
%C%_test_deadline_LDADD = $(unit_ldadd)
%C%_test_deadlines_LDADD = $(faults_ldadd)
%C%_test_elasticity_LDADD = $(unit_ldadd)
%C%_test_error_LDADD = $(unit_ldadd)
%C%_test_health_LDADD = $(unit_ldadd)
%C%_test_histogram_LDADD = $(unit_ldadd)
%C%_test_idle_hints_LDADD = $(unit_ldadd)
%C%_test_idle_order_LDADD = $(unit_ldadd)
%C%_test_mailbox_LDADD = $(unit_ldadd)
%C%_test_monitor_table_LDADD = $(unit_ldadd)
%C%_test_notifier_LDADD = $(faults_ldadd)
%C%_test_one_processor_LDADD = $(unit_ldadd)
%C%_test_orders_LDADD = $(unit_ldadd)
%C%_test_overload_LDADD = $(unit_ldadd)
%C%_test_parker_LDADD = $(faults_ldadd)
%C%_test_pool_LDADD = $(faults_ldadd)
%C%_test_priority_LDADD = $(unit_ldadd)
%C%_test_reaper_LDADD = $(faults_ldadd)
%C%_test_registry_LDADD = $(unit_ldadd)
%C%_test_restart_policy_LDADD = $(faults_ldadd)
%C%_test_slot_LDADD = $(unit_ldadd)
%C%_test_slot_table_LDADD = $(faults_ldadd)
%C%_test_spec_LDADD = $(unit_ldadd)
%C%_test_stack_LDADD = $(unit_ldadd)
%C%_test_task_ring_LDADD = $(faults_ldadd)
%C%_test_thread_LDADD = $(faults_ldadd)
%C%_test_timer_queue_LDADD = $(unit_ldadd)
%C%_test_words_LDADD = $(unit_ldadd)

# Those at a desk.
%C%_test_broker_SOURCES = %D%/test_broker.c %D%/desk.c %D%/desk.h
%C%_test_broker_overload_SOURCES = %D%/test_broker_overload.c %D%/desk.c %D%/desk.h
%C%_test_priority_SOURCES = %D%/test_priority.c %D%/desk.c %D%/desk.h

# These see themselves to what the library's calls to others lead to.
%C%_test_broker_between_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=idle_hints_take,--wrap=idle_hints_any,--wrap=task_ring_create
%C%_test_reaper_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=urcu_bp_synchronize_rcu

EXTRA_DIST += %D%/random.h

if HAVE_CUNIT
check_PROGRAMS += $(unit_tests)
test_programs += $(unit_tests)
endif
