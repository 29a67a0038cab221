# pooltoy(1) against a server.
if HAVE_CONTROL
check_PROGRAMS += %D%/host
test_scripts += %D%/tool.sh
else
EXTRA_DIST += %D%/host.c %D%/tool.sh
endif
