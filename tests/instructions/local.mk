# How many instructions the hot paths take: counted by valgrind, held against what is stored.
check_PROGRAMS += %D%/paths
%C%_paths_LDADD = lib/libpooltoy.la

EXTRA_DIST += \
	%D%/instructions.sh \
	%D%/stored.tsv
