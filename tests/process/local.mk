# Workers in child processes. The shared objects that the children load are linked by the tests, too, which
# is how the library finds them.
process_tests = \
	%D%/test_child_faults \
	%D%/test_confinement \
	%D%/test_endings \
	%D%/test_hangs \
	%D%/test_hostile \
	%D%/test_kills \
	%D%/test_process

process_module = -avoid-version -shared -rpath $(abs_builddir)/%D% $(SANITIZER_CFLAGS)
check_LTLIBRARIES += %D%/libhostile.la %D%/librogue.la
%C%_libhostile_la_SOURCES = %D%/hostile.c %D%/hostile.h
%C%_libhostile_la_LDFLAGS = $(process_module)
%C%_libhostile_la_LIBADD = lib/libpooltoy.la
%C%_librogue_la_SOURCES = %D%/rogue.c %D%/rogue.h
%C%_librogue_la_LDFLAGS = $(process_module)
%C%_librogue_la_LIBADD = lib/libpooltoy.la

process_ldadd = tests/scenario/libscenario.a tests/support/libsuite.a lib/libpooltoy.la $(CUNIT_LIBS)
%C%_test_child_faults_LDADD = tests/scenario/libscenario.a $(faults_ldadd)
%C%_test_hostile_LDADD = %D%/libhostile.la $(process_ldadd)
%C%_test_kills_LDADD = %D%/librogue.la $(process_ldadd)
%C%_test_process_LDADD = %D%/librogue.la $(process_ldadd)
%C%_test_confinement_LDADD = %D%/librogue.la $(process_ldadd)
%C%_test_endings_LDADD = %D%/librogue.la $(process_ldadd)
%C%_test_hangs_LDADD = %D%/librogue.la $(process_ldadd)

process_support = %D%/support.c %D%/support.h
%C%_test_child_faults_SOURCES = %D%/test_child_faults.c $(process_support)
%C%_test_kills_SOURCES = %D%/test_kills.c $(process_support)
process_rogues = %D%/rogues.c %D%/rogues.h $(process_support)
%C%_test_confinement_SOURCES = %D%/test_confinement.c $(process_rogues)
%C%_test_endings_SOURCES = %D%/test_endings.c $(process_rogues)
%C%_test_hangs_SOURCES = %D%/test_hangs.c $(process_rogues)
%C%_test_process_SOURCES = %D%/test_process.c $(process_rogues)

if HAVE_CUNIT
check_PROGRAMS += $(process_tests)
test_programs += $(process_tests)
endif
