# How tests are run: automake's parallel harness, each test through the TAP driver.

TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
# No test hangs for good. Programs made with tests/support/suite.h name the one that does, and sooner.
LOG_COMPILER = timeout -k 10 900
SH_LOG_COMPILER = timeout -k 10 600 $(SHELL)

# What a test script needs to know of the build. An absolute srcdir, since scripts change directory.
test_environment = \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	builddir='$(abs_top_builddir)'; export builddir; \
	POOLTOY_CHILD='$(abs_top_builddir)/libexec/pooltoy-child'; export POOLTOY_CHILD; \
	CC='$(CC)'; export CC; \
	CXX='$(CXX)'; export CXX; \
	NM='$(NM)'; export NM; \
	MAKE='$(MAKE)'; export MAKE; \
	PKG_CONFIG='$(PKG_CONFIG)'; export PKG_CONFIG; \
	PACKAGE_VERSION='$(PACKAGE_VERSION)'; export PACKAGE_VERSION; \
	EXAMPLES='$(doc_examples) $(doc_examples_unbuilt) $(cpp_examples)'; export EXAMPLES; \
	SANITIZER='$(SANITIZER)'; export SANITIZER; \
	$(sanitizer_environment)
AM_TESTS_ENVIRONMENT = HARNESS_ACTIVE=1; export HARNESS_ACTIVE; $(test_environment)

# Findings stop the test. The one suppression is of what liburcu does inside itself.
sanitizer_environment = \
	UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"; \
	export UBSAN_OPTIONS; \
	TSAN_OPTIONS="halt_on_error=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$(abs_top_srcdir)/tests/support/tsan.supp"; \
	export TSAN_OPTIONS; \
	ASAN_OPTIONS="detect_stack_use_after_return=1:check_initialization_order=1"; \
	export ASAN_OPTIONS;

EXTRA_DIST += tests/support/tsan.supp

if !HAVE_CUNIT
check-local:
	@echo 'The tests need CUnit (Debian: libcunit1-dev); configure did not find it.' >&2; exit 1
endif
