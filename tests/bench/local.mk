# The benchmark: built by bench.mk, for `bootstrap bench` alone, never with the library.
bench_sources = \
	%D%/harness/bench.c \
	%D%/harness/child.c \
	%D%/harness/child.h \
	%D%/harness/plan.c \
	%D%/harness/plan.h \
	%D%/harness/series.c \
	%D%/harness/series.h \
	%D%/harness/watch.c \
	%D%/harness/watch.h \
	%D%/scenarios/call.c \
	%D%/scenarios/checkout.c \
	%D%/scenarios/contended.c \
	%D%/scenarios/main.c \
	%D%/scenarios/measure.c \
	%D%/scenarios/measure.h \
	%D%/scenarios/scenario.h \
	%D%/scenarios/submit.c \
	%D%/subjects/apr_reslist.c \
	%D%/subjects/gthreadpool.c \
	%D%/subjects/libuv.c \
	%D%/subjects/limit_create_join.c \
	%D%/subjects/limit_futex.c \
	%D%/subjects/limit_rmw.c \
	%D%/subjects/limit_spin.c \
	%D%/subjects/mutex_cond.c \
	%D%/subjects/mutex_cond.h \
	%D%/subjects/mutex_cond_call.c \
	%D%/subjects/mutex_cond_idle.c \
	%D%/subjects/mutex_cond_task.c \
	%D%/subjects/pooltoy.c \
	%D%/subjects/pooltoy.h \
	%D%/subjects/pooltoy_failures.c \
	%D%/subjects/pooltoy_independence.c \
	%D%/subjects/pooltoy_lease_state.c \
	%D%/subjects/pooltoy_presence.c \
	%D%/subjects/subject.h \
	%D%/subjects/tbb.cc \
	%D%/erlang/bench.erl \
	%D%/erlang/bench_sup.erl \
	%D%/erlang/bench_worker.erl \
	%D%/erlang/subject_gen_server.erl \
	%D%/erlang/subject_poolboy.erl \
	%D%/go/chan.go \
	%D%/go/main.go \
	%D%/go/measure.go \
	%D%/go/pools.go \
	%D%/go/sql.go \
	%D%/go/submit.go \
	%D%/java/Bag.java \
	%D%/java/Bench.java \
	%D%/java/Checkout.java \
	%D%/java/Contended.java \
	%D%/java/DataSources.java \
	%D%/java/Measure.java \
	%D%/java/Order.java \
	%D%/java/Pool.java \
	%D%/java/Scenario.java \
	%D%/java/StubConnection.java \
	%D%/java/StubDataSource.java

EXTRA_DIST += $(bench_sources) \
	%D%/README.md \
	%D%/bench.mk \
	%D%/bench.sh \
	%D%/goals.tsv \
	%D%/report.awk
