# Documents that ship with the sources: one line each.
EXTRA_DIST += \
	%D%/architecture.md \
	%D%/concurrency.md \
	%D%/control.md \
	%D%/integrating.md \
	%D%/isolation.md \
	%D%/migrating.md \
	%D%/performance.md \
	%D%/pictures/observe-dark.png \
	%D%/pictures/observe.png \
	%D%/pictures/scaling.svg \
	%D%/pictures/size.svg \
	%D%/pictures/waits.svg \
	%D%/verification.md
