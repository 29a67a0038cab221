# Tests of what is shipped, as scripts that speak TAP: one line each.
test_scripts += \
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
	%D%/fill_examples.awk \
	%D%/packages_complete.sh \
	%D%/plugin_host.c \
	%D%/program.c \
	%D%/public_functions.awk \
	%D%/tap.sh \
	%D%/without_comments.awk

# Tests what was installed, where it was installed.
installcheck-local:
	@if test -z '$(DESTDIR)'; then \
		$(test_environment) PREFIX_INSTALLED='$(libdir)' \
			$(SHELL) $(srcdir)/%D%/installed.sh; \
	fi
