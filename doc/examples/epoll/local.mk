# A plain epoll server on a completion queue, and the program that tries it, which is one of the examples
# that `make check` runs.
doc_examples += %D%/try
doc_examples_start += %D%/server

%C%_server_SOURCES = \
	%D%/connection.c \
	%D%/connection.h \
	%D%/server.c \
	%D%/server.h \
	%D%/workers.c \
	%D%/workers.h

%C%_try_SOURCES = %D%/try.c
%C%_try_LDADD =

EXTRA_DIST += %D%/README.md
