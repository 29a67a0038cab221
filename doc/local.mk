# Documents that ship with the sources: one line each.
EXTRA_DIST += \
	%D%/architecture.md \
	%D%/concurrency.md \
	%D%/integrating.md

# Models of the protocols, for Spin.
EXTRA_DIST += \
	tests/models/checkout_queue.pml \
	tests/models/slot_word.pml
