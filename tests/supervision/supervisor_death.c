/* SPDX-License-Identifier: MIT */
/* supervisor_death.c: the supervisor itself dies, in the middle of each thing it may be at. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

#define RESTART "crashed, restarted, 1 up, 1 left"

CASE(a_supervisor_that_dies_goes_on_where_it_was,
     "tree: in OTP a supervisor's death takes its children along; here they notice nothing",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, KILL_SUPERVISOR, "full #1: 1 leased", "supervisor restarted" },
     { 1 * S, CALL(1, 0), "full #1: 1 leased", "1: ok" },
     { 1 * S, CHECKIN(1), "ready #1: 1 idle", "1: ok" },
     { 2 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART });

CASE(a_supervisor_remembers_the_deaths_from_before_its_own,
     "simple_one_for_one_escalation: in OTP the count begins anew with the supervisor; not here",
     SPEC(.size = 1, .max_restarts = 3, .restart_period = 5000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 2 * S, KILL_SUPERVISOR, "ready #3: 1 idle", "supervisor restarted" },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6 * S, KILL_MANAGER, "backoff #5", "crashed, backoff for 100 ms, 1 left" });

CASE(a_supervisor_may_die_as_often_as_it_likes,
     "one_for_one_escalation ends at the top supervisor; here it has no intensity of its own",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_SUPERVISOR, "ready #1: 1 idle", "supervisor restarted" },
     { 1 * S, KILL_SUPERVISOR, "ready #1: 1 idle", "supervisor restarted" },
     { 1 * S, KILL_SUPERVISOR, "ready #1: 1 idle", "supervisor restarted" },
     { 1 * S, KILL_SUPERVISOR, "ready #1: 1 idle", "supervisor restarted" },
     { 1 * S, KILL_SUPERVISOR, "ready #1: 1 idle", "supervisor restarted" },
     { 2 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART });

CASE(a_manager_that_dies_without_a_supervisor_is_restarted_when_there_is_one,
     "tree: a message to a dead supervisor is lost in OTP; here the next one finds it",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_THREADS, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_SUPERVISOR, "ready #1: 1 idle", "" },
     { 1005 * MS, KILL_MANAGER, "ready #1: 1 idle", "" },
     { 1010 * MS, CHECKOUT(1, 0), "full #1: 1 leased", "1: ok" },
     { 1040 * MS, GRANT_THREADS, "full #1: 1 leased", "" },
     { 1045 * MS, LOOK, "ready #2: 1 idle",
       "supervisor restarted, crashed, restarted, 1 up, 1 left" },
     { 2000 * MS, CHECKIN(1), "ready #2: 1 idle", "1: ESTALE" });

CASE(a_supervisor_that_dies_while_no_manager_can_be_had_tries_on,
     "hanging_restart_loop: the restart that is to be tried again is not forgotten",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_THREADS, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle", "crashed" },
     { 1004 * MS, KILL_SUPERVISOR, "ready #2: 1 idle", "" },
     { 1020 * MS, GRANT_THREADS, "ready #2: 1 idle", "" },
     { 1024 * MS - 1, LOOK, "ready #2: 1 idle", "" },
     { 1024 * MS, LOOK, "ready #2: 1 idle",
       "supervisor restarted, restarted after 24 ms, 1 up, 1 left" });

CASE(a_start_without_a_supervisor_waits_for_one,
     "supervisor(3): start_child at a dead supervisor is noproc; here it waits for the next",
     SPEC(.size = 1),
     { 0, REFUSE_THREADS, "none", "" },
     { 0, KILL_SUPERVISOR, "none", "" },
     { 5 * MS, START_BY(1), "none", "" },
     { 10 * MS, GRANT_THREADS, "none", "" },
     { 15 * MS, LOOK, "ready #1: 1 idle", "supervisor restarted, started, 1 up, 1: ok" });

CASE(a_stop_without_a_supervisor_needs_none,
     "supervisor(3): terminate_child at a dead supervisor is noproc; here stops go on without it",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_THREADS, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_SUPERVISOR, "ready #1: 1 idle", "" },
     { 1005 * MS, STOP(1, -1), "stopped #1", "stopped, 1 left, released, 1: ok" },
     { 1005 * MS, GRANT_THREADS, "stopped #1", "" },
     { 1010 * MS, LOOK, "stopped #1", "supervisor restarted" });
