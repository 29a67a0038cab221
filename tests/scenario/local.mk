# Scenario tests, one program a story: the shared library through its public functions alone.
# To add test_STORY.c: a line in the list, and one with its LDADD below.
scenario_tests = \
	%D%/test_abandoned \
	%D%/test_allocator \
	%D%/test_call \
	%D%/test_call_start \
	%D%/test_callbacks \
	%D%/test_cast \
	%D%/test_checkin_failed \
	%D%/test_checkout \
	%D%/test_checkout_start \
	%D%/test_checkout_with \
	%D%/test_completion \
	%D%/test_drain \
	%D%/test_elasticity \
	%D%/test_fork \
	%D%/test_lease_limit \
	%D%/test_lease_state \
	%D%/test_manager_death \
	%D%/test_metrics \
	%D%/test_monitor \
	%D%/test_overload \
	%D%/test_quarantine \
	%D%/test_pause \
	%D%/test_placement \
	%D%/test_ping \
	%D%/test_quota \
	%D%/test_ready \
	%D%/test_refusals \
	%D%/test_resize \
	%D%/test_retirement \
	%D%/test_rolling \
	%D%/test_stack_signal \
	%D%/test_start_errors \
	%D%/test_start_with \
	%D%/test_starts \
	%D%/test_status \
	%D%/test_stop \
	%D%/test_storm \
	%D%/test_submit \
	%D%/test_supervisor \
	%D%/test_task_ends \
	%D%/test_worker_death

%C%_test_abandoned_LDADD = $(scenario_ldadd)
%C%_test_allocator_LDADD = $(scenario_ldadd)
%C%_test_call_LDADD = $(scenario_ldadd)
%C%_test_call_start_LDADD = $(scenario_ldadd)
%C%_test_callbacks_LDADD = $(scenario_ldadd)
%C%_test_cast_LDADD = $(scenario_ldadd)
%C%_test_checkin_failed_LDADD = $(scenario_ldadd)
%C%_test_checkout_LDADD = $(scenario_ldadd)
%C%_test_checkout_start_LDADD = $(scenario_ldadd)
%C%_test_checkout_with_LDADD = $(scenario_ldadd)
%C%_test_completion_LDADD = $(scenario_ldadd)
%C%_test_drain_LDADD = $(scenario_ldadd)
%C%_test_elasticity_LDADD = $(scenario_ldadd)
%C%_test_fork_LDADD = $(scenario_ldadd)
%C%_test_lease_limit_LDADD = $(scenario_ldadd)
%C%_test_lease_state_LDADD = $(scenario_ldadd)
%C%_test_manager_death_LDADD = $(scenario_ldadd)
%C%_test_metrics_LDADD = $(scenario_ldadd)
%C%_test_monitor_LDADD = $(scenario_ldadd)
%C%_test_overload_LDADD = $(scenario_ldadd)
%C%_test_quarantine_LDADD = $(scenario_ldadd)
%C%_test_pause_LDADD = $(scenario_ldadd)
%C%_test_placement_LDADD = $(scenario_ldadd)
%C%_test_ping_LDADD = $(scenario_ldadd)
%C%_test_quota_LDADD = $(scenario_ldadd)
%C%_test_ready_LDADD = $(scenario_ldadd)
%C%_test_refusals_LDADD = $(scenario_ldadd)
%C%_test_resize_LDADD = $(scenario_ldadd)
%C%_test_retirement_LDADD = $(scenario_ldadd)
%C%_test_rolling_LDADD = $(scenario_ldadd)
%C%_test_stack_signal_LDADD = $(scenario_ldadd)
%C%_test_start_errors_LDADD = $(scenario_ldadd)
%C%_test_start_with_LDADD = $(scenario_ldadd)
%C%_test_starts_LDADD = $(scenario_ldadd)
%C%_test_status_LDADD = $(scenario_ldadd)
%C%_test_stop_LDADD = $(scenario_ldadd)
%C%_test_storm_LDADD = $(scenario_ldadd)
%C%_test_submit_LDADD = $(scenario_ldadd)
%C%_test_supervisor_LDADD = $(scenario_ldadd)
%C%_test_task_ends_LDADD = $(scenario_ldadd)
%C%_test_worker_death_LDADD = $(scenario_ldadd)

%C%_test_callbacks_SOURCES = \
	%D%/callback_probes.c \
	%D%/callback_probes.h \
	%D%/test_callbacks.c

scenario_ldadd = %D%/libscenario.a tests/support/libsuite.a lib/libpooltoy.la $(CUNIT_LIBS)

# Stages, puppets and customers, for all of them.
%C%_libscenario_a_SOURCES = \
	%D%/completions.c \
	%D%/completions.h \
	%D%/held_starts.c \
	%D%/held_starts.h \
	%D%/puppet.c \
	%D%/scene.c \
	%D%/scene.h \
	%D%/support.c \
	%D%/support.h \
	%D%/tasks.c \
	%D%/tasks.h \
	%D%/tokens.c

if HAVE_CUNIT
check_LIBRARIES += %D%/libscenario.a
check_PROGRAMS += $(scenario_tests)
test_programs += $(scenario_tests)
endif
