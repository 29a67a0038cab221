# A ledger in PostgreSQL, and the program that ill-treats its server, which try.sh makes and removes. Built
# where libpq is found.
test_scripts += %D%/try.sh

if HAVE_LIBPQ
check_PROGRAMS += %D%/try
endif

%C%_try_SOURCES = \
	%D%/clerk.c \
	%D%/clerk.h \
	%D%/cluster.c \
	%D%/cluster.h \
	%D%/ledger.c \
	%D%/ledger.h \
	%D%/load.c \
	%D%/load.h \
	%D%/receipt.c \
	%D%/receipt.h \
	%D%/session.c \
	%D%/session.h \
	%D%/try.c
%C%_try_CFLAGS = $(AM_CFLAGS) $(LIBPQ_CFLAGS)
%C%_try_LDADD = lib/libpooltoy.la $(LIBPQ_LIBS)

EXTRA_DIST += %D%/README.md %D%/cluster.sh
