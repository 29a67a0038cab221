# The ladder: one file a rung, each a part of bootstrap.
EXTRA_DIST += \
	%D%/abi.sh \
	%D%/analysis.sh \
	%D%/coverage.sh \
	%D%/delays.sh \
	%D%/explorer.sh \
	%D%/faults.sh \
	%D%/fuzz.sh \
	%D%/instructions.sh \
	%D%/ladder.sh \
	%D%/models.sh \
	%D%/mutation.sh \
	%D%/observe.sh \
	%D%/reference.sh \
	%D%/sanitizers.sh \
	%D%/seeded.sh \
	%D%/supervision.sh \
	%D%/tests.sh \
	%D%/torture.sh \
	%D%/tracing.sh
