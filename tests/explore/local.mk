# The schedule explorer: the library's own sources, compiled again on top of its scheduler. A scenario
# is a file in scenarios/, named after its story: one line in the list. self/ explores the explorer.

explore_scenarios = \
	%D%/scenarios/abandoned_call_that_breaks.c \
	%D%/scenarios/acts.c \
	%D%/scenarios/acts.h \
	%D%/scenarios/adopt_against_client_death.c \
	%D%/scenarios/any_thread_of_the_library_dies.c \
	%D%/scenarios/backoff_against_a_waiter.c \
	%D%/scenarios/borrower_dies_as_its_client_is_closed.c \
	%D%/scenarios/brokerage.c \
	%D%/scenarios/brokerage.h \
	%D%/scenarios/call_after_a_cast.c \
	%D%/scenarios/call_against_a_borrowed_state.c \
	%D%/scenarios/call_interrupted_at_its_timeout.c \
	%D%/scenarios/calls_from_inside_a_callback.c \
	%D%/scenarios/cancel_against_a_worker.c \
	%D%/scenarios/cancel_against_checkin.c \
	%D%/scenarios/cancel_against_grant.c \
	%D%/scenarios/cancel_against_reply.c \
	%D%/scenarios/cancel_ends_a_wait.c \
	%D%/scenarios/cancel_interrupts_a_call.c \
	%D%/scenarios/cancellation_against_grant.c \
	%D%/scenarios/cast_against_a_borrowed_state.c \
	%D%/scenarios/casting.c \
	%D%/scenarios/casting.h \
	%D%/scenarios/casts_against_a_kill.c \
	%D%/scenarios/casts_against_checkin.c \
	%D%/scenarios/checkin_against_client_death.c \
	%D%/scenarios/checkin_failed_against_a_call.c \
	%D%/scenarios/checkin_failed_against_a_kill.c \
	%D%/scenarios/checkin_failed_against_checkin.c \
	%D%/scenarios/checkin_failed_by_two.c \
	%D%/scenarios/child_answers_two_callers.c \
	%D%/scenarios/child_breaks_in_a_call.c \
	%D%/scenarios/child_call_after_a_cast.c \
	%D%/scenarios/child_caller_cancelled.c \
	%D%/scenarios/child_cast_against_a_call.c \
	%D%/scenarios/child_client_death_resets.c \
	%D%/scenarios/child_dies_in_a_row.c \
	%D%/scenarios/child_dies_under_a_call.c \
	%D%/scenarios/child_interrupted_at_a_timeout.c \
	%D%/scenarios/child_interrupted_before_its_callback.c \
	%D%/scenarios/child_kill_against_a_call.c \
	%D%/scenarios/child_manager_death_against_a_call.c \
	%D%/scenarios/child_stop_against_a_call.c \
	%D%/scenarios/child_task.c \
	%D%/scenarios/child_that_hangs_is_killed.c \
	%D%/scenarios/child_that_is_pinged.c \
	%D%/scenarios/children.c \
	%D%/scenarios/children.h \
	%D%/scenarios/client_cancelled_in_a_call.c \
	%D%/scenarios/client_cancelled_in_checkout.c \
	%D%/scenarios/client_closed_against_a_borrowed_state.c \
	%D%/scenarios/client_closed_against_a_call.c \
	%D%/scenarios/client_closed_against_checkin.c \
	%D%/scenarios/client_closed_against_its_checkout.c \
	%D%/scenarios/client_closed_against_its_start.c \
	%D%/scenarios/client_death_against_a_waiter.c \
	%D%/scenarios/client_death_is_told_once.c \
	%D%/scenarios/client_death_replaces_its_worker.c \
	%D%/scenarios/completions.c \
	%D%/scenarios/completions.h \
	%D%/scenarios/connection.c \
	%D%/scenarios/connection.h \
	%D%/scenarios/crash_against_a_waiter.c \
	%D%/scenarios/crash_against_deadline.c \
	%D%/scenarios/crash_in_a_call_against_its_timeout.c \
	%D%/scenarios/deadline_against_cancel.c \
	%D%/scenarios/deadline_against_grant.c \
	%D%/scenarios/drain_against_checkin.c \
	%D%/scenarios/drain_against_posts.c \
	%D%/scenarios/exclusive_writer.c \
	%D%/scenarios/failed_start_keeps_its_slot.c \
	%D%/scenarios/failure_against_operations.c \
	%D%/scenarios/failure_against_tasks.c \
	%D%/scenarios/generation_wraps.c \
	%D%/scenarios/high_before_normal.c \
	%D%/scenarios/hint_set_again_beside_a_waiter.c \
	%D%/scenarios/idle_worker_expires_against_a_client.c \
	%D%/scenarios/init_fails_after_a_kill.c \
	%D%/scenarios/init_that_fails.c \
	%D%/scenarios/kill_against_a_timeout_before_a_cast.c \
	%D%/scenarios/kill_against_tasks.c \
	%D%/scenarios/kill_interrupts_a_call.c \
	%D%/scenarios/kill_of_a_watcher.c \
	%D%/scenarios/kill_of_a_worker_against_a_call.c \
	%D%/scenarios/kill_of_a_worker_that_has_served.c \
	%D%/scenarios/kill_of_the_supervisor.c \
	%D%/scenarios/kill_of_the_supervisor_against_a_start.c \
	%D%/scenarios/kill_of_the_supervisor_against_its_stop.c \
	%D%/scenarios/last_use_against_a_waiter.c \
	%D%/scenarios/laws.c \
	%D%/scenarios/laws.h \
	%D%/scenarios/lazy_pool_for_two_clients.c \
	%D%/scenarios/lease_against_all_ends.c \
	%D%/scenarios/lease_handed_over_as_its_client_dies.c \
	%D%/scenarios/leased_slot.c \
	%D%/scenarios/leased_slot.h \
	%D%/scenarios/mailbox_of_two_senders.c \
	%D%/scenarios/manager_death_against_a_borrowed_state.c \
	%D%/scenarios/manager_death_against_a_call.c \
	%D%/scenarios/manager_death_against_a_deadline.c \
	%D%/scenarios/manager_death_against_a_waiter.c \
	%D%/scenarios/manager_death_against_checkin.c \
	%D%/scenarios/manager_death_against_checkout.c \
	%D%/scenarios/manager_death_against_operations.c \
	%D%/scenarios/manager_death_against_tasks.c \
	%D%/scenarios/manager_death_against_tries_lifo.c \
	%D%/scenarios/manager_death_as_workers_start.c \
	%D%/scenarios/no_memory_at_any_place.c \
	%D%/scenarios/no_thread_at_any_place.c \
	%D%/scenarios/nobody_may_wait_beside_an_idle_worker.c \
	%D%/scenarios/one_client_calls.c \
	%D%/scenarios/overflow.c \
	%D%/scenarios/overflow.h \
	%D%/scenarios/overflow_alone.c \
	%D%/scenarios/overflow_dismissed_beside_a_lease.c \
	%D%/scenarios/overflow_expires_against_a_client.c \
	%D%/scenarios/overflow_for_a_client_and_a_task.c \
	%D%/scenarios/overflow_for_a_start.c \
	%D%/scenarios/overflow_for_a_start_behind_a_thread.c \
	%D%/scenarios/overflow_for_four_clients.c \
	%D%/scenarios/overflow_for_one_client.c \
	%D%/scenarios/overflow_for_one_start.c \
	%D%/scenarios/overflow_for_two_who_meet.c \
	%D%/scenarios/overflow_for_two_who_starve.c \
	%D%/scenarios/overflow_nobody_needs.c \
	%D%/scenarios/overflow_raised_beside_a_checkin.c \
	%D%/scenarios/overflow_start_against_checkin.c \
	%D%/scenarios/overflow_start_against_timeout.c \
	%D%/scenarios/overflow_whose_init_fails.c \
	%D%/scenarios/overflow_without_threads.c \
	%D%/scenarios/park_against_timeout.c \
	%D%/scenarios/pause.c \
	%D%/scenarios/pause.h \
	%D%/scenarios/pause_against_checkin.c \
	%D%/scenarios/pause_against_manager_death.c \
	%D%/scenarios/pause_against_resume.c \
	%D%/scenarios/pause_against_tasks.c \
	%D%/scenarios/pending_cancelled_against_grant.c \
	%D%/scenarios/ping_against_a_kill.c \
	%D%/scenarios/ping_against_checkout.c \
	%D%/scenarios/ping_against_pause.c \
	%D%/scenarios/ping_that_fails.c \
	%D%/scenarios/ping_that_takes_too_long.c \
	%D%/scenarios/pool_found_as_it_is_stopped.c \
	%D%/scenarios/pools.c \
	%D%/scenarios/pools.h \
	%D%/scenarios/queue_closed_against_a_call.c \
	%D%/scenarios/queue_closed_against_grant.c \
	%D%/scenarios/queue_closed_against_tasks.c \
	%D%/scenarios/quota_of_one.c \
	%D%/scenarios/ready_against_ends.c \
	%D%/scenarios/ready_against_failure.c \
	%D%/scenarios/ready_against_starts.c \
	%D%/scenarios/reaper_against_its_stop.c \
	%D%/scenarios/reclaim_against_checkin.c \
	%D%/scenarios/reply_against_cancel.c \
	%D%/scenarios/reply_against_deadline.c \
	%D%/scenarios/reset_that_fails.c \
	%D%/scenarios/resize_against_checkin.c \
	%D%/scenarios/resize_against_dismissals.c \
	%D%/scenarios/resize_against_manager_death.c \
	%D%/scenarios/resize_against_tasks.c \
	%D%/scenarios/resize_for_a_waiter.c \
	%D%/scenarios/resize_under_waiters.c \
	%D%/scenarios/retirement_against_checkin.c \
	%D%/scenarios/return_from_a_full_quarantine.c \
	%D%/scenarios/revive_of_a_failed_pool.c \
	%D%/scenarios/revive_of_a_pool_in_backoff.c \
	%D%/scenarios/rolling.c \
	%D%/scenarios/second_kill_of_a_manager.c \
	%D%/scenarios/shed_against_grant.c \
	%D%/scenarios/start_against_checkin.c \
	%D%/scenarios/start_against_checkin_in_strict_order.c \
	%D%/scenarios/start_against_client_death.c \
	%D%/scenarios/start_without_memory.c \
	%D%/scenarios/started_call_interrupted_at_its_deadline.c \
	%D%/scenarios/started_call_interrupted_by_cancel.c \
	%D%/scenarios/starving_waiter.c \
	%D%/scenarios/stop_against_a_call.c \
	%D%/scenarios/stop_against_a_cancelled_call.c \
	%D%/scenarios/stop_against_a_started_call.c \
	%D%/scenarios/stop_against_a_waiter.c \
	%D%/scenarios/stop_against_everything.c \
	%D%/scenarios/stop_against_operations.c \
	%D%/scenarios/stop_against_tasks.c \
	%D%/scenarios/stop_interrupts_a_call.c \
	%D%/scenarios/stop_of_a_pool_that_cannot_start.c \
	%D%/scenarios/stop_of_a_pool_with_a_stuck_worker.c \
	%D%/scenarios/stop_of_a_supervisor_with_a_stuck_worker.c \
	%D%/scenarios/stop_of_the_supervisor_against_clients.c \
	%D%/scenarios/stop_that_drains.c \
	%D%/scenarios/stubborn.c \
	%D%/scenarios/stubborn.h \
	%D%/scenarios/task_against_a_waiter.c \
	%D%/scenarios/task_against_checkin.c \
	%D%/scenarios/task_against_checkin_in_strict_order.c \
	%D%/scenarios/task_beside_a_faster_client.c \
	%D%/scenarios/task_ring_loses_nothing.c \
	%D%/scenarios/tasks.c \
	%D%/scenarios/tasks.h \
	%D%/scenarios/tasks_start_overflow.c \
	%D%/scenarios/timeout_against_grant.c \
	%D%/scenarios/timeout_before_another_waiter.c \
	%D%/scenarios/token_cancelled_against_grant.c \
	%D%/scenarios/token_cancelled_against_its_start.c \
	%D%/scenarios/token_cancelled_against_queue_close.c \
	%D%/scenarios/token_cancelled_against_reply.c \
	%D%/scenarios/tokens.c \
	%D%/scenarios/tokens.h \
	%D%/scenarios/transaction.c \
	%D%/scenarios/transaction.h \
	%D%/scenarios/transaction_that_dies.c \
	%D%/scenarios/transaction_whose_worker_dies.c \
	%D%/scenarios/trial_of_a_start.c \
	%D%/scenarios/try_beside_a_search.c \
	%D%/scenarios/two_clients_and_one_worker.c \
	%D%/scenarios/two_clients_call.c \
	%D%/scenarios/two_starts_beside_a_waiter.c \
	%D%/scenarios/two_starts_of_one_name.c \
	%D%/scenarios/two_tasks_and_one_worker.c \
	%D%/scenarios/two_tasks_and_two_workers.c \
	%D%/scenarios/two_tasks_that_meet.c \
	%D%/scenarios/two_workers_for_two_starts.c \
	%D%/scenarios/two_workers_for_two_waiters.c \
	%D%/scenarios/validation_against_clients.c \
	%D%/scenarios/waiting_task_against_waiters.c \
	%D%/scenarios/walk_against_checkout.c \
	%D%/scenarios/walk_against_restart_and_stop.c \
	%D%/scenarios/watcher_against_a_waiter.c \
	%D%/scenarios/whole_life.c \
	%D%/scenarios/whole_life.h \
	%D%/scenarios/worker_breaks_in_a_task.c \
	%D%/scenarios/worker_ends_in_a_task.c \
	%D%/scenarios/worker_ends_in_its_handler.c

