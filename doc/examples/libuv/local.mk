# The server of ../epoll on libuv, and the same trial. Built where libuv is found; else the trial is skipped, with a word.
if HAVE_LIBUV
doc_examples += %D%/try
doc_examples_start += %D%/server
else
doc_examples_unbuilt += %D%/try
endif

%C%_server_SOURCES = $(server_on_any_loop) %D%/loop.c
%C%_server_CFLAGS = $(AM_CFLAGS) $(LIBUV_CFLAGS)
%C%_server_LDADD = lib/libpooltoy.la $(LIBUV_LIBS)

%C%_try_SOURCES = $(server_trial)
%C%_try_LDADD =

EXTRA_DIST += %D%/README.md
