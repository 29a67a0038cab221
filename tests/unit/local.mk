# Unit tests, one program for each file of the library that has something to test. They link all of
# the library's objects, so they reach what is hidden. To add test_NAME.c: a line in the list, and
# one with its LDADD below.
unit_tests =

# %C%_test_NAME_LDADD = $(unit_ldadd)

unit_ldadd = tests/support/libsuite.a lib/libpooltoy-all.la $(CUNIT_LIBS) $(URCU_LIBS)

if HAVE_CUNIT
check_PROGRAMS += $(unit_tests)
test_programs += $(unit_tests)
endif
