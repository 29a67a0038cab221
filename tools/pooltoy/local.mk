# pooltoy(1), for operators, and its completion for bash.
if HAVE_CONTROL
bin_PROGRAMS = %D%/pooltoy
dist_man_MANS += doc/man/pooltoy.1
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/completions/pooltoy
else
EXTRA_DIST += doc/man/pooltoy.1 %D%/completions/pooltoy
endif
%C%_pooltoy_SOURCES = \
	control/folder.c \
	control/folder.h \
	%D%/commands.c \
	%D%/find.c \
	%D%/main.c \
	%D%/server.c \
	%D%/server.h \
	%D%/show.c \
	%D%/show.h \
	%D%/table.c \
	%D%/table.h \
	%D%/text.c \
	%D%/text.h \
	%D%/tool.h
%C%_pooltoy_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/control $(CONTROL_CFLAGS)
%C%_pooltoy_LDADD = $(CONTROL_LIBS)
