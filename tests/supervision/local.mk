# OTP's rules of supervision as tables of cases, on the explorer's build and its virtual time: each
# case is a scenario, so the explorer's command runs it, in many schedules.

supervision_sources = \
	%D%/acts.c \
	%D%/news.c \
	%D%/parts.h \
	%D%/stage.c \
	%D%/stage.h \
	%D%/workers.c

supervision_cases = \
	%D%/backoff.c \
	%D%/intensity.c \
	%D%/quarantine.c \
	%D%/restarts.c \
	%D%/shutdown.c \
	%D%/starts.c \
	%D%/supervisor_death.c

check_PROGRAMS += %D%/supervision
%C%_supervision_SOURCES = $(explore_engine) $(supervision_sources) $(supervision_cases)
%C%_supervision_CPPFLAGS = $(explore_cppflags) -iquote $(srcdir)/%D%
%C%_supervision_LDADD = tests/explore/libpooltoy-explore.a
# As the explorer: one thread at a time has no races, and ThreadSanitizer does not know fibers.
if !THREAD_SANITIZED
test_programs += %D%/supervision
endif
