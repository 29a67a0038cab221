# A server on epoll and a completion queue, and the program that tries it, which is one of the examples that
# `make check` runs.
doc_examples += %D%/try
doc_examples_start += %D%/server

# What knows of no loop: the same server on another, and its trial, are made of this, too (../libuv).
server_on_any_loop = \
	%D%/connection.c \
	%D%/connection.h \
	%D%/listener.c \
	%D%/listener.h \
	%D%/loop.h \
	%D%/protocol.c \
	%D%/protocol.h \
	%D%/server.c \
	%D%/server.h \
	%D%/workers.c \
	%D%/workers.h

server_trial = \
	%D%/peer.c \
	%D%/peer.h \
	%D%/process.c \
	%D%/process.h \
	%D%/try.c

%C%_server_SOURCES = $(server_on_any_loop) %D%/loop.c

%C%_try_SOURCES = $(server_trial)
%C%_try_LDADD =

EXTRA_DIST += %D%/README.md
