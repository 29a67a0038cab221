/* SPDX-License-Identifier: MIT */
/* restarts.c: who ends with whom: one for all with the manager, one for one without. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

CASE(with_the_manager_all_workers_end, "one_for_all: no old child lives on", SPEC(.size = 3),
     { 0, START, "ready #1: 3 idle", "started, 3 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 3 idle", "crashed, restarted, 3 up, 3 left" });

CASE(with_the_manager_all_leases_end,
     "one_for_all: the monitor table's process is a child like any other", SPEC(.size = 2),
     { 0, START, "ready #1: 2 idle", "started, 2 up" },
     { 0, CHECKOUT(1, -1), "ready #1: 1 idle, 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 2 leased", "2: ok" },
     { 1 * S, KILL_MANAGER, "ready #2: 2 idle", "crashed, restarted, 2 up, 2 left" },
     { 2 * S, CHECKIN(1), "ready #2: 2 idle", "1: ESTALE" },
     { 2 * S, CALL(2, 0), "ready #2: 2 idle", "2: ESTALE" },
     { 2 * S, CHECKOUT(1, 0), "ready #2: 1 idle, 1 leased", "1: ok" },
     { 2 * S, CHECKIN(1), "ready #2: 2 idle", "1: ok" });

CASE(who_waits_does_not_notice_a_restart,
     "one_for_all: in OTP the queue dies with its process; here it outlives it", SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 1 leased, 1 waiting", "" },
     { 1 * S, KILL_MANAGER, "full #2: 1 leased", "crashed, restarted, 1 up, 1 left, 2: ok" },
     { 1 * S, CHECKIN(2), "ready #2: 1 idle", "2: ok" });

CASE(a_worker_is_followed_as_soon_as_it_has_terminated,
     "one_for_all: a child is started when its predecessor has ended", SPEC(.size = 2),
     { 0, START, "ready #1: 2 idle", "started, 2 up" },
     { 0, TERMINATE_0_TAKES(300), "ready #1: 2 idle", "" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle, 1 leaving",
       "crashed, restarted, 1 up, 1 left" },
     { 1300 * MS - 1, LOOK, "ready #2: 1 idle, 1 leaving", "" },
     { 1300 * MS, LOOK, "ready #2: 2 idle", "1 up, 1 left" });

CASE(a_worker_that_does_not_terminate_is_followed_after_the_shutdown_time,
     "sup_stop_timeout: OTP kills it then; here it is left behind, and quarantined",
     SPEC(.size = 1, .shutdown = 5000, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(8000), "ready #1: 1 idle", "" },
     { 1 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 6 * S - 1, LOOK, "starting #2: 1 leaving", "" },
     { 6 * S, LOOK, "ready #2: 1 idle, 1 leaving", "restarted after 5000 ms, 1 up" },
     { 7 * S - 1, LOOK, "ready #2: 1 idle, 1 leaving", "" },
     { 7 * S, TERMINATES_TAKE(0), "ready #2: 1 idle, 1 stuck", "1 quarantined" },
     { 9 * S, LOOK, "ready #2: 1 idle", "1 returned" });

CASE(in_an_exclusive_pool_none_starts_before_its_predecessor_has_terminated,
     "sup_stop_infinity: never two at a time, however long it takes",
     SPEC(.size = 1, .exclusive = 1, .shutdown = 5000, .grace = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(8000), "ready #1: 1 idle", "" },
     { 1 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 6 * S, LOOK, "starting #2: 1 leaving", "" },
     { 7 * S, TERMINATES_TAKE(0), "starting #2: 1 stuck", "1 quarantined" },
     { 9 * S - 1, LOOK, "starting #2: 1 stuck", "" },
     { 9 * S, LOOK, "ready #2: 1 idle", "restarted after 8000 ms, 1 up, 1 returned" });

CASE(a_manager_that_dies_over_a_restart_begins_another,
     "hanging_restart_loop: a child that dies while its siblings are still being ended",
     SPEC(.size = 1, .max_restarts = 3),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, TERMINATES_TAKE(3000), "ready #1: 1 idle", "" },
     { 1 * S, KILL_MANAGER, "starting #2: 1 leaving", "crashed" },
     { 2 * S, KILL_MANAGER, "starting #3: 1 leaving", "crashed" },
     { 3 * S, KILL_MANAGER, "starting #4: 1 leaving", "crashed" },
     { 4 * S, LOOK, "ready #4: 1 idle", "restarted after 1000 ms, 1 up, 1 left" },
     { 4 * S, TERMINATES_TAKE(0), "ready #4: 1 idle", "" },
     { 5 * S, KILL_MANAGER, "backoff #5", "crashed, backoff for 100 ms, 1 left" });

/* One worker. */

