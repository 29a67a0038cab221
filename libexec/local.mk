# The helper that runs workers in child processes: the library's own code, in a process of its own.
pkglibexec_PROGRAMS = %D%/pooltoy-child
%C%_pooltoy_child_SOURCES = %D%/pooltoy-child.c
%C%_pooltoy_child_LDFLAGS = $(AM_LDFLAGS)
if SANITIZED
%C%_pooltoy_child_SOURCES += %D%/sanitizers.c
endif
EXTRA_DIST += %D%/sanitizers.c
