# The library against a plain model of a pool: on the explorer's fibers and clock, the same with all
# workers in child processes, the same with generations that wrap, and on threads.
reference_sources = \
	%D%/agents.c \
	%D%/agents.h \
	%D%/compare.c \
	%D%/compare.h \
	%D%/course.c \
	%D%/model.c \
	%D%/model.h \
	%D%/model_parts.h \
	%D%/operation.c \
	%D%/operation.h \
	%D%/reference.c \
	%D%/stage.h \
	%D%/subject.c \
	%D%/subject.h \
	%D%/world.c \
	%D%/world.h

# Of the explorer, what runs one schedule.
reference_fibers = $(reference_sources) \
	%D%/stage_fibers.c \
	tests/explore/causality.c \
	tests/explore/child.c \
	tests/explore/choices.c \
	tests/explore/context.c \
	tests/explore/fibers.c \
	tests/explore/locks.c \
	tests/explore/memory.c \
	tests/explore/queue.c \
	tests/explore/rcu.c \
	tests/explore/schedule.c \
	tests/explore/scheduler.c \
	tests/explore/stack.c \
	tests/explore/trace.c

check_PROGRAMS += %D%/reference %D%/reference_isolated %D%/reference_wrap %D%/reference_threads
%C%_reference_SOURCES = $(reference_fibers)
%C%_reference_CPPFLAGS = $(explore_cppflags)
%C%_reference_LDADD = tests/explore/libpooltoy-explore.a
%C%_reference_isolated_SOURCES = $(reference_fibers)
%C%_reference_isolated_CPPFLAGS = $(explore_cppflags) -DREFERENCE_ISOLATED=true
%C%_reference_isolated_LDADD = tests/explore/libpooltoy-explore.a
%C%_reference_wrap_SOURCES = $(reference_fibers)
%C%_reference_wrap_CPPFLAGS = $(wrap_cppflags)
%C%_reference_wrap_LDADD = tests/explore/libpooltoy-wrap.a
%C%_reference_threads_SOURCES = $(reference_sources) %D%/stage_threads.c
%C%_reference_threads_LDADD = lib/libpooltoy-all.la $(URCU_LIBS)

test_programs += %D%/reference_threads
# As the explorer: one thread at a time has no races, and ThreadSanitizer does not know fibers.
if !THREAD_SANITIZED
test_programs += %D%/reference %D%/reference_isolated %D%/reference_wrap
endif
