# The control socket, by its own protocol.
control_tests = \
	%D%/test_control \
	%D%/test_openmetrics

%C%_test_control_SOURCES = \
	%D%/peer.c \
	%D%/peer.h \
	%D%/test_control.c
%C%_test_control_CPPFLAGS = $(AM_CPPFLAGS) $(CONTROL_CFLAGS)
%C%_test_control_LDADD = control/libpooltoy-control.la $(scenario_ldadd) $(CONTROL_LIBS)

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
