# The scenario tests once more, from the same sources, with all workers in child processes. One shared
# object has all of them, so that the children find each worker's callbacks in it; each program runs the
# suite of its name. To add the isolated twin of tests/scenario/test_STORY.c: a line in each list.
isolated_tests = \
	%D%/test_call

%C%_test_call_SOURCES = %D%/main.c
%C%_test_call_LDADD = $(isolated_ldadd)

isolated_ldadd = %D%/libisolated.la lib/libpooltoy.la $(CUNIT_LIBS)

# isolated.c is the last: it closes the section of what is shared.
%C%_libisolated_la_SOURCES = \
	tests/scenario/completions.c \
	tests/scenario/completions.h \
	tests/scenario/puppet.c \
	tests/scenario/support.c \
	tests/scenario/support.h \
	tests/scenario/test_call.c \
	tests/support/suite.c \
	tests/support/suite.h \
	%D%/tokens.c \
	%D%/isolated.h \
	%D%/isolated.c
%C%_libisolated_la_CPPFLAGS = $(AM_CPPFLAGS) -DISOLATED=1 -DSUITES_SHARE_A_PROGRAM=1
%C%_libisolated_la_LIBTOOLFLAGS = --tag=disable-static
%C%_libisolated_la_LDFLAGS = -avoid-version -shared -rpath $(abs_builddir)/%D% $(SANITIZER_CFLAGS)
%C%_libisolated_la_LIBADD = lib/libpooltoy.la $(CUNIT_LIBS)

if HAVE_CUNIT
check_LTLIBRARIES += %D%/libisolated.la
check_PROGRAMS += $(isolated_tests)
test_programs += $(isolated_tests)
endif
