/* SPDX-License-Identifier: MIT */
/* shutdown.c: how long a stop takes, whom it waits for, and whom it leaves behind. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

#define STOPPED "stopped, 1 left, released"

CASE(a_pool_at_rest_stops_at_once, "child_adm: terminate_child, and what it answers afterwards",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, STOP(1, -1), "stopped #1", STOPPED ", 1: ok" },
     { 1 * S, TRY(1), "stopped #1", "1: ESTOPPED" },
     { 1 * S, STOP(1, -1), "stopped #1", "1: ESTOPPED" },
     { 1 * S, KILL_MANAGER, "stopped #1", "ESTOPPED" },
     { 1 * S, REVIVE, "stopped #1", "ESTOPPED" },
     { 1 * S, START, "ready #1: 1 idle", "started, 1 up" });

CASE(a_stop_waits_for_what_runs,
     "simple_one_for_one_shutdown: children that end within their time are waited for",
     SPEC(.size = 1, .shutdown = 5000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1000 * MS, CALL(1, 2000), "full #1: 1 leased", "" },
     { 1500 * MS, STOP(2, -1), "stopped #1: 1 leaving", "" },
     { 3000 * MS - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 3000 * MS, LOOK, "stopped #1", STOPPED ", 1: ok, 2: ok" });

CASE(after_the_shutdown_time_what_runs_is_interrupted,
     "sup_stop_timeout: shutdown 5000, then exit(kill); here `interrupt`",
     SPEC(.size = 1, .shutdown = 5000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, CALL(1, FOREVER), "full #1: 1 leased", "" },
     { 1 * S, STOP(2, -1), "stopped #1: 1 leaving", "" },
     { 6 * S - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 6 * S, LOOK, "stopped #1", "stopped, 1 left, 1 interrupted, released, 1: ok, 2: ok" });

CASE(a_stop_without_time_interrupts_at_once, "sup_stop_brutal_kill", SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, CALL(1, FOREVER), "full #1: 1 leased", "" },
     { 1 * S, STOP(2, 0), "stopped #1", "stopped, 1 left, 1 interrupted, released, 1: ok, 2: ok" });

CASE(the_time_of_the_call_goes_before_that_of_the_specification,
     "supervisor(3), child_spec: shutdown, an integer", SPEC(.size = 1, .shutdown = 5000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1000 * MS, CALL(1, FOREVER), "full #1: 1 leased", "" },
     { 1000 * MS, STOP(2, 700), "stopped #1: 1 leaving", "" },
     { 1700 * MS - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 1700 * MS, LOOK, "stopped #1", "stopped, 1 left, 1 interrupted, released, 1: ok, 2: ok" });

CASE(who_hears_no_interrupt_is_quarantined_after_the_grace,
     "child_unlink: a naughty child does not hang its supervisor; threads cannot be killed, "
     "so this one is left behind",
     SPEC(.size = 1, .shutdown = 5000, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, DEAF_CALL(1, 10000), "full #1: 1 leased", "" },
     { 1 * S, STOP(2, -1), "stopped #1: 1 leaving", "" },
     { 6 * S - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 6 * S, LOOK, "stopped #1: 1 leaving", "1 interrupted" },
     { 7 * S - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 7 * S, LOOK, "stopped #1: 1 stuck", "stopped, 1 quarantined, 2: EQUARANTINED" },
     { 11 * S - 1, LOOK, "stopped #1: 1 stuck", "" },
     { 11 * S, LOOK, "", "released, 1: ok" });

CASE(a_killed_worker_that_does_not_come_back_is_replaced_after_the_grace,
     "sup_stop_brutal_kill, of one child: its place is taken, its thread is not",
     SPEC(.size = 1, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, DEAF_CALL(1, 10000), "full #1: 1 leased", "" },
     { 2 * S, KILL_WORKER(-1), "degraded #1: 1 leaving", "1 interrupted" },
     { 3 * S - 1, LOOK, "degraded #1: 1 leaving", "" },
     { 3 * S, LOOK, "ready #1: 1 idle, 1 stuck", "1 up, 1 quarantined" },
     { 11 * S - 1, LOOK, "ready #1: 1 idle, 1 stuck", "" },
     { 11 * S, LOOK, "ready #1: 1 idle", "1 returned, 1: ok" });

CASE(in_an_exclusive_pool_its_place_is_not_taken,
     "sup_stop_infinity, of one child: never two at a time",
     SPEC(.size = 1, .grace = 1000, .exclusive = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, DEAF_CALL(1, 10000), "full #1: 1 leased", "" },
     { 2 * S, KILL_WORKER(-1), "degraded #1: 1 leaving", "1 interrupted" },
     { 3 * S, LOOK, "degraded #1: 1 stuck", "1 quarantined" },
     { 11 * S - 1, LOOK, "degraded #1: 1 stuck", "" },
     { 11 * S, LOOK, "ready #1: 1 idle", "1 up, 1 returned, 1: ok" });

CASE(a_stop_in_the_middle_of_a_restart_waits_for_the_old_workers,
     "hanging_restart_loop: terminate_child while the child is being restarted", SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(300), "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 1100 * MS, STOP(1, -1), "stopped #2: 1 leaving", "" },
     { 1300 * MS - 1, LOOK, "stopped #2: 1 leaving", "" },
     { 1300 * MS, LOOK, "stopped #2", STOPPED ", 1: ok" });

CASE(who_was_leaving_before_a_stop_is_held_to_its_deadline,
     "supervisor(3), terminate_child: with the time of the stop, not that of the restart",
     SPEC(.size = 1, .shutdown = 60000, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(10000), "ready #1: 1 idle", "" },
     { 1 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 2 * S, STOP(1, 2000), "stopped #2: 1 leaving", "" },
     { 5 * S - 1, LOOK, "stopped #2: 1 leaving", "" },
     { 5 * S, LOOK, "stopped #2: 1 stuck", "stopped, 1 quarantined, 1: EQUARANTINED" },
     { 11 * S, LOOK, "", "released" });

CASE(a_stop_in_the_middle_of_a_start_waits_for_it,
     "hanging_restart_loop: terminate_child while the child starts", SPEC(.size = 1),
     { 0, INITS_TAKE(2000), "none", "" },
     { 0, START, "starting #1: 1 starting", "started" },
     { 500 * MS, STOP(1, -1), "stopped #1: 1 leaving", "" },
     { 2000 * MS - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 2000 * MS, LOOK, "stopped #1", "stopped, 1 up, 1 left, released, 1: ok" });

CASE(a_stop_between_two_starts_that_fail_takes_no_time,
     "hanging_restart_loop: delete_child of a child that never comes up", SPEC(.size = 1),
     { 0, INITS_FAIL(-1), "none", "" },
     { 0, START, "degraded #1", "started, 1 not up" },
     { 50 * MS, STOP(1, -1), "stopped #1", "stopped, released, 1: ok" },
     { 60 * S, LOOK, "stopped #1", "" });

CASE(a_stop_in_a_backoff_takes_no_time,
     "hanging_restart_loop: terminate_child of a child that waits to be restarted",
     SPEC(.size = 1, .max_restarts = POOLTOY_NONE),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1010 * MS, CHECKOUT(1, -1), "backoff #2: 1 waiting", "" },
     { 1020 * MS, STOP(2, -1), "stopped #2", "stopped, released, 1: ESTOPPED, 2: ok" },
     { 60 * S, LOOK, "stopped #2", "" });

CASE(a_stop_of_a_failed_pool_takes_no_time, "child_adm: delete_child of a child that has ended",
     SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = POOLTOY_NONE),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "failed #2", "crashed, failed, 1 left" },
     { 2 * S, STOP(1, -1), "stopped #2", "stopped, released, 1: ok" },
     { 2 * S, INITS_FAIL(0), "stopped #2", "" },
     { 2 * S, START, "ready #1: 1 idle", "started, 1 up" });

/* The supervisor's. */

CASE(pools_stop_in_the_reverse_order_of_their_starts,
     "design principles: children are terminated in the reverse order, one after the other",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(300), "ready #1: 1 idle", "" },
     { 1000 * MS, STOP_SUPERVISOR(1, -1), "stopped #1: 1 leaving", "" },
     { 1300 * MS - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 1300 * MS, LOOK, "stopped #1", STOPPED ", B stopped, 1: ok" });

CASE(when_its_time_is_over_a_supervisor_stops_all_pools_at_once,
     "sup_stop_timeout: with one deadline for all of them",
     SPEC(.size = 1, .shutdown = 60000, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, DEAF_CALL(1, 10000), "full #1: 1 leased", "" },
     { 1 * S, STOP_SUPERVISOR(2, 2000), "stopped #1: 1 leaving", "" },
     { 3 * S - 1, LOOK, "stopped #1: 1 leaving", "" },
     { 3 * S, LOOK, "stopped #1: 1 leaving", "1 interrupted, B stopped" },
     { 4 * S, LOOK, "stopped #1: 1 stuck", "stopped, 1 quarantined, 2: EQUARANTINED" },
     { 11 * S, LOOK, "", "released, 1: ok" });
