# Mistakes made on purpose, and what climbs the ladder with each: run.sh says how.
EXTRA_DIST += \
	%D%/abandoned_call_keeps_its_claim.patch \
	%D%/backoff_never_ends.patch \
	%D%/call_before_the_cast_is_over.patch \
	%D%/checkin_under_a_call.patch \
	%D%/death_taken_for_a_lease.patch \
	%D%/death_told_too_soon.patch \
	%D%/deaths_at_the_edge.patch \
	%D%/exclusive_writers_overlap.patch \
	%D%/fork_unnoticed.patch \
	%D%/generation_stays_at_adoption.patch \
	%D%/generation_stays_at_checkin.patch \
	%D%/generation_stays_at_give_back.patch \
	%D%/granter_forgets_the_next.patch \
	%D%/heap_loses_children.patch \
	%D%/hint_cleared_blindly.patch \
	%D%/hint_set_again_silently.patch \
	%D%/hints_too_small.patch \
	%D%/interrupt_hits_the_next_callback.patch \
	%D%/kill_turned_away_by_a_caller.patch \
	%D%/leaver_keeps_its_nudge.patch \
	%D%/locks_both_ways.patch \
	%D%/manager_counts_messages.patch \
	%D%/message_posted_twice.patch \
	%D%/monitor_entry_left_behind.patch \
	%D%/name_without_grace_period.patch \
	%D%/no_grace_period.patch \
	%D%/no_slot_after_a_failed_start.patch \
	%D%/nudge_before_idle.patch \
	%D%/one_restart_too_few.patch \
	%D%/order_cell.patch \
	%D%/order_grow.patch \
	%D%/order_move.patch \
	%D%/order_outcome.patch \
	%D%/order_post.patch \
	%D%/order_registry.patch \
	%D%/order_unpark.patch \
	%D%/order_unref.patch \
	%D%/order_vacate.patch \
	%D%/outcome_before_slot.patch \
	%D%/overflow_before_it_is_up.patch \
	%D%/pool_without_a_manager.patch \
	%D%/reply_by_the_room.patch \
	%D%/reply_kept_across_leases.patch \
	%D%/reply_leaks.patch \
	%D%/second_lease_of_a_dead_client.patch \
	%D%/short_way_misses_overflow.patch \
	%D%/sleeper_looks_before_it_parks.patch \
	%D%/starving_waiter_is_overtaken.patch \
	%D%/stop_before_the_parker.patch \
	%D%/strict_order_is_not_kept.patch \
	%D%/summary_before_hint.patch \
	%D%/surplus_dismissed_twice.patch \
	%D%/surplus_not_reported.patch \
	%D%/terminate_twice.patch \
	%D%/terminate_under_a_borrower.patch \
	%D%/timeout_beats_a_grant.patch \
	%D%/token_lost_at_timeout.patch \
	%D%/unhinted_before_the_bit.patch \
	%D%/unpark_without_the_mutex.patch \
	%D%/waiter_looks_once.patch \
	%D%/wake_before_post.patch \
	%D%/run.sh

# One command in the environment of the tests: make in-test-environment COMMAND=...
in-test-environment:
	@$(AM_TESTS_ENVIRONMENT) $(COMMAND)
