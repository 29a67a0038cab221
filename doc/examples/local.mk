# Example programs, such as the manual pages show: one line each, `%D%/NAME` for NAME.c. `make check`
# compiles them against the library as its users see it, and runs each: it must end well by itself
# (tests/packaging/examples.sh).
doc_examples = \
	%D%/allocator \
	%D%/call \
	%D%/checkout \
	%D%/client \
	%D%/completion \
	%D%/deadline \
	%D%/doubler \
	%D%/errors \
	%D%/events \
	%D%/first \
	%D%/fork \
	%D%/lease_state \
	%D%/metrics \
	%D%/migrating \
	%D%/resize \
	%D%/pause \
	%D%/spawn \
	%D%/start_pool \
	%D%/start_with \
	%D%/status \
	%D%/submit \
	%D%/supervisor \
	%D%/wait_ready \
	%D%/worker_ops

# What some of them start.
doc_examples_start =

# Those whose libraries are not there: skipped, with a word.
doc_examples_unbuilt =
# With the control library, where that is built.
doc_examples_control = %D%/control
if HAVE_CONTROL
doc_examples += $(doc_examples_control)
else
EXTRA_DIST += $(doc_examples_control:=.c)
endif
%C%_control_LDADD = control/libpooltoy-control.la lib/libpooltoy.la

check_PROGRAMS += $(doc_examples) $(doc_examples_start)

# The same in C++, `%D%/NAME` for NAME.cpp, where there is a compiler for it.
cpp_examples = \
	%D%/cplusplus

EXTRA_DIST += $(cpp_examples:=.cpp)
if HAVE_CXX
cxx_programs += $(cpp_examples)
endif
