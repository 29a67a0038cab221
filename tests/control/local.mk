# The control socket, by its own protocol; and what is hidden in its library.
control_tests = \
	%D%/test_conversation \
	%D%/test_feed \
	%D%/test_openmetrics \
	%D%/test_readers \
	%D%/test_requests \
	%D%/test_socket

# An act, and whoever is connected to its socket.
control_act = \
	%D%/act.c \
	%D%/act.h \
	%D%/peer.c \
	%D%/peer.h
%C%_test_readers_SOURCES = $(control_act) %D%/test_readers.c
%C%_test_readers_CPPFLAGS = $(AM_CPPFLAGS) $(CONTROL_CFLAGS)
%C%_test_readers_LDADD = control/libpooltoy-control.la $(scenario_ldadd) $(CONTROL_LIBS)
%C%_test_requests_SOURCES = $(control_act) %D%/test_requests.c
%C%_test_requests_CPPFLAGS = $(AM_CPPFLAGS) $(CONTROL_CFLAGS)
%C%_test_requests_LDADD = control/libpooltoy-control.la $(scenario_ldadd) $(CONTROL_LIBS)
%C%_test_socket_SOURCES = $(control_act) %D%/test_socket.c
%C%_test_socket_CPPFLAGS = $(AM_CPPFLAGS) $(CONTROL_CFLAGS)
%C%_test_socket_LDADD = control/libpooltoy-control.la $(scenario_ldadd) $(CONTROL_LIBS)

%C%_test_conversation_SOURCES = \
	%D%/test_conversation.c \
	control/conversation.c \
	control/conversation.h \
	control/dispatcher.h
%C%_test_conversation_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/control $(CONTROL_CFLAGS)
%C%_test_conversation_LDADD = $(scenario_ldadd) $(CONTROL_LIBS)

%C%_test_feed_SOURCES = $(control_pure) \
	%D%/test_feed.c \
	control/feed.c \
	control/feed.h
%C%_test_feed_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/control $(CONTROL_CFLAGS)
%C%_test_feed_LDADD = $(scenario_ldadd) $(CONTROL_LIBS)

%C%_test_openmetrics_SOURCES = \
	control/openmetrics.c \
	control/openmetrics.h \
	%D%/test_openmetrics.c
%C%_test_openmetrics_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(srcdir)/control $(CONTROL_CFLAGS)
%C%_test_openmetrics_LDADD = tests/support/libsuite.a $(CUNIT_LIBS) $(CONTROL_LIBS)

if HAVE_CONTROL
if HAVE_CUNIT
check_PROGRAMS += $(control_tests)
test_programs += $(control_tests)
endif
endif
