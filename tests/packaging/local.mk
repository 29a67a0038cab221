# Tests of what is shipped, as scripts that speak TAP: one line each.
test_scripts += \
	%D%/debian.sh \
	%D%/errors_listed.sh \
	%D%/examples.sh \
	%D%/examples_match.sh \
	%D%/harness.sh \
	%D%/headers.sh \
	%D%/installed.sh \
	%D%/layers.sh \
	%D%/listed.sh \
	%D%/manual.sh \
	%D%/manual_complete.sh \
	%D%/mistakes.sh \
	%D%/readme.sh \
	%D%/scripts.sh \
	%D%/symbols.sh

EXTRA_DIST += \
	%D%/debian_packages.sh \
	%D%/errors.awk \
	%D%/fill_examples.awk \
	%D%/packages_complete.sh \
	%D%/plugin_host.c \
	%D%/program.c \
	%D%/public_functions.awk \
	%D%/release.sh \
	%D%/tap.sh \
	%D%/without_comments.awk

# Tests what was installed, where it was installed.
installcheck-local:
	@if test -z '$(DESTDIR)'; then \
		$(test_environment) PREFIX_INSTALLED='$(libdir)' \
			$(SHELL) $(srcdir)/%D%/installed.sh; \
	fi

# For those who make packages of the library: what was compiled is tested, by what depends neither on the time that the
# machine takes nor on the versions of tools that only look at the sources. A minute.
package_tests = \
	$(unit_tests) \
	%D%/examples.sh \
	%D%/headers.sh \
	%D%/installed.sh \
	%D%/readme.sh \
	%D%/symbols.sh

check-package: all-am
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(package_tests)' \
		check_PROGRAMS='$(unit_tests) $(doc_examples) $(doc_examples_start)'

.PHONY: check-package
