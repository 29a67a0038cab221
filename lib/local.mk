# The library. To add a file: one line in the list of its layer, alphabetically; a layer includes
# nothing from those below it in this file (tests/packaging/layers.sh reads these lists).

lib_base = \
	%D%/cancel_token.c \
	%D%/cancel_token.h \
	%D%/deadline.h \
	%D%/error.c \
	%D%/error.h \
	%D%/mailbox.c \
	%D%/mailbox.h \
	%D%/parker.c \
	%D%/parker.h \
	%D%/plain_text.h \
	%D%/probe.h \
	%D%/spec_copy.c \
	%D%/spec_copy.h \
	%D%/sync.h \
	%D%/sync_child.h \
	%D%/sync_placement.h \
	%D%/sync_stack.h \
	%D%/sync_served.h

# The product's side of sync.h; the explorer compiles all the rest on a side of its own.
lib_threads = \
	%D%/sync_memory.c \
	%D%/sync_placement.c \
	%D%/sync_stack.c \
	%D%/sync_stack_signal.c \
	%D%/sync_delay.h \
	%D%/sync_threads.c \
	%D%/sync_threads.h

lib_structures = \
	%D%/broker.c \
	%D%/broker.h \
	%D%/cell.c \
	%D%/cell.h \
	%D%/channel.c \
	%D%/channel.h \
	%D%/checkout_queue.c \
	%D%/checkout_queue.h \
	%D%/completion_queue.c \
	%D%/completion_queue.h \
	%D%/deadlines.c \
	%D%/deadlines.h \
	%D%/health.c \
	%D%/health.h \
	%D%/histogram.c \
	%D%/histogram.h \
	%D%/idle_hints.c \
	%D%/idle_hints.h \
	%D%/idle_order.c \
	%D%/idle_order.h \
	%D%/isolation_protocol.h \
	%D%/monitor_table.c \
	%D%/monitor_table.h \
	%D%/overload.c \
	%D%/overload.h \
	%D%/restart_policy.c \
	%D%/restart_policy.h \
	%D%/slot.c \
	%D%/slot.h \
	%D%/slot_table.c \
	%D%/slot_table.h \
	%D%/stack_note.h \
	%D%/task_ring.c \
	%D%/task_ring.h \
	%D%/timer_queue.c \
	%D%/timer_queue.h

lib_services = \
	%D%/extension.h \
	%D%/isolation.c \
	%D%/isolation.h \
	%D%/notifier.c \
	%D%/notifier.h \
	%D%/reaper.c \
	%D%/reaper.h \
	%D%/supervisor_reference.h \
	%D%/thread.c \
	%D%/thread.h

lib_pool = \
	%D%/elasticity.h \
	%D%/lease_watch.h \
	%D%/metrics.h \
	%D%/overload_watch.c \
	%D%/overload_watch.h \
	%D%/pool.c \
	%D%/pool.h \
	%D%/ready.c \
	%D%/ready.h \
	%D%/rolling.h \
	%D%/task.c \
	%D%/task.h

lib_actors = \
	%D%/crew.c \
	%D%/crew.h \
	%D%/drain.c \
	%D%/drain.h \
	%D%/elasticity.c \
	%D%/lease_watch.c \
	%D%/manager.c \
	%D%/manager.h \
	%D%/proxy.c \
	%D%/proxy.h \
	%D%/quarantine.c \
	%D%/quarantine.h \
	%D%/registry.c \
	%D%/registry.h \
	%D%/rolling.c \
	%D%/supervisor.c \
	%D%/supervisor.h \
	%D%/trial.c \
	%D%/trial.h \
	%D%/withhold.c \
	%D%/withhold.h \
	%D%/worker.c \
	%D%/worker.h \
	%D%/worker_accuse.c \
	%D%/worker_caller.c \
	%D%/worker_health.c \
	%D%/worker_health.h \
	%D%/worker_helm.c \
	%D%/worker_interrupt.c \
	%D%/worker_ping.c \
	%D%/worker_self.c \
	%D%/worker_slot.c \
	%D%/worker_tasks.c

lib_whole = \
	%D%/api_call.c \
	%D%/api_call_start.c \
	%D%/api_checkin_failed.c \
	%D%/api_checkout.c \
	%D%/api_checkout_start.c \
	%D%/api_checkout_with.c \
	%D%/api_client.c \
	%D%/api_completion.c \
	%D%/api_elasticity.c \
	%D%/api_event.c \
	%D%/api_lease.c \
	%D%/api_metrics.c \
	%D%/api_operations.c \
	%D%/api_pool.c \
	%D%/api_pool.h \
	%D%/api_status.c \
	%D%/api_submit_start.c \
	%D%/api_supervisor.c \
	%D%/api_task.c \
	%D%/call.h \
	%D%/checkout.h \
	%D%/child.c \
	%D%/child.h \
	%D%/client.c \
	%D%/client.h \
	%D%/client_lease.c \
	%D%/confinement.h \
	%D%/extension.c \
	%D%/lease.h \
	%D%/quota.c \
	%D%/quota.h \
	%D%/operation.c \
	%D%/operation.h \
	%D%/spec.c \
	%D%/spec.h \
	%D%/stop.c \
	%D%/stop.h

# What only a process can do: the explorer has fibers for child processes.
lib_process = \
	%D%/child_main.c \
	%D%/confinement.c \
	%D%/extension_load.c \
	%D%/sync_cgroup.c \
	%D%/sync_cgroup.h \
	%D%/sync_child.c \
	%D%/sync_descriptor.h \
	%D%/sync_served.c \
	%D%/sync_words.c \
	%D%/sync_words.h

lib_sources = $(lib_base) $(lib_structures) $(lib_services) $(lib_pool) $(lib_actors) $(lib_whole)

# All objects, hidden symbols included: what unit tests link, and what the library is made of.
noinst_LTLIBRARIES += %D%/libpooltoy-all.la
%C%_libpooltoy_all_la_SOURCES = $(lib_sources) $(lib_threads) $(lib_process)
# -fexceptions: a thread that is cancelled or exits inside a callback unwinds through our frames.
%C%_libpooltoy_all_la_CPPFLAGS = $(AM_CPPFLAGS) -DPOOLTOY_CHILD_PROGRAM='"$(pkglibexecdir)/pooltoy-child"'
%C%_libpooltoy_all_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fexceptions
%C%_libpooltoy_all_la_LIBADD = $(URCU_LIBS)
%C%_libpooltoy_all_la_LDFLAGS =

lib_LTLIBRARIES += %D%/libpooltoy.la
%C%_libpooltoy_la_SOURCES =
%C%_libpooltoy_la_LIBADD = %D%/libpooltoy-all.la $(URCU_LIBS)
# nodelete: after dlclose, threads that end still run our thread-specific destructor.
%C%_libpooltoy_la_LDFLAGS = -version-info 0:0:0 -no-undefined -pthread $(SANITIZER_CFLAGS) \
	-Wl,-z,nodelete -Wl,--version-script=$(srcdir)/%D%/pooltoy.map
if !SANITIZED
%C%_libpooltoy_la_LDFLAGS += -Wl,-z,defs
endif
EXTRA_lib_libpooltoy_la_DEPENDENCIES = %D%/pooltoy.map
EXTRA_DIST += %D%/pooltoy.map

pkgconfig_DATA = %D%/pooltoy.pc
