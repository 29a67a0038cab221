/* SPDX-License-Identifier: MIT */
/* backoff.c: after one death too many: waits that grow, and are forgotten; the end; revival. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

#define NO_INTENSITY .size = 1, .max_restarts = POOLTOY_NONE
#define ONE_IN_5_S   .size = 1, .max_restarts = 1, .restart_period = 5000
#define RESTART      "crashed, restarted, 1 up, 1 left"

CASE(backoffs_double_up_to_the_maximum,
     "hanging_restart_loop: OTP tries again without a pause; here each wait is twice the last",
     SPEC(NO_INTENSITY, .backoff_min = 100, .backoff_max = 600),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1100 * MS - 1, LOOK, "backoff #2", "" },
     { 1100 * MS, LOOK, "ready #2: 1 idle", "restarted after 100 ms, 1 up" },
     { 1100 * MS, KILL_MANAGER, "backoff #3", "crashed, backoff for 200 ms, 1 left" },
     { 1300 * MS - 1, LOOK, "backoff #3", "" },
     { 1300 * MS, LOOK, "ready #3: 1 idle", "restarted after 200 ms, 1 up" },
     { 1300 * MS, KILL_MANAGER, "backoff #4", "crashed, backoff for 400 ms, 1 left" },
     { 1700 * MS - 1, LOOK, "backoff #4", "" },
     { 1700 * MS, LOOK, "ready #4: 1 idle", "restarted after 400 ms, 1 up" },
     { 1700 * MS, KILL_MANAGER, "backoff #5", "crashed, backoff for 600 ms, 1 left" },
     { 2300 * MS - 1, LOOK, "backoff #5", "" },
     { 2300 * MS, LOOK, "ready #5: 1 idle", "restarted after 600 ms, 1 up" },
     { 2300 * MS, KILL_MANAGER, "backoff #6", "crashed, backoff for 600 ms, 1 left" });

CASE(a_death_a_period_after_the_backoff_still_belongs_to_the_row,
     "supervisor.erl, in_period, at its edge: trouble is over MaxT after its last wait",
     SPEC(ONE_IN_5_S),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1000 * MS, KILL_MANAGER, "backoff #3", "crashed, backoff for 100 ms, 1 left" },
     { 6100 * MS, KILL_MANAGER, "backoff #4",
       "crashed, backoff for 200 ms, restarted after 100 ms, 1 up, 1 left" });

CASE(a_death_a_nanosecond_later_does_not,
     "multiple_restarts: what was long ago is forgotten, and so is the wait",
     SPEC(ONE_IN_5_S),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1000 * MS, KILL_MANAGER, "backoff #3", "crashed, backoff for 100 ms, 1 left" },
     { 1100 * MS, LOOK, "ready #3: 1 idle", "restarted after 100 ms, 1 up" },
     { 6100 * MS + 1, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6100 * MS + 1, KILL_MANAGER, "backoff #5", "crashed, backoff for 100 ms, 1 left" });

CASE(clients_wait_through_a_backoff,
     "restarting children: which_children shows them, calls fail; here who waits waits on",
     SPEC(NO_INTENSITY),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1000 * MS, CHECKIN(1), "backoff #2", "1: ESTALE" },
     { 1010 * MS, TRY(1), "backoff #2", "1: ESTARTING" },
     { 1020 * MS, CHECKOUT(2, -1), "backoff #2: 1 waiting", "" },
     { 1030 * MS, CHECKOUT(3, 50), "backoff #2: 2 waiting", "" },
     { 1080 * MS - 1, LOOK, "backoff #2: 2 waiting", "" },
     { 1080 * MS, LOOK, "backoff #2: 1 waiting", "3: ETIMEDOUT" },
     { 1100 * MS - 1, LOOK, "backoff #2: 1 waiting", "" },
     { 1100 * MS, LOOK, "full #2: 1 leased", "restarted after 100 ms, 1 up, 2: ok" },
     { 1200 * MS, CHECKIN(2), "ready #2: 1 idle", "2: ok" });

CASE(a_pool_in_backoff_has_nothing_to_kill,
     "child_adm: a child that is restarting cannot be terminated once more",
     SPEC(NO_INTENSITY),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1050 * MS, KILL_MANAGER, "backoff #2", "ESTARTING" },
     { 1060 * MS, KILL_WORKER(-1), "backoff #2", "ENOENT" },
     { 1100 * MS, LOOK, "ready #2: 1 idle", "restarted after 100 ms, 1 up" });

CASE(a_supervisor_that_dies_in_a_backoff_loses_nothing_of_it,
     "supervisors keep no state over their deaths in OTP; here pools go on as they are",
     SPEC(NO_INTENSITY),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1050 * MS, KILL_SUPERVISOR, "backoff #2", "supervisor restarted" },
     { 1100 * MS - 1, LOOK, "backoff #2", "" },
     { 1100 * MS, KILL_MANAGER, "backoff #3",
       "crashed, backoff for 200 ms, restarted after 100 ms, 1 up, 1 left" });

/* The end. */

