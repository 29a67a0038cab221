# What reads bytes of others, against bytes of libFuzzer (clang's): tests/ladder/fuzz.sh. `make check` runs the inputs
# that are kept. fuzz.sh reads fuzz_sources here, and control_pure in control/local.mk.
fuzz_sources = %D%/fuzz_conversation.c %D%/stand_in.c
fuzz_seeds = \
	%D%/seeds/drain-14 \
	%D%/seeds/events-5 \
	%D%/seeds/hello-6 \
	%D%/seeds/histograms-10 \
	%D%/seeds/kill_manager-7 \
	%D%/seeds/kill_supervisor-8 \
	%D%/seeds/kill_worker-3 \
	%D%/seeds/metrics-11 \
	%D%/seeds/metrics-17 \
	%D%/seeds/pause-12 \
	%D%/seeds/replace_workers-15 \
	%D%/seeds/resize-16 \
	%D%/seeds/resize-9 \
	%D%/seeds/restart-4 \
	%D%/seeds/resume-13 \
	%D%/seeds/status-1 \
	%D%/seeds/status-2 \
	%D%/seeds/stopping \
	%D%/seeds/tree-0

%C%_fuzz_conversation_SOURCES = $(fuzz_sources) $(control_pure)
%C%_fuzz_conversation_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_REPLAY -iquote $(srcdir)/control $(CONTROL_CFLAGS)
%C%_fuzz_conversation_LDADD = $(CONTROL_LIBS)

EXTRA_DIST += $(fuzz_seeds) %D%/dictionary %D%/fuzz.sh
if HAVE_CONTROL
check_PROGRAMS += %D%/fuzz_conversation
test_scripts += %D%/replay.sh
else
EXTRA_DIST += %D%/replay.sh
endif