explore_self = \
	%D%/self/crashes.c \
	%D%/self/memory.c \
	%D%/self/queue.c \
	%D%/self/threads.c \
	%D%/self/waiting.c \
	%D%/self/wakeup.c

explore_engine = \
	%D%/causality.c \
	%D%/causality.h \
	%D%/child.c \
	%D%/choices.c \
	%D%/context.c \
	%D%/context.h \
	%D%/depth_first.c \
	%D%/engine.h \
	%D%/event.c \
	%D%/explore.c \
	%D%/explore.h \
	%D%/fibers.c \
	%D%/locks.c \
	%D%/memory.c \
	%D%/queue.c \
	%D%/random.c \
	%D%/rcu.c \
	%D%/report.c \
	%D%/report.h \
	%D%/schedule.c \
	%D%/scheduler.c \
	%D%/search.c \
	%D%/search.h \
	%D%/shrink.c \
	%D%/stack.c \
	%D%/sync_fibers.h \
	%D%/trace.c

# A state is known by the places of what was touched: so locals are on their fiber's stack, in each schedule.
explore_cppflags = $(AM_CPPFLAGS) -DPOOLTOY_EXPLORE -DCHANNEL_SIZE=256 -DPOOLTOY_DEBUG -iquote $(srcdir)/%D% \
	$(LOCALS_ON_STACKS_CFLAGS)

