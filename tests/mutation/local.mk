# Mistakes made on purpose in the library: what the rung `mutation` of the ladder is made of.
EXTRA_DIST += \
	%D%/equivalent \
	%D%/mistakes.awk \
	%D%/mutants.awk \
	%D%/mutate.sh \
	%D%/score.awk \
	%D%/try.sh
