# The schedule explorer: the library's own sources, compiled again on top of its scheduler. A scenario
# is a file in scenarios/, named after its story: one line in the list. self/ explores the explorer.

explore_scenarios = \
	%D%/scenarios/brokerage.c \
	%D%/scenarios/brokerage.h \
	%D%/scenarios/callbacks.c \
	%D%/scenarios/casts.c \
	%D%/scenarios/client_death.c \
	%D%/scenarios/crash.c \
	%D%/scenarios/explicit_client.c \
	%D%/scenarios/faults.c \
	%D%/scenarios/generation_wrap.c \
	%D%/scenarios/laws.c \
	%D%/scenarios/laws.h \
	%D%/scenarios/life_of_a_pool.c \
	%D%/scenarios/mailbox.c \
	%D%/scenarios/manager_death.c \
	%D%/scenarios/one_call.c \
	%D%/scenarios/overflow.c \
	%D%/scenarios/pools.c \
	%D%/scenarios/pools.h \
	%D%/scenarios/quarantine.c \
	%D%/scenarios/reaper.c \
	%D%/scenarios/restarts.c \
	%D%/scenarios/second_kill.c \
	%D%/scenarios/slot_word.c \
	%D%/scenarios/starvation.c \
	%D%/scenarios/stop.c \
	%D%/scenarios/timeout_against_grant.c \
	%D%/scenarios/two_clients_and_one_worker.c \
	%D%/scenarios/two_workers.c \
	%D%/scenarios/walk.c

explore_self = \
	%D%/self/crashes.c \
	%D%/self/memory.c \
	%D%/self/queue.c \
	%D%/self/threads.c \
	%D%/self/waiting.c \
	%D%/self/wakeup.c

explore_engine = \
	%D%/causality.c \
	%D%/causality.h \
	%D%/choices.c \
	%D%/context.c \
	%D%/context.h \
	%D%/depth_first.c \
	%D%/engine.h \
	%D%/explore.c \
	%D%/explore.h \
	%D%/fibers.c \
	%D%/locks.c \
	%D%/memory.c \
	%D%/queue.c \
	%D%/random.c \
	%D%/rcu.c \
	%D%/report.c \
	%D%/report.h \
	%D%/schedule.c \
	%D%/scheduler.c \
	%D%/search.c \
	%D%/search.h \
	%D%/shrink.c \
	%D%/sync_fibers.h \
	%D%/trace.c

explore_cppflags = $(AM_CPPFLAGS) -DPOOLTOY_EXPLORE -DPOOLTOY_DEBUG -iquote $(srcdir)/%D%

check_LIBRARIES += %D%/libpooltoy-explore.a
%C%_libpooltoy_explore_a_SOURCES = $(lib_sources)
%C%_libpooltoy_explore_a_CPPFLAGS = $(explore_cppflags)

check_PROGRAMS += %D%/explore
%C%_explore_SOURCES = $(explore_engine) $(explore_self) $(explore_scenarios)
%C%_explore_CPPFLAGS = $(explore_cppflags)
%C%_explore_LDADD = %D%/libpooltoy-explore.a

# The same with so few bits in the generation that it begins anew within a scenario.
wrap_cppflags = $(explore_cppflags) -DSLOT_GENERATION_BITS=4

check_LIBRARIES += %D%/libpooltoy-wrap.a
%C%_libpooltoy_wrap_a_SOURCES = $(lib_sources)
%C%_libpooltoy_wrap_a_CPPFLAGS = $(wrap_cppflags)

check_PROGRAMS += %D%/explore_wrap
%C%_explore_wrap_SOURCES = $(explore_engine) \
	%D%/scenarios/client_death.c \
	%D%/scenarios/generation_wrap.c \
	%D%/scenarios/laws.c \
	%D%/scenarios/laws.h \
	%D%/scenarios/pools.c \
	%D%/scenarios/pools.h \
	%D%/scenarios/slot_word.c
%C%_explore_wrap_CPPFLAGS = $(wrap_cppflags)
%C%_explore_wrap_LDADD = %D%/libpooltoy-wrap.a

# All fibers run on one thread, one after the other: ThreadSanitizer has nothing to see there.
if !THREAD_SANITIZED
test_programs += %D%/explore %D%/explore_wrap
endif
