# Documents that ship with the sources: one line each.
EXTRA_DIST += \
	%D%/architecture.md \
	%D%/concurrency.md \
	%D%/integrating.md \
	%D%/isolation.md \
	%D%/verification.md
