/* SPDX-License-Identifier: MIT */
/* plan.c: the table of all cases. README.md says what each scenario measures. */
#include "harness/plan.h"

#define POOLS       "pooltoy mutex_cond apr_reslist tbb hikari_bag hikari go_chan go_sql poolboy "
#define LARGE_POOLS "pooltoy mutex_cond apr_reslist tbb hikari_bag go_chan"
#define TIMED_POOLS "pooltoy mutex_cond apr_reslist tbb hikari_bag hikari go_chan go_sql"
#define CALLS       "pooltoy mutex_cond go_chan gen_server "
#define PROCESSES   "pooltoy_process limit_pipe limit_socket "
#define TASKS       "pooltoy mutex_cond gthreadpool libuv tbb go_chan"
/* Few enough for two CPUs that are busy half of their time with a hold of 100 us. */
#define RATE " rate=10000"

const struct plan_case plan[] = {
	{ "checkout", "", 1, "pools=1 workers=8", POOLS "limit_rmw", 100, 15, 0 },
	{ "checkout", "", 2, "pools=1 workers=8", POOLS "limit_rmw", 100, 15, 0 },
	{ "checkout", "measured", 1, "pools=1 workers=8", "pooltoy pooltoy_unmeasured", 100, 50, 0 },
	{ "checkout", "1000_workers", 1, "pools=1 workers=1000", LARGE_POOLS, 100, 0, 0 },
	{ "checkout", "10000_workers", 1, "pools=1 workers=10000", LARGE_POOLS, 100, 10, 0 },
	{ "checkout", "1000_workers_1_idle", 1, "pools=1 workers=1000 leased=999", LARGE_POOLS, 100,
	  0, 0 },
	{ "checkout", "10000_workers_1_idle", 1, "pools=1 workers=10000 leased=9999", LARGE_POOLS,
	  100, 0, 0 },
	{ "checkout", "1000_workers_1_idle_moving", 1, "pools=1 workers=1000 moving=1", LARGE_POOLS,
	  100, 0, 0 },
	{ "checkout", "10000_workers_1_idle_moving", 1, "pools=1 workers=10000 moving=1",
	  LARGE_POOLS, 100, 0, 0 },
	{ "checkout", "1000_pools", 1, "pools=1000 workers=8", LARGE_POOLS, 100, 0, 0 },
	{ "checkout", "1000_pools_in_turn", 1, "pools=1000 workers=8 in_turn=1", LARGE_POOLS, 100,
	  0, 0 },

	{ "contended", "", 8, "pools=1 workers=2", POOLS, 200, 30, 0 },
	{ "contended", "", 64, "pools=1 workers=2", POOLS, 200, 0, 0 },
	{ "contended", "hold_1us", 8, "pools=1 workers=2 hold_ns=1000", POOLS, 200, 0, 0 },
	{ "contended", "hold_1us", 64, "pools=1 workers=2 hold_ns=1000", POOLS, 200, 0, 0 },
	{ "contended", "hold_100us", 8, "pools=1 workers=2 hold_ns=100000", POOLS, 200, 30, 0 },
	{ "contended", "hold_100us", 64, "pools=1 workers=2 hold_ns=100000", POOLS, 200, 0, 0 },
	{ "contended", "rate", 8, "pools=1 workers=2" RATE, TIMED_POOLS, 500, 0, 0 },
	{ "contended", "rate", 64, "pools=1 workers=2" RATE, TIMED_POOLS, 500, 0, 0 },
	{ "contended", "rate_hold_1us", 8, "pools=1 workers=2 hold_ns=1000" RATE, TIMED_POOLS, 500,
	  0, 0 },
	{ "contended", "rate_hold_1us", 64, "pools=1 workers=2 hold_ns=1000" RATE, TIMED_POOLS, 500,
	  0, 0 },
	{ "contended", "rate_hold_100us", 8, "pools=1 workers=2 hold_ns=100000" RATE, TIMED_POOLS,
	  500, 60, 0 },
	{ "contended", "rate_hold_100us", 64, "pools=1 workers=2 hold_ns=100000" RATE, TIMED_POOLS,
	  500, 0, 0 },

	{ "call_hot", "", 1, "", CALLS PROCESSES "limit_spin limit_futex", 100, 30, 0 },
	{ "call_hot", "", 2, "", CALLS, 100, 0, 0 },
	{ "call_hot", "apart", 1, "apart=1", "pooltoy pooltoy_process mutex_cond limit_spin", 100, 30,
	  0 },
	{ "call_hot", "no_spins", 1, "no_spins=1", "pooltoy", 100, 0, 0 },
	{ "call_parked", "", 1, "gap_us=1000", CALLS PROCESSES "limit_futex", 300, 60, 0 },
	{ "call_parked", "no_spins", 1, "gap_us=1000 no_spins=1", "pooltoy", 300, 0, 0 },

	{ "lease_state", "", 1, "workers=8", "pooltoy", 100, 20, 0 },
	{ "lease_state", "full", 1, "workers=8 full=1", "pooltoy", 100, 20, 0 },

	{ "submit", "", 1, "workers=2", TASKS, 100, 30, 0 },
	{ "submit", "", 4, "workers=2", TASKS, 100, 30, 0 },
	{ "submit", "lone", 1, "workers=2 gap_us=1000", TASKS, 300, 50, 0 },

	{ "replace", "", 1, "", "pooltoy poolboy gen_server limit_create_join", 200, 30, 0 },
	{ "replace", "crash", 1, "crash=1", "pooltoy", 200, 0, 0 },
	{ "restart", "3_workers", 1, "workers=3", "pooltoy poolboy gen_server", 200, 30, 0 },
	{ "restart", "100_workers", 1, "workers=100", "pooltoy poolboy gen_server", 200, 0, 0 },
	{ "restart", "1000_workers", 1, "workers=1000", "pooltoy poolboy gen_server", 300, 0, 0 },

	{ "independence", "", 1, "workers=8", "pooltoy", 300, 60, 0 },

	/* Of idle, ms is how long the harness watches. */
	{ "idle", "empty", 0, "pools=0 workers=0", "pooltoy mutex_cond go_sql poolboy", 100, 100,
	  1 },
	{ "idle", "1_pool_of_1000", 0, "pools=1 workers=1000", "pooltoy mutex_cond go_sql poolboy",
	  100, 100, 1 },
	{ "idle", "", 0, "pools=100 workers=10", "pooltoy mutex_cond go_sql poolboy", 10000, 2000,
	  1 },

	{ "start", "1000_workers", 1, "workers=1000", "pooltoy gen_server limit_create_join", 0, 1,
	  0 },
	{ "start", "100_processes", 1, "workers=100", "pooltoy_process limit_fork_exec", 0, 1, 0 },
	{ "start", "1000_processes", 1, "workers=1000", "pooltoy_process limit_fork_exec", 1, 0,
	  7 },
	{ "start", "", 1, "workers=10000", "pooltoy gen_server limit_create_join", 1, 0, 7 },
};

const size_t plan_size = sizeof plan / sizeof *plan;
