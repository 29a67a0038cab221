/* SPDX-License-Identifier: MIT */
/* intensity.c: how many deaths of a manager, within which time, are too many. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

#define THREE_IN_5_S SPEC(.size = 1, .max_restarts = 3, .restart_period = 5000)
#define RESTART      "crashed, restarted, 1 up, 1 left"
#define BACKOFF      "crashed, backoff for 100 ms, 1 left"

CASE(one_death_fewer_than_the_intensity, "one_for_one: a child that dies is started again",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 60 * S, LOOK, "ready #3: 1 idle", "" });

CASE(as_many_deaths_as_the_intensity,
     "supervisor(3), sup_flags: MaxR restarts within MaxT are still made", THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 60 * S, LOOK, "ready #4: 1 idle", "" });

CASE(one_death_more_than_the_intensity,
     "supervisor(3), sup_flags: more than MaxR within MaxT is the end; here a backoff comes first",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 4 * S, KILL_MANAGER, "backoff #5", BACKOFF },
     { 4100 * MS - 1, LOOK, "backoff #5", "" },
     { 4100 * MS, LOOK, "ready #5: 1 idle", "restarted after 100 ms, 1 up" });

CASE(deaths_exactly_a_period_apart_count_together,
     "supervisor.erl, in_period: a restart MaxT ago still counts", THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(deaths_a_nanosecond_less_than_a_period_apart_count_together,
     "supervisor.erl, in_period: just inside", THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6 * S - 1, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(deaths_a_nanosecond_more_than_a_period_apart_do_not,
     "supervisor.erl, in_period: just outside (OTP counts whole seconds, this library ns)",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6 * S + 1, KILL_MANAGER, "ready #5: 1 idle", RESTART });

CASE(the_window_slides, "supervisor(3): restarts of the last MaxT, whenever these were",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 4 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 5 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 7 * S, KILL_MANAGER, "ready #5: 1 idle", RESTART }, /* those of 4, 5 and 7 s */
     { 9 * S, KILL_MANAGER, "backoff #6", BACKOFF });

CASE(deaths_of_one_nanosecond_all_count, "one_for_one: the restart frequency, without a pause",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(a_pool_that_dies_seldom_is_restarted_forever,
     "multiple_restarts: restarts slower than the intensity add up to nothing",
     SPEC(.size = 1, .max_restarts = 1, .restart_period = 1000),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 2 * S + 1, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S + 2, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 4 * S + 3, KILL_MANAGER, "ready #5: 1 idle", RESTART },
     { 5 * S + 4, KILL_MANAGER, "ready #6: 1 idle", RESTART },
     { 6 * S + 5, KILL_MANAGER, "ready #7: 1 idle", RESTART });

CASE(with_no_intensity_the_first_death_is_too_many, "supervisor(3), sup_flags: intensity 0",
     SPEC(.size = 1, .max_restarts = POOLTOY_NONE),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "backoff #2", BACKOFF },
     { 1100 * MS, LOOK, "ready #2: 1 idle", "restarted after 100 ms, 1 up" });

CASE(with_no_period_only_deaths_of_one_moment_count_together,
     "supervisor(3), sup_flags: period; OTP has no 0, this library has",
     SPEC(.size = 1, .max_restarts = 1, .restart_period = POOLTOY_NONE),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S + 1, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 1 * S + 1, KILL_MANAGER, "backoff #4", BACKOFF });

CASE(the_default_is_three_in_five_seconds,
     "Supervisor's max_restarts and max_seconds in Elixir (OTP's own are 1 and 5)",
     SPEC(.size = 1),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 6 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(a_pool_started_anew_has_no_past,
     "child_adm: terminate_child and start_child are no restarts, and leave none behind",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 1 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 2 * S, STOP(1, -1), "stopped #4", "stopped, 1 left, released, 1: ok" },
     { 2 * S, START, "ready #1: 1 idle", "started, 1 up" },
     { 3 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });

/* What is no death of a manager. */

CASE(worker_deaths_never_count,
     "tree: a worker's supervisor takes its deaths upon itself; its own supervisor hears nothing",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1100 * MS, KILL_WORKER(-1), "degraded #1", "1 up, 1 died" },
     { 1300 * MS, KILL_WORKER(-1), "degraded #1", "1 up, 1 died" },
     { 1700 * MS, KILL_WORKER(-1), "degraded #1", "1 up, 1 died" },
     { 2500 * MS, LOOK, "ready #1: 1 idle", "1 up" },
     { 3 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(lack_of_threads_for_workers_never_counts,
     "hanging_restart_loop: OTP counts each failed restart; here the world's shortage is no fault "
     "of the pool",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_THREADS, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1100 * MS, LOOK, "degraded #1", "1 not up" },
     { 1300 * MS, LOOK, "degraded #1", "1 not up" },
     { 1700 * MS, LOOK, "degraded #1", "1 not up" },
     { 2000 * MS, GRANT_THREADS, "degraded #1", "" },
     { 2500 * MS, LOOK, "ready #1: 1 idle", "1 up" },
     { 3 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(lack_of_memory_for_workers_never_counts, "hanging_restart_loop, for want of memory",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_MEMORY, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_WORKER(-1), "degraded #1", "1 died" },
     { 1100 * MS, LOOK, "degraded #1", "1 not up" },
     { 1300 * MS, LOOK, "degraded #1", "1 not up" },
     { 1400 * MS, GRANT_MEMORY, "degraded #1", "" },
     { 1700 * MS, LOOK, "ready #1: 1 idle", "1 up" },
     { 3 * S, KILL_MANAGER, "ready #2: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(lack_of_a_thread_for_the_manager_counts_once,
     "hanging_restart_loop: the restart is tried again, here every 10 ms; one death is one",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_THREADS, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_MANAGER, "ready #2: 1 idle", "crashed" },
     { 1045 * MS, GRANT_THREADS, "ready #2: 1 idle", "" },
     { 1050 * MS - 1, LOOK, "ready #2: 1 idle", "" },
     { 1050 * MS, LOOK, "ready #2: 1 idle", "restarted after 50 ms, 1 up, 1 left" },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });

CASE(lack_of_memory_for_the_manager_counts_once, "hanging_restart_loop, for want of memory",
     THREE_IN_5_S,
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 1000 * MS, REFUSE_MEMORY, "ready #1: 1 idle", "" },
     { 1000 * MS, KILL_MANAGER, "ready #1: 1 idle", "crashed" },
     { 1045 * MS, GRANT_MEMORY, "ready #1: 1 idle", "" },
     { 1050 * MS, LOOK, "ready #2: 1 idle", "restarted after 50 ms, 1 up, 1 left" },
     { 3 * S, KILL_MANAGER, "ready #3: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "ready #4: 1 idle", RESTART },
     { 3 * S, KILL_MANAGER, "backoff #5", BACKOFF });
