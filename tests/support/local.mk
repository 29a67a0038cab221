# What test programs share: the CUnit main, and helpers. One line for each file in the list.
if HAVE_CUNIT
check_LIBRARIES += %D%/libsuite.a
check_PROGRAMS += %D%/suite_specimen
endif
%C%_libsuite_a_SOURCES = \
	%D%/faults.c \
	%D%/faults.h \
	%D%/suite.c \
	%D%/suite.h

# The library's objects, in which calls of the system lead to faults.c: for programs that refuse it
# something. These link faults_ldadd in place of the library.
faults_ldadd = %D%/libpooltoy-faults.a %D%/libsuite.a $(CUNIT_LIBS) $(URCU_LIBS)
%D%/libpooltoy-faults.a: lib/libpooltoy-all.la %D%/faults.syms
	$(AM_V_GEN)$(MKDIR_P) %D% && \
		$(OBJCOPY) --redefine-syms=$(srcdir)/%D%/faults.syms lib/.libs/libpooltoy-all.a $@
CLEANFILES += %D%/libpooltoy-faults.a
EXTRA_DIST += %D%/faults.syms

%C%_suite_specimen_LDADD = %D%/libsuite.a $(CUNIT_LIBS)
