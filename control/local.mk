# The control library: a socket by which tools look into a server. Optional, since it needs jansson, which
# the library itself must not.
control_pure = \
	%D%/conversation.c \
	%D%/conversation.h \
	%D%/dispatcher.c \
	%D%/dispatcher.h \
	%D%/openmetrics.c \
	%D%/openmetrics.h \
	%D%/report.c \
	%D%/report.h

control_sources = $(control_pure) \
	%D%/address.c \
	%D%/address.h \
	%D%/complaint.c \
	%D%/complaint.h \
	%D%/control.c \
	%D%/feed.c \
	%D%/feed.h \
	%D%/folder.c \
	%D%/folder.h \
	%D%/server.c \
	%D%/server.h

if HAVE_CONTROL
lib_LTLIBRARIES += %D%/libpooltoy-control.la
pkgconfig_DATA += %D%/pooltoy-control.pc
endif
%C%_libpooltoy_control_la_SOURCES = $(control_sources)
%C%_libpooltoy_control_la_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/%D% $(CONTROL_CFLAGS)
%C%_libpooltoy_control_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
%C%_libpooltoy_control_la_LIBADD = lib/libpooltoy.la $(CONTROL_LIBS)
# nodelete: an event may be on its way through it when the last handle has been given back.
%C%_libpooltoy_control_la_LDFLAGS = -version-info 0:0:0 -no-undefined -pthread $(SANITIZER_CFLAGS) \
	-Wl,-z,nodelete -Wl,--version-script=$(srcdir)/%D%/pooltoy-control.map
if !SANITIZED
%C%_libpooltoy_control_la_LDFLAGS += -Wl,-z,defs
endif
EXTRA_control_libpooltoy_control_la_DEPENDENCIES = %D%/pooltoy-control.map
EXTRA_DIST += %D%/pooltoy-control.map