check_LIBRARIES += %D%/libpooltoy-explore.a
%C%_libpooltoy_explore_a_SOURCES = $(lib_sources)
%C%_libpooltoy_explore_a_CPPFLAGS = $(explore_cppflags)

check_PROGRAMS += %D%/explore
%C%_explore_SOURCES = $(explore_engine) $(explore_self) $(explore_scenarios)
%C%_explore_CPPFLAGS = $(explore_cppflags)
%C%_explore_LDADD = %D%/libpooltoy-explore.a

# The same with so few bits in the generation that it begins anew within a scenario.
wrap_cppflags = $(explore_cppflags) -DSLOT_GENERATION_BITS=4

check_LIBRARIES += %D%/libpooltoy-wrap.a
%C%_libpooltoy_wrap_a_SOURCES = $(lib_sources)
%C%_libpooltoy_wrap_a_CPPFLAGS = $(wrap_cppflags)

check_PROGRAMS += %D%/explore_wrap
%C%_explore_wrap_SOURCES = $(explore_engine) \
	%D%/scenarios/acts.c \
	%D%/scenarios/acts.h \
	%D%/scenarios/adopt_against_client_death.c \
	%D%/scenarios/checkin_against_client_death.c \
	%D%/scenarios/client_cancelled_in_a_call.c \
	%D%/scenarios/client_cancelled_in_checkout.c \
	%D%/scenarios/client_death_against_a_waiter.c \
	%D%/scenarios/generation_wraps.c \
	%D%/scenarios/laws.c \
	%D%/scenarios/laws.h \
	%D%/scenarios/lease_against_all_ends.c \
	%D%/scenarios/lease_handed_over_as_its_client_dies.c \
	%D%/scenarios/leased_slot.c \
	%D%/scenarios/leased_slot.h \
	%D%/scenarios/pools.c \
	%D%/scenarios/pools.h
%C%_explore_wrap_CPPFLAGS = $(wrap_cppflags)
%C%_explore_wrap_LDADD = %D%/libpooltoy-wrap.a

# All fibers run on one thread, one after the other: ThreadSanitizer has nothing to see there.
if !THREAD_SANITIZED
test_programs += %D%/explore %D%/explore_wrap
endif
