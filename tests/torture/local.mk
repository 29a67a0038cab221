# Torture: real threads do everything to pools at once, for a given time.
check_PROGRAMS += %D%/torture
%C%_torture_SOURCES = \
	%D%/actions.c \
	%D%/administration.c \
	%D%/control.c \
	%D%/counts.c \
	%D%/forks.c \
	%D%/kills.c \
	%D%/main.c \
	%D%/pools.c \
	%D%/seats.c \
	%D%/signals.c \
	%D%/torture.h \
	%D%/watchdog.c \
	%D%/workers.c

test_scripts += %D%/torture.sh
