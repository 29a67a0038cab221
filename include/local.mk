# Public headers, installed as they are.
include_HEADERS = \
	%D%/pooltoy.h \
	%D%/pooltoy.hpp
pkginclude_HEADERS = \
	%D%/pooltoy/bytes.hpp \
	%D%/pooltoy/cancel_token.hpp \
	%D%/pooltoy/checkout.h \
	%D%/pooltoy/client.h \
	%D%/pooltoy/completion.h \
	%D%/pooltoy/completion.hpp \
	%D%/pooltoy/error.h \
	%D%/pooltoy/event.h \
	%D%/pooltoy/lease.h \
	%D%/pooltoy/lease.hpp \
	%D%/pooltoy/memory.h \
	%D%/pooltoy/metrics.h \
	%D%/pooltoy/pool.h \
	%D%/pooltoy/pool.hpp \
	%D%/pooltoy/result.hpp \
	%D%/pooltoy/status.h \
	%D%/pooltoy/supervisor.h \
	%D%/pooltoy/task.h \
	%D%/pooltoy/timeout.hpp \
	%D%/pooltoy/worker.h \
	%D%/pooltoy/worker.hpp

# Of the control library, where that is built.
control_headers = %D%/pooltoy/control.h
if HAVE_CONTROL
pkginclude_HEADERS += $(control_headers)
else
EXTRA_DIST += $(control_headers)
endif
