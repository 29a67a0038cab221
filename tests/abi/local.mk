# The stored binary interface, and what compares it; bootstrap's verify and abi-baseline run it.
EXTRA_DIST += \
	%D%/abi.sh \
	%D%/compatible.awk \
	%D%/libpooltoy.abi
