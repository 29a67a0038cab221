# The ladder: one file a rung, each a part of bootstrap.
EXTRA_DIST += \
	%D%/ladder.sh \
	%D%/tests.sh
