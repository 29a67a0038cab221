# pooltoy(1), for operators, and its completion for bash. As of libexec's program, two are linked: one to run from the
# build, and one to install. The example of a worker is for its shell.
workersdir = $(pkglibdir)/workers
bashcompletiondir = $(datadir)/bash-completion/completions
if HAVE_CONTROL
noinst_PROGRAMS += %D%/pooltoy
bin_PROGRAMS = %D%/installed/pooltoy
dist_man_MANS += doc/man/pooltoy.1
dist_bashcompletion_DATA = %D%/completions/pooltoy
workers_LTLIBRARIES = %D%/workers/doubler.la
else
EXTRA_DIST += doc/man/pooltoy.1 %D%/completions/pooltoy
endif
%C%_pooltoy_SOURCES = $(control_pure) \
	control/folder.c \
	control/folder.h \
	%D%/commands.c \
	%D%/debugger.c \
	%D%/debugger.h \
	%D%/find.c \
	%D%/main.c \
	%D%/observe/command.c \
	%D%/server.c \
	%D%/server.h \
	%D%/shell.c \
	%D%/shell.h \
	%D%/shell_commands.c \
	%D%/shell_read.c \
	%D%/show.c \
	%D%/show.h \
	%D%/stacks.c \
	%D%/stacks.h \
	%D%/table.c \
	%D%/table.h \
	%D%/text.c \
	%D%/text.h \
	%D%/tool.h \
	%D%/top.c \
	%D%/top_rows.c \
	%D%/top_rows.h
# The page of `pooltoy observe`: its files are put into the program.
observe_sources = \
	%D%/observe/files.h \
	%D%/observe/guard.c \
	%D%/observe/guard.h \
	%D%/observe/samples.c \
	%D%/observe/samples.h \
	%D%/observe/stream.c \
	%D%/observe/stream.h \
	%D%/observe/told.c \
	%D%/observe/told.h \
	%D%/observe/watch.c \
	%D%/observe/watch.h \
	%D%/observe/watched.c \
	%D%/observe/watched.h \
	%D%/observe/web.c \
	%D%/observe/web.h
observe_page = \
	%D%/observe/page/dom.js \
	%D%/observe/page/icon.svg \
	%D%/observe/page/index.html \
	%D%/observe/page/log.js \
	%D%/observe/page/page.js \
	%D%/observe/page/plots.js \
	%D%/observe/page/seen.js \
	%D%/observe/page/servers.js \
	%D%/observe/page/style.css \
	%D%/observe/page/words.js \
	%D%/observe/page/worker.js
if HAVE_OBSERVE
%C%_pooltoy_SOURCES += $(observe_sources)
nodist_%C%_pooltoy_SOURCES = %D%/observe/files.c
nodist_%C%_installed_pooltoy_SOURCES = %D%/observe/files.c
else
EXTRA_DIST += $(observe_sources)
endif
EXTRA_DIST += %D%/observe/embed.sh $(observe_page)
CLEANFILES += %D%/observe/files.c
%D%/observe/files.c: %D%/observe/embed.sh $(observe_page)
	$(AM_V_GEN)$(MKDIR_P) %D%/observe && cd $(srcdir) && $(SHELL) %D%/observe/embed.sh $(observe_page) \
		>$(abs_builddir)/$@.new && mv $(abs_builddir)/$@.new $(abs_builddir)/$@

%C%_pooltoy_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/%D% -iquote $(srcdir)/%D%/observe -iquote $(srcdir)/control \
	$(CONTROL_CFLAGS) $(LIBEDIT_CFLAGS) $(MICROHTTPD_CFLAGS) \
	-DHAVE_MICROHTTPD=$(HAVE_MICROHTTPD) -DPOOLTOY_CHART_JS='"$(CHART_JS)"' \
	$(NCURSES_CFLAGS) -DHAVE_NCURSES=$(HAVE_NCURSES) \
	-DHAVE_LIBEDIT=$(HAVE_LIBEDIT) -DPOOLTOY_WORKERS='"$(workersdir)"'
%C%_pooltoy_LDADD = lib/libpooltoy.la $(CONTROL_LIBS) $(LIBEDIT_LIBS) $(MICROHTTPD_LIBS) \
	$(NCURSES_LIBS)

%C%_installed_pooltoy_SOURCES = $(%C%_pooltoy_SOURCES)
%C%_installed_pooltoy_CPPFLAGS = $(%C%_pooltoy_CPPFLAGS)
%C%_installed_pooltoy_LDFLAGS =
%C%_installed_pooltoy_LDADD = $(%C%_pooltoy_LDADD)

%C%_workers_doubler_la_SOURCES = %D%/workers/doubler.c
%C%_workers_doubler_la_LDFLAGS = -module -avoid-version -shared $(SANITIZER_CFLAGS)
%C%_workers_doubler_la_LIBADD = lib/libpooltoy.la
