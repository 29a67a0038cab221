# Example programs, such as the manual pages show: one line each, `%D%/NAME` for NAME.c. They are
# compiled by `make check` against the library as its users see it. One that is also to be run as a
# test, by its exit status alone, is named in example_tests too (tests/packaging/examples.sh runs it).
doc_examples =
example_tests =

check_PROGRAMS += $(doc_examples)

# Waiting for the library to have all functions.
pending_examples = \
	%D%/call \
	%D%/checkout \
	%D%/client \
	%D%/doubler \
	%D%/errors \
	%D%/events \
	%D%/first \
	%D%/fork \
	%D%/lease_state \
	%D%/spawn \
	%D%/start_pool \
	%D%/status \
	%D%/supervisor \
	%D%/worker_ops
