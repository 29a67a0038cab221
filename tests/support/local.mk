# What test programs share: the CUnit main, and helpers. One line for each file in the list.
if HAVE_CUNIT
check_LIBRARIES += %D%/libsuite.a
check_PROGRAMS += %D%/suite_specimen
endif
%C%_libsuite_a_SOURCES = \
	%D%/suite.c \
	%D%/suite.h

%C%_suite_specimen_LDADD = %D%/libsuite.a $(CUNIT_LIBS)
