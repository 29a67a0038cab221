# Documents that ship with the sources: one line each. What manual pages refer to is installed, too.
EXTRA_DIST += \
	%D%/architecture.md \
	%D%/concurrency.md \
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

if HAVE_CONTROL
dist_doc_DATA = %D%/control.md
else
EXTRA_DIST += %D%/control.md
endif

tracingdir = $(pkgdatadir)/tracing
dist_tracing_DATA = \
	%D%/tracing/README.md \
	%D%/tracing/holders.bt \
	%D%/tracing/restarts.bt \
	%D%/tracing/waits.bt
