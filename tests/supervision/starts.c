/* SPDX-License-Identifier: MIT */
/* starts.c: starts that take their time, that fail, and that are refused. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

CASE(a_slow_start_delays_who_waits_for_it_alone,
     "sup_start_normal: OTP's start waits for init; here the pool starts at once, clients wait",
     SPEC(.size = 1),
     { 0, INITS_TAKE(10000), "none", "" },
     { 0, START, "starting #1: 1 starting", "started" },
     { 0, TRY(1), "starting #1: 1 starting", "1: ESTARTING" },
     { 0, CHECKOUT(2, -1), "starting #1: 1 starting, 1 waiting", "" },
     { 10 * S - 1, LOOK, "starting #1: 1 starting, 1 waiting", "" },
     { 10 * S, LOOK, "full #1: 1 leased", "1 up, 2: ok" },
     { 11 * S, CHECKIN(2), "ready #1: 1 idle", "2: ok" });

CASE(a_manager_that_dies_over_a_slow_start_does_not_wait_for_it,
     "hanging_restart_loop: the supervisor stays responsive while a child starts",
     SPEC(.size = 1, .shutdown = 5000, .grace = 1000),
     { 0, INITS_TAKE(10000), "none", "" },
     { 0, START, "starting #1: 1 starting", "started" },
     { 3 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 8 * S - 1, LOOK, "starting #2: 1 leaving", "" },
     { 8 * S, LOOK, "starting #2: 1 starting, 1 leaving", "" },
     { 9 * S - 1, LOOK, "starting #2: 1 starting, 1 leaving", "" },
     { 9 * S, LOOK, "starting #2: 1 starting, 1 stuck", "1 quarantined" },
     { 10 * S, LOOK, "starting #2: 1 starting", "1 up, 1 returned" },
     { 18 * S, LOOK, "ready #2: 1 idle", "restarted after 15000 ms, 1 up" });

CASE(a_start_called_off_that_comes_up_is_told_of_with_its_end,
     "one_for_all_other_child_fails_restart: a child that is up when it is no longer wanted",
     SPEC(.size = 1),
     { 0, INITS_TAKE(2000), "none", "" },
     { 0, START, "starting #1: 1 starting", "started" },
     { 1 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 2 * S, LOOK, "starting #2: 1 starting", "1 up, 1 left" },
     { 4 * S, LOOK, "ready #2: 1 idle", "restarted after 3000 ms, 1 up" });

CASE(a_start_that_fails_is_tried_again_after_a_backoff,
     "sup_start_fail: OTP's supervisor does not start; here the pool is up, degraded",
     SPEC(.size = 1),
     { 0, INITS_FAIL(3), "none", "" },
     { 0, START, "degraded #1", "started, 1 not up" },
     { 100 * MS - 1, LOOK, "degraded #1", "" },
     { 100 * MS, LOOK, "degraded #1", "1 not up" },
     { 300 * MS - 1, LOOK, "degraded #1", "" },
     { 300 * MS, LOOK, "degraded #1", "1 not up" },
     { 700 * MS - 1, LOOK, "degraded #1", "" },
     { 700 * MS, LOOK, "ready #1: 1 idle", "1 up" });

CASE(starts_that_fail_for_long_never_fail_the_pool,
     "hanging_restart_loop: OTP counts them; here they cost a wait of backoff_max at most",
     SPEC(.size = 1, .max_restarts = POOLTOY_NONE, .give_up_after = POOLTOY_NONE),
     { 0, INITS_FAIL(-1), "none", "" },
     { 0, START, "degraded #1", "started, 1 not up" },
     { 12700 * MS - 1, LOOK, "degraded #1", "6 not up" }, /* the last at 6.3 s */
     { 12700 * MS, LOOK, "degraded #1", "1 not up" },
     { 22700 * MS - 1, LOOK, "degraded #1", "" },
     { 22700 * MS, LOOK, "degraded #1", "1 not up" },
     { 112700 * MS, INITS_FAIL(0), "degraded #1", "9 not up" },
     { 122700 * MS - 1, LOOK, "degraded #1", "" },
     { 122700 * MS, LOOK, "ready #1: 1 idle", "1 up" },
     { 200 * S, LOOK, "ready #1: 1 idle", "" });

CASE(one_start_that_fails_leaves_the_others_alone,
     "one_for_all_other_child_fails_restart: OTP ends them all; a worker's failure is its own here",
     SPEC(.size = 2),
     { 0, INITS_FAIL(1), "none", "" },
     { 0, START, "degraded #1: 1 idle", "started, 1 up, 1 not up" },
     { 50 * MS, TRY(1), "degraded #1: 1 leased", "1: ok" },
     { 100 * MS, LOOK, "ready #1: 1 idle, 1 leased", "1 up" },
     { 200 * MS, CHECKIN(1), "ready #1: 2 idle", "1: ok" });

CASE(a_restart_whose_starts_fail_is_one_death_all_the_same,
     "one_for_all_escalation: OTP counts the failed starts and gives up; here a wait, no death",
     SPEC(.size = 1, .max_restarts = 2),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, INITS_FAIL(3), "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_MANAGER, "degraded #2", "crashed, 1 not up, 1 left" },
     { 1700 * MS, LOOK, "ready #2: 1 idle", "restarted after 700 ms, 1 up, 2 not up" },
     { 2000 * MS, KILL_MANAGER, "ready #3: 1 idle", "crashed, restarted, 1 up, 1 left" },
     { 3000 * MS, KILL_MANAGER, "backoff #4", "crashed, backoff for 100 ms, 1 left" });

CASE(a_name_that_is_taken, "child_adm: start_child of an id that is there, already_started",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, START, "ready #1: 1 idle", "EEXIST" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", "crashed, restarted, 1 up, 1 left" },
     { 1 * S, START, "ready #2: 1 idle", "EEXIST" });

CASE(a_start_without_a_thread_leaves_nothing_behind, "sup_start_fail", SPEC(.size = 1),
     { 0, REFUSE_THREADS, "none", "" },
     { 0, START, "none", "EAGAIN" },
     { 1 * S, GRANT_THREADS, "none", "" },
     { 1 * S, START, "ready #1: 1 idle", "started, 1 up" });

CASE(a_start_without_memory_leaves_nothing_behind, "sup_start_fail", SPEC(.size = 1),
     { 0, REFUSE_MEMORY, "none", "" },
     { 0, START, "none", "ENOMEM" },
     { 1 * S, GRANT_MEMORY, "none", "" },
     { 1 * S, START, "ready #1: 1 idle", "started, 1 up" });

CASE(a_faulty_specification_is_refused, "sup_start_map_faulty_specs", SPEC(.size = -1),
     { 0, START, "none", "EINVAL" });
