# Documents that ship with the sources: one line each.
EXTRA_DIST += \
	%D%/integrating.md
