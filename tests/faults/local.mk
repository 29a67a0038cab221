# Shortages: what the library asks of the system is refused, by tests/support/faults.c or by the system.
fault_tests = \
	%D%/test_faults \
	%D%/test_limits \
	%D%/test_shortage

%C%_test_faults_LDADD = tests/scenario/libscenario.a $(faults_ldadd)
%C%_test_limits_LDADD = $(scenario_ldadd)
%C%_test_shortage_LDADD = tests/scenario/libscenario.a $(faults_ldadd)
%C%_test_faults_SOURCES = \
	%D%/actor.c \
	%D%/actor.h \
	%D%/life.c \
	%D%/life.h \
	%D%/promise.c \
	%D%/promise.h \
	%D%/test_faults.c

test_scripts += %D%/faults_complete.sh

if HAVE_CUNIT
check_PROGRAMS += $(fault_tests)
test_programs += $(fault_tests)
endif