CASE(a_worker_dies_alone, "one_for_one: its siblings are the ones from before", SPEC(.size = 2),
     { 0, START, "ready #1: 2 idle", "started, 2 up" },
     { 0, CHECKOUT(1, -1), "ready #1: 1 idle, 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 2 leased", "2: ok" },
     { 1000 * MS, BROKEN_CALL(1), "degraded #1: 1 leased", "1 died, 1: ECRASHED" },
     { 1100 * MS - 1, CALL(2, 0), "degraded #1: 1 leased", "2: ok" },
     { 1100 * MS, LOOK, "ready #1: 1 idle, 1 leased", "1 up" },
     { 1200 * MS, CHECKIN(2), "ready #1: 2 idle", "2: ok" });

CASE(a_worker_that_has_served_is_replaced_at_once,
     "permanent_abnormal: a permanent child is always started again", SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 0, CHECKIN(1), "ready #1: 1 idle", "1: ok" },
     { 1 * S, KILL_WORKER(-1), "ready #1: 1 idle", "1 up, 1 died" },
     { 1 * S, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, CHECKIN(1), "ready #1: 1 idle", "1: ok" },
     { 1 * S, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, BROKEN_CALL(1), "ready #1: 1 idle", "1 up, 1 died, 1: ECRASHED" });

CASE(a_worker_that_has_not_is_replaced_after_a_backoff,
     "permanent_abnormal; a child that dies as soon as it is up would hang_restart_loop",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1100 * MS - 1, LOOK, "degraded #1", "" },
     { 1100 * MS, LOOK, "ready #1: 1 idle", "1 up" },
     { 1100 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1300 * MS - 1, LOOK, "degraded #1", "" },
     { 1300 * MS, LOOK, "ready #1: 1 idle", "1 up" });

CASE(a_worker_that_has_served_ends_the_row_of_those_that_have_not,
     "multiple_restarts: what was long ago, or has been made good, is forgotten", SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1100 * MS, CHECKOUT(1, 0), "full #1: 1 leased", "1 up, 1: ok" },
     { 1100 * MS, CHECKIN(1), "ready #1: 1 idle", "1: ok" },
     { 1200 * MS, KILL_WORKER(-1), "ready #1: 1 idle", "1 up, 1 died" },
     { 1300 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1400 * MS - 1, LOOK, "degraded #1", "" },
     { 1400 * MS, LOOK, "ready #1: 1 idle", "1 up" });

CASE(overflow_that_is_dismissed_is_not_replaced,
     "transient_normal: a transient child that ends as it should is not started again",
     SPEC(.size = 1, .max_overflow = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "ready #1: 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 2 leased", "1 up, 2: ok" },
     { 1 * S, CHECKIN(2), "ready #1: 1 leased", "1 left, 2: ok" },
     { 60 * S, CHECKIN(1), "ready #1: 1 idle", "1: ok" });

CASE(overflow_that_breaks_is_not_replaced,
     "temporary_abnormal: a temporary child is never started again",
     SPEC(.size = 1, .max_overflow = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "ready #1: 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 2 leased", "1 up, 2: ok" },
     { 1 * S, BROKEN_CALL(2), "ready #1: 1 leased", "1 died, 2: ECRASHED" },
     { 60 * S, CHECKIN(1), "ready #1: 1 idle", "1: ok" });

CASE(overflow_does_not_come_back_with_a_restart,
     "temporary_bystander: a temporary child that ends with the others is not started again",
     SPEC(.size = 1, .max_overflow = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "ready #1: 1 leased", "1: ok" },
     { 0, CHECKOUT(2, -1), "full #1: 2 leased", "1 up, 2: ok" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", "crashed, restarted, 1 up, 2 left" });
