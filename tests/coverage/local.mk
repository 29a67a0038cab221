# How far the tests reach: what the rung `coverage` of the ladder is made of.
EXTRA_DIST += \
	%D%/child_exit.c \
	%D%/exclusions \
	%D%/report.awk
