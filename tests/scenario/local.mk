# Scenario tests, one program a story: the shared library through its public functions alone.
# To add test_STORY.c: a line in the list, and one with its LDADD below.
scenario_tests =

# %C%_test_STORY_LDADD = $(scenario_ldadd)

scenario_ldadd = tests/support/libsuite.a lib/libpooltoy.la $(CUNIT_LIBS)

if HAVE_CUNIT
check_PROGRAMS += $(scenario_tests)
test_programs += $(scenario_tests)
endif
