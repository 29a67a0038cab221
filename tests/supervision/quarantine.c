/* SPDX-License-Identifier: MIT */
/* quarantine.c: a bound for how many threads may be stuck: with more, the pool crashes, and says so. */
#include "stage.h"

/* Tables, with one step a line. */
/* clang-format off */

#define STUCK_AT_3_S \
     { 0, START, "ready #1: 1 idle", "started, 1 up" }, \
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" }, \
     { 1 * S, DEAF_CALL(1, 10000), "full #1: 1 leased", "" }, \
     { 2 * S, KILL_WORKER(-1), "degraded #1: 1 leaving", "1 interrupted" }, \
     { 3 * S - 1, LOOK, "degraded #1: 1 leaving", "" }

CASE(as_many_stuck_threads_as_may_be_are_borne,
     "OTP kills who is stuck; a thread cannot be killed, so the pool goes on without it",
     SPEC(.size = 1, .grace = 1000, .max_quarantined = 1),
     STUCK_AT_3_S,
     { 3 * S, LOOK, "ready #1: 1 idle, 1 stuck", "1 up, 1 quarantined" },
     { 60 * S, LOOK, "ready #1: 1 idle", "1 returned, 1: ok" });

CASE(who_is_asked_where_it_is_and_does_not_answer_is_quarantined_a_moment_later,
     "OTP has a debugger look; here the thread is asked, and waited for briefly",
     SPEC(.size = 1, .grace = 1000, .stack_signal = 40, .stack_wait = 50),
     STUCK_AT_3_S,
     { 3000 * MS, LOOK, "degraded #1: 1 leaving", "" },
     { 3050 * MS - 1, LOOK, "degraded #1: 1 leaving", "" },
     { 3050 * MS, LOOK, "ready #1: 1 idle, 1 stuck", "1 up, 1 quarantined" },
     { 60 * S, LOOK, "ready #1: 1 idle", "1 returned, 1: ok" });

CASE(who_comes_back_as_it_is_asked_where_it_is_is_not_quarantined,
     "a child that ends within its time is not killed",
     SPEC(.size = 1, .grace = 1000, .stack_signal = 40, .stack_wait = 50),
     { 0, START, "ready #1: 1 idle", "started, 1 up" },
     { 0, CHECKOUT(1, -1), "full #1: 1 leased", "1: ok" },
     { 1 * S, DEAF_CALL(1, 2020), "full #1: 1 leased", "" },
     { 2 * S, KILL_WORKER(-1), "degraded #1: 1 leaving", "1 interrupted" },
     { 3020 * MS - 1, LOOK, "degraded #1: 1 leaving", "" },
     { 3020 * MS, LOOK, "ready #1: 1 idle", "1 up, 1 died, 1: ok" });

CASE(one_stuck_thread_more_than_may_be_crashes_the_pool_until_it_is_back,
     "supervisor(3): a child whose start fails again and again uses up the intensity",
     SPEC(.size = 1, .grace = 1000, .max_quarantined = POOLTOY_NONE),
     STUCK_AT_3_S,
     { 3000 * MS, LOOK, "backoff #5: 1 stuck", "4 crashed, backoff for 100 ms, 1 quarantined" },
     { 3100 * MS - 1, CHECKOUT(2, -1), "backoff #5: 1 stuck, 1 waiting", "" },
     { 3100 * MS, LOOK, "backoff #6: 1 stuck, 1 waiting", "crashed, backoff for 200 ms" },
     { 3300 * MS, LOOK, "backoff #7: 1 stuck, 1 waiting", "crashed, backoff for 400 ms" },
     { 3700 * MS, LOOK, "backoff #8: 1 stuck, 1 waiting", "crashed, backoff for 800 ms" },
     { 4500 * MS, LOOK, "backoff #9: 1 stuck, 1 waiting", "crashed, backoff for 1600 ms" },
     { 6100 * MS, LOOK, "backoff #10: 1 stuck, 1 waiting", "crashed, backoff for 3200 ms" },
     { 9300 * MS, LOOK, "backoff #11: 1 stuck, 1 waiting", "crashed, backoff for 6400 ms" },
     { 11 * S, LOOK, "backoff #11: 1 waiting", "1 returned, 1: ok" },
     { 15700 * MS - 1, LOOK, "backoff #11: 1 waiting", "" },
     { 15700 * MS, LOOK, "full #11: 1 leased", "restarted after 6400 ms, 1 up, 2: ok" });

CASE(a_pool_whose_threads_stay_stuck_fails,
     "supervisor(3), sup_flags: more than MaxR within MaxT is the end",
     SPEC(.size = 1, .grace = 1000, .max_quarantined = POOLTOY_NONE, .give_up_after = 1000),
     STUCK_AT_3_S,
     { 3000 * MS, LOOK, "backoff #5: 1 stuck", "4 crashed, backoff for 100 ms, 1 quarantined" },
     { 4500 * MS, LOOK, "failed #9: 1 stuck", "4 crashed, 3 backoff for 800 ms, failed" },
     { 5 * S, TRY(2), "failed #9: 1 stuck", "2: EFAILED" },
     { 11 * S, REVIVE, "ready #9: 1 idle", "revived, restarted after 6500 ms, 1 up, 1 returned, 1: ok" });
