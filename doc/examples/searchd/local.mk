# searchd, a server that runs on pools, and the load that its demo puts on it. Built where their
# libraries are found. The child processes of pool snippet load the same shared object that searchd
# is linked with.
if HAVE_SEARCHD
noinst_LTLIBRARIES += %D%/libsnippet.la
noinst_PROGRAMS += %D%/searchd %D%/demo %D%/loader
endif

searchd_load = \
	%D%/http_client.c \
	%D%/http_client.h \
	%D%/loader.c \
	%D%/loader.h \
	%D%/traffic.c \
	%D%/traffic.h

%C%_searchd_SOURCES = \
	%D%/corpus.c \
	%D%/corpus.h \
	%D%/counters.c \
	%D%/counters.h \
	%D%/database.c \
	%D%/database.h \
	%D%/events.c \
	%D%/events.h \
	%D%/http.c \
	%D%/http.h \
	%D%/routes.c \
	%D%/routes.h \
	%D%/search_pool.c \
	%D%/search_pool.h \
	%D%/searchd.c \
	%D%/server.h \
	%D%/service.c \
	%D%/service.h \
	%D%/snippet.h \
	%D%/snippet_pool.c \
	%D%/snippet_pool.h \
	%D%/status_json.c \
	%D%/status_json.h \
	%D%/writer_pool.c \
	%D%/writer_pool.h
%C%_searchd_CFLAGS = $(AM_CFLAGS) $(SEARCHD_CFLAGS)
%C%_searchd_LDADD = %D%/libsnippet.la lib/libpooltoy.la $(SEARCHD_LIBS)

%C%_libsnippet_la_SOURCES = %D%/snippet.c %D%/snippet.h
# -rpath makes it shared.
%C%_libsnippet_la_LDFLAGS = -avoid-version -shared -rpath $(abs_builddir)/%D% $(SANITIZER_CFLAGS)
%C%_libsnippet_la_LIBADD = lib/libpooltoy.la

%C%_demo_SOURCES = \
	%D%/account.c \
	%D%/account.h \
	%D%/child.c \
	%D%/child.h \
	%D%/demo.c \
	%D%/killer.c \
	%D%/killer.h \
	$(searchd_load)
%C%_demo_CFLAGS = $(AM_CFLAGS) $(SEARCHD_LOAD_CFLAGS)
%C%_demo_LDADD = $(SEARCHD_LOAD_LIBS)

%C%_loader_SOURCES = %D%/loader_main.c $(searchd_load)
%C%_loader_CFLAGS = $(AM_CFLAGS) $(SEARCHD_LOAD_CFLAGS)
%C%_loader_LDADD = $(SEARCHD_LOAD_LIBS)

EXTRA_DIST += %D%/README.md
