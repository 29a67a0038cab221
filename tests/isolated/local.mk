# The scenario tests once more, from the same sources, with all workers in child processes. One shared
# object has all of them, so that the children find each worker's callbacks in it; each program runs the
# suite of its name. To add the isolated twin of tests/scenario/test_STORY.c: a line in each list.
isolated_tests = \
	%D%/test_abandoned \
	%D%/test_allocator \
	%D%/test_call \
	%D%/test_call_start \
	%D%/test_cast \
	%D%/test_checkin_failed \
	%D%/test_checkout \
	%D%/test_checkout_start \
	%D%/test_checkout_with \
	%D%/test_completion \
	%D%/test_drain \
	%D%/test_elasticity \
	%D%/test_lease_limit \
	%D%/test_manager_death \
	%D%/test_metrics \
	%D%/test_monitor \
	%D%/test_overload \
	%D%/test_pause \
	%D%/test_placement \
	%D%/test_ping \
	%D%/test_quota \
	%D%/test_ready \
	%D%/test_refusals \
	%D%/test_resize \
	%D%/test_retirement \
	%D%/test_rolling \
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

%C%_test_abandoned_SOURCES = %D%/main.c
%C%_test_abandoned_LDADD = $(isolated_ldadd)
%C%_test_allocator_SOURCES = %D%/main.c
%C%_test_allocator_LDADD = $(isolated_ldadd)
%C%_test_call_SOURCES = %D%/main.c
%C%_test_call_LDADD = $(isolated_ldadd)
%C%_test_call_start_SOURCES = %D%/main.c
%C%_test_call_start_LDADD = $(isolated_ldadd)
%C%_test_cast_SOURCES = %D%/main.c
%C%_test_cast_LDADD = $(isolated_ldadd)
%C%_test_checkin_failed_SOURCES = %D%/main.c
%C%_test_checkin_failed_LDADD = $(isolated_ldadd)
%C%_test_checkout_SOURCES = %D%/main.c
%C%_test_checkout_LDADD = $(isolated_ldadd)
%C%_test_checkout_start_SOURCES = %D%/main.c
%C%_test_checkout_start_LDADD = $(isolated_ldadd)
%C%_test_checkout_with_SOURCES = %D%/main.c
%C%_test_checkout_with_LDADD = $(isolated_ldadd)
%C%_test_completion_SOURCES = %D%/main.c
%C%_test_completion_LDADD = $(isolated_ldadd)
%C%_test_drain_SOURCES = %D%/main.c
%C%_test_drain_LDADD = $(isolated_ldadd)
%C%_test_elasticity_SOURCES = %D%/main.c
%C%_test_elasticity_LDADD = $(isolated_ldadd)
%C%_test_lease_limit_SOURCES = %D%/main.c
%C%_test_lease_limit_LDADD = $(isolated_ldadd)
%C%_test_manager_death_SOURCES = %D%/main.c
%C%_test_manager_death_LDADD = $(isolated_ldadd)
%C%_test_metrics_SOURCES = %D%/main.c
%C%_test_metrics_LDADD = $(isolated_ldadd)
%C%_test_monitor_SOURCES = %D%/main.c
%C%_test_monitor_LDADD = $(isolated_ldadd)
%C%_test_overload_SOURCES = %D%/main.c
%C%_test_overload_LDADD = $(isolated_ldadd)
%C%_test_pause_SOURCES = %D%/main.c
%C%_test_pause_LDADD = $(isolated_ldadd)
%C%_test_placement_SOURCES = %D%/main.c
%C%_test_placement_LDADD = $(isolated_ldadd)
%C%_test_ping_SOURCES = %D%/main.c
%C%_test_ping_LDADD = $(isolated_ldadd)
%C%_test_quota_SOURCES = %D%/main.c
%C%_test_quota_LDADD = $(isolated_ldadd)
%C%_test_ready_SOURCES = %D%/main.c
%C%_test_ready_LDADD = $(isolated_ldadd)
%C%_test_refusals_SOURCES = %D%/main.c
%C%_test_refusals_LDADD = $(isolated_ldadd)
%C%_test_resize_SOURCES = %D%/main.c
%C%_test_resize_LDADD = $(isolated_ldadd)
%C%_test_retirement_SOURCES = %D%/main.c
%C%_test_retirement_LDADD = $(isolated_ldadd)
%C%_test_rolling_SOURCES = %D%/main.c
%C%_test_rolling_LDADD = $(isolated_ldadd)
%C%_test_start_errors_SOURCES = %D%/main.c
%C%_test_start_errors_LDADD = $(isolated_ldadd)
%C%_test_start_with_SOURCES = %D%/main.c
%C%_test_start_with_LDADD = $(isolated_ldadd)
%C%_test_starts_SOURCES = %D%/main.c
%C%_test_starts_LDADD = $(isolated_ldadd)
%C%_test_status_SOURCES = %D%/main.c
%C%_test_status_LDADD = $(isolated_ldadd)
%C%_test_stop_SOURCES = %D%/main.c
%C%_test_stop_LDADD = $(isolated_ldadd)
%C%_test_storm_SOURCES = %D%/main.c
%C%_test_storm_LDADD = $(isolated_ldadd)
%C%_test_submit_SOURCES = %D%/main.c
%C%_test_submit_LDADD = $(isolated_ldadd)
%C%_test_supervisor_SOURCES = %D%/main.c
%C%_test_supervisor_LDADD = $(isolated_ldadd)
%C%_test_task_ends_SOURCES = %D%/main.c
%C%_test_task_ends_LDADD = $(isolated_ldadd)
%C%_test_worker_death_SOURCES = %D%/main.c
%C%_test_worker_death_LDADD = $(isolated_ldadd)

