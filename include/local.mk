# Public headers, installed as they are.
include_HEADERS = \
	%D%/pooltoy.h \
	%D%/pooltoy.hpp
pkginclude_HEADERS = \
	%D%/pooltoy/bytes.hpp \
	%D%/pooltoy/checkout.h \
	%D%/pooltoy/client.h \
	%D%/pooltoy/completion.h \
	%D%/pooltoy/completion.hpp \
	%D%/pooltoy/error.h \
	%D%/pooltoy/event.h \
	%D%/pooltoy/lease.h \
	%D%/pooltoy/lease.hpp \
	%D%/pooltoy/memory.h \
	%D%/pooltoy/pool.h \
	%D%/pooltoy/pool.hpp \
	%D%/pooltoy/result.hpp \
	%D%/pooltoy/status.h \
	%D%/pooltoy/supervisor.h \
	%D%/pooltoy/task.h \
	%D%/pooltoy/timeout.hpp \
	%D%/pooltoy/worker.h \
	%D%/pooltoy/worker.hpp
