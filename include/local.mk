# Public headers, installed as they are.
include_HEADERS = %D%/pooltoy.h
pkginclude_HEADERS = \
	%D%/pooltoy/client.h \
	%D%/pooltoy/completion.h \
	%D%/pooltoy/error.h \
	%D%/pooltoy/event.h \
	%D%/pooltoy/lease.h \
	%D%/pooltoy/memory.h \
	%D%/pooltoy/pool.h \
	%D%/pooltoy/status.h \
	%D%/pooltoy/supervisor.h \
	%D%/pooltoy/task.h \
	%D%/pooltoy/worker.h
