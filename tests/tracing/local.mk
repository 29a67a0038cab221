# What a tracer sees: the probes of the library, and the scripts of doc/tracing.
check_PROGRAMS += %D%/subject
%C%_subject_LDADD = lib/libpooltoy.la

test_scripts += %D%/probes.sh

EXTRA_DIST += %D%/scripts.sh