isolated_ldadd = %D%/libisolated.la lib/libpooltoy.la $(CUNIT_LIBS)

# isolated.c is the last: it closes the section of what is shared.
%C%_libisolated_la_SOURCES = \
	tests/scenario/completions.c \
	tests/scenario/completions.h \
	tests/scenario/held_starts.c \
	tests/scenario/held_starts.h \
	tests/scenario/puppet.c \
	tests/scenario/scene.c \
	tests/scenario/scene.h \
	tests/scenario/support.c \
	tests/scenario/support.h \
	tests/scenario/tasks.c \
	tests/scenario/tasks.h \
	tests/scenario/test_abandoned.c \
	tests/scenario/test_allocator.c \
	tests/scenario/test_call.c \
	tests/scenario/test_call_start.c \
	tests/scenario/test_cast.c \
	tests/scenario/test_checkin_failed.c \
	tests/scenario/test_checkout.c \
	tests/scenario/test_checkout_start.c \
	tests/scenario/test_checkout_with.c \
	tests/scenario/test_completion.c \
	tests/scenario/test_drain.c \
	tests/scenario/test_elasticity.c \
	tests/scenario/test_lease_limit.c \
	tests/scenario/test_manager_death.c \
	tests/scenario/test_metrics.c \
	tests/scenario/test_monitor.c \
	tests/scenario/test_overload.c \
	tests/scenario/test_pause.c \
	tests/scenario/test_placement.c \
	tests/scenario/test_ping.c \
	tests/scenario/test_quota.c \
	tests/scenario/test_ready.c \
	tests/scenario/test_refusals.c \
	tests/scenario/test_resize.c \
	tests/scenario/test_retirement.c \
	tests/scenario/test_rolling.c \
	tests/scenario/test_start_errors.c \
	tests/scenario/test_start_with.c \
	tests/scenario/test_starts.c \
	tests/scenario/test_status.c \
	tests/scenario/test_stop.c \
	tests/scenario/test_storm.c \
	tests/scenario/test_submit.c \
	tests/scenario/test_supervisor.c \
	tests/scenario/test_task_ends.c \
	tests/scenario/test_worker_death.c \
	tests/support/suite.c \
	tests/support/suite.h \
	%D%/tokens.c \
	%D%/isolated.h \
	%D%/isolated.c
%C%_libisolated_la_CPPFLAGS = $(AM_CPPFLAGS) -DISOLATED=1 -DSUITES_SHARE_A_PROGRAM=1
%C%_libisolated_la_CFLAGS = $(AM_CFLAGS) $(LOCALS_ON_STACKS_CFLAGS)
%C%_libisolated_la_LIBTOOLFLAGS = --tag=disable-static
%C%_libisolated_la_LDFLAGS = -avoid-version -shared -rpath $(abs_builddir)/%D% $(SANITIZER_CFLAGS)
%C%_libisolated_la_LIBADD = lib/libpooltoy.la $(CUNIT_LIBS)

if HAVE_CUNIT
check_LTLIBRARIES += %D%/libisolated.la
check_PROGRAMS += $(isolated_tests)
test_programs += $(isolated_tests)
endif
