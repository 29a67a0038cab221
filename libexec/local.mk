# The helper that runs workers in child processes: the library's own code, in a process of its own. Two are linked: one
# to run from the build, where it finds the library just built, and one to install, which must know nothing of that.
noinst_PROGRAMS += %D%/pooltoy-child
%C%_pooltoy_child_SOURCES = %D%/pooltoy-child.c

pkglibexec_PROGRAMS = %D%/installed/pooltoy-child
%C%_installed_pooltoy_child_SOURCES = $(%C%_pooltoy_child_SOURCES)
# Without -no-install, libtool gives it the installed library's folder alone, and that only where it is needed.
%C%_installed_pooltoy_child_LDFLAGS =
if SANITIZED
%C%_pooltoy_child_SOURCES += %D%/sanitizers.c
endif
EXTRA_DIST += %D%/sanitizers.c
