# The protocols as Spin models, with their twins: run.sh says how, the rung `models` runs all.
EXTRA_DIST += \
	%D%/checkout_queue.pml \
	%D%/explored \
	%D%/memory.h.pml \
	%D%/memory_c11.h.pml \
	%D%/memory_tso.h.pml \
	%D%/run.sh \
	%D%/slot_word.pml \
	%D%/weak_channel.pml \
	%D%/weak_completion.pml \
	%D%/weak_demand.pml \
	%D%/weak_ending.pml \
	%D%/weak_flags.pml \
	%D%/weak_hints.pml \
	%D%/weak_interrupt.pml \
	%D%/weak_mailbox.pml \
	%D%/weak_messages.pml \
	%D%/weak_overflow.pml \
	%D%/weak_owed.pml \
	%D%/weak_ring.pml \
	%D%/weak_rouse.pml \
	%D%/weak_stop.pml \
	%D%/weak_tasks.pml \
	%D%/weak_waiters.pml
