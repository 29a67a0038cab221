# Tests of the C++ headers, each program built twice: as it is, and as NAME.bare without exceptions and
# run-time type information. To add test_NAME.cpp: a line in the list. cpp.sh tries other compilers and
# standards, and what must not compile.
cpp_tests = \
	%D%/test_leases \
	%D%/test_pools \
	%D%/test_values \
	%D%/test_workers

cpp_bare_tests = $(cpp_tests:=.bare)

test_scripts += %D%/cpp.sh

EXTRA_DIST += \
	%D%/support.hpp \
	%D%/test_leases.cpp \
	%D%/test_pools.cpp \
	%D%/test_values.cpp \
	%D%/test_workers.cpp

if HAVE_CUNIT
if HAVE_CXX
cxx_programs += $(cpp_tests) $(cpp_bare_tests)
test_programs += $(cpp_tests) $(cpp_bare_tests)
$(cpp_tests) $(cpp_bare_tests): tests/support/libsuite.a tests/support/suite.h %D%/support.hpp
endif
endif

# Any program of one C++ file. Automake is not asked: it would want AC_PROG_CXX.
SUFFIXES = .cpp .bare
cxx_link = $(LIBTOOL) $(AM_V_lt) --tag=CC --mode=link $(CXX)
cxx_flags = -std=c++17 -pthread -I$(srcdir)/include -iquote $(srcdir)/tests $(CUNIT_CFLAGS) \
	$(CXX_WARNINGS) $(SANITIZER_CFLAGS) $(CPPFLAGS) $(CXXFLAGS)
cxx_libraries = `test ! -f tests/support/libsuite.a || echo tests/support/libsuite.a` \
	lib/libpooltoy.la $(CUNIT_LIBS)
cxx_verbose = $(cxx_verbose_@AM_V@)
cxx_verbose_ = $(cxx_verbose_@AM_DEFAULT_V@)
cxx_verbose_0 = @echo "  CXX     " $@;

.cpp:
	$(cxx_verbose)$(MKDIR_P) $(@D) && $(CXX) $(cxx_flags) -c $< -o $@.$(OBJEXT) && \
		$(cxx_link) $(cxx_flags) $(AM_LDFLAGS) $(LDFLAGS) $@.$(OBJEXT) $(cxx_libraries) -o $@
.cpp.bare:
	$(cxx_verbose)$(MKDIR_P) $(@D) && \
		$(CXX) $(cxx_flags) -fno-exceptions -fno-rtti -c $< -o $@.$(OBJEXT) && \
		$(cxx_link) $(cxx_flags) $(AM_LDFLAGS) $(LDFLAGS) $@.$(OBJEXT) $(cxx_libraries) -o $@

$(cxx_programs): lib/libpooltoy.la $(include_HEADERS) $(pkginclude_HEADERS)
check_SCRIPTS += $(cxx_programs)
CLEANFILES += $(cxx_programs) $(cxx_programs:=.$(OBJEXT))
