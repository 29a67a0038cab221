# Manual pages, mdoc: one line each. That of the command is installed with it: tools/pooltoy/local.mk.
dist_man_MANS += \
	%D%/pooltoy.7 \
	%D%/pooltoy.hpp.7 \
	%D%/pooltoy_call.3 \
	%D%/pooltoy_checkout.3 \
	%D%/pooltoy_checkout_start_with.3 \
	%D%/pooltoy_checkout_with.3 \
	%D%/pooltoy_client_open.3 \
	%D%/pooltoy_completion_queue_open.3 \
	%D%/pooltoy_control_start.3 \
	%D%/pooltoy_event_format.3 \
	%D%/pooltoy_fork_prepare.3 \
	%D%/pooltoy_lease_state.3 \
	%D%/pooltoy_pool_histogram.3 \
	%D%/pooltoy_pool_resize.3 \
	%D%/pooltoy_pool_pause.3 \
	%D%/pooltoy_pool_status.3 \
	%D%/pooltoy_pool_wait_ready.3 \
	%D%/pooltoy_set_allocator.3 \
	%D%/pooltoy_start_pool.3 \
	%D%/pooltoy_strerror.3 \
	%D%/pooltoy_submit.3 \
	%D%/pooltoy_supervisor_start.3 \
	%D%/pooltoy_worker_ops.3
