# Lua scripts of strangers, in child processes, and the program that tries them, which is one of the examples
# that `make check` runs. Built where Lua is found. The children load the same shared object that the
# programs are linked with.
luapool_module = -avoid-version -shared -rpath $(abs_builddir)/%D% $(SANITIZER_CFLAGS)

if HAVE_LUA
doc_examples += %D%/try
doc_examples_start += %D%/luapool
check_LTLIBRARIES += %D%/crash.la %D%/libluapool.la
endif

%C%_libluapool_la_SOURCES = %D%/worker.c %D%/worker.h
%C%_libluapool_la_CFLAGS = $(AM_CFLAGS) $(LUA_CFLAGS)
%C%_libluapool_la_LDFLAGS = $(luapool_module)
%C%_libluapool_la_LIBADD = lib/libpooltoy.la $(LUA_LIBS)

%C%_crash_la_SOURCES = %D%/crash.c
%C%_crash_la_CFLAGS = $(AM_CFLAGS) $(LUA_CFLAGS)
%C%_crash_la_LDFLAGS = -module $(luapool_module)

%C%_luapool_SOURCES = %D%/luapool.c
%C%_luapool_LDADD = %D%/libluapool.la lib/libpooltoy.la

%C%_try_SOURCES = %D%/try.c
%C%_try_LDADD = %D%/libluapool.la lib/libpooltoy.la
EXTRA_%C%_try_DEPENDENCIES = %D%/crash.la

EXTRA_DIST += %D%/README.md
