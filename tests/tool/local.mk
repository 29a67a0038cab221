# pooltoy(1) against a server.
if HAVE_CONTROL
check_PROGRAMS += %D%/host %D%/stuck_debugger
%C%_stuck_debugger_LDADD =
test_scripts += %D%/tool.sh
else
EXTRA_DIST += %D%/host.c %D%/stuck_debugger.c %D%/tool.sh
endif