#define GIVE_UP_AFTER_1_S SPEC(NO_INTENSITY, .give_up_after = 1000)

CASE(a_nanosecond_before_the_limit_the_pool_is_tried_again,
     "one_for_one_escalation: OTP gives up with the first excess; here after give_up_after",
     GIVE_UP_AFTER_1_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1100 * MS, LOOK, "ready #2: 1 idle", "restarted after 100 ms, 1 up" },
     { 2000 * MS - 1, KILL_MANAGER, "backoff #3", "crashed, backoff for 200 ms, 1 left" },
     { 2200 * MS - 1, LOOK, "ready #3: 1 idle", "restarted after 200 ms, 1 up" },
     { 2200 * MS, KILL_MANAGER, "failed #4", "crashed, failed, 1 left" });

CASE(at_the_limit_the_pool_is_given_up,
     "one_for_one_escalation: the supervisor ends with its children; here that pool alone",
     GIVE_UP_AFTER_1_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1100 * MS, LOOK, "ready #2: 1 idle", "restarted after 100 ms, 1 up" },
     { 2000 * MS, KILL_MANAGER, "failed #3", "crashed, failed, 1 left" },
     { 3600 * S, LOOK, "failed #3", "" });

CASE(a_nanosecond_after_the_limit_it_is_too,
     "one_for_one_escalation, and what clients are told",
     GIVE_UP_AFTER_1_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "backoff #2", "crashed, backoff for 100 ms, 1 left" },
     { 1100 * MS, CHECKOUT(1, -1), "full #2: 1 leased", "restarted after 100 ms, 1 up, 1: ok" },
     { 1200 * MS, CHECKOUT(2, -1), "full #2: 1 leased, 1 waiting", "" },
     { 2000 * MS + 1, KILL_MANAGER, "failed #3", "crashed, failed, 1 left, 2: EFAILED" },
     { 3 * S, CHECKIN(1), "failed #3", "1: ESTALE" },
     { 3 * S, TRY(1), "failed #3", "1: EFAILED" },
     { 3 * S, CHECKOUT(1, -1), "failed #3", "1: EFAILED" },
     { 3 * S, KILL_MANAGER, "failed #3", "EFAILED" });

CASE(with_nothing_to_wait_for_one_death_too_many_is_the_end,
     "one_for_one_escalation, as OTP has it",
     SPEC(ONE_IN_5_S, .give_up_after = POOLTOY_NONE),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 6 * S, KILL_MANAGER, "failed #3", "crashed, failed, 1 left" });

/* And a beginning. */

#define FAILS_AT_ONCE SPEC(ONE_IN_5_S, .give_up_after = POOLTOY_NONE)

CASE(a_revived_pool_serves_at_once_and_has_no_past,
     "child_adm: restart_child starts a terminated child again", FAILS_AT_ONCE,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "failed #3", "crashed, failed, 1 left" },
     { 2 * S, REVIVE, "ready #3: 1 idle", "revived, restarted after 1000 ms, 1 up" },
     { 2 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "failed #5", "crashed, failed, 1 left" });

CASE(a_pool_that_is_revived_twice_has_no_past_either,
     "child_adm: restart_child of a child that runs changes nothing", FAILS_AT_ONCE,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "failed #3", "crashed, failed, 1 left" },
     { 2 * S, REVIVE, "ready #3: 1 idle", "revived, restarted after 1000 ms, 1 up" },
     { 2 * S, REVIVE, "ready #3: 1 idle", "" },
     { 2 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "failed #5", "crashed, failed, 1 left" });

CASE(a_revival_ends_a_backoff, "child_adm: restart_child, of one that waits to be restarted",
     SPEC(ONE_IN_5_S),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1000 * MS, KILL_MANAGER, "backoff #3", "crashed, backoff for 100 ms, 1 left" },
     { 1020 * MS, REVIVE, "ready #3: 1 idle", "revived, restarted after 20 ms, 1 up" },
     { 1030 * MS, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 1030 * MS, KILL_MANAGER, "backoff #5", "crashed, backoff for 100 ms, 1 left" });

CASE(reviving_a_pool_that_runs_forgets_nothing,
     "child_adm: restart_child of a child that runs changes nothing", SPEC(ONE_IN_5_S),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, REVIVE, "ready #2: 1 idle", "" },
     { 1 * S, KILL_MANAGER, "backoff #3", "crashed, backoff for 100 ms, 1 left" });
