/* SPDX-License-Identifier: MIT */
/* pooltoy/pool.hpp: supervisors, pools and clients, as handles that are given back at the end of a scope. */
#ifndef POOLTOY_POOL_HPP
#define POOLTOY_POOL_HPP

#include <pooltoy/bytes.hpp>
#include <pooltoy/checkout.h>
#include <pooltoy/client.h>
#include <pooltoy/lease.hpp>
#include <pooltoy/pool.h>
#include <pooltoy/result.hpp>
#include <pooltoy/status.h>
#include <pooltoy/supervisor.h>
#include <pooltoy/task.h>
#include <pooltoy/timeout.hpp>
#include <pooltoy/worker.hpp>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace pooltoy
{

/* What became of a task, as its `done` is told. Valid, with its reply, until that returns. */
class outcome
{
public:
	explicit outcome(const pooltoy_outcome &given) noexcept : given_(&given)
	{
	}

	/* 0, what handle_call said by reply_error, or why it did not run to its end. */
	int code() const noexcept
	{
		return given_->code;
	}
	/* Why, for POOLTOY_ECRASHED and POOLTOY_EFAILED; else "". */
	const char *story() const noexcept
	{
		return given_->reason;
	}
	/* The worker's index; -1: it never ran. */
	int worker_index() const noexcept
	{
		return given_->worker;
	}
	/* outcome.reply().read<int>() is the reply as a value, or none. */
	bytes reply() const noexcept
	{
		return { given_->reply, given_->length };
	}

private:
	const pooltoy_outcome *given_;
};

/* A task, to cancel it by. A value; who uses it has a handle of its pool. */
class task
{
public:
	task() noexcept = default;
	explicit task(const pooltoy_task &given) noexcept : given_(given)
	{
	}

	/* POOLTOY_ESTALE: too late. `done` runs on this thread, before this returns. */
	result<void> cancel() const noexcept
	{
		return detail::outcome_of(pooltoy_task_cancel(&given_));
	}

private:
	pooltoy_task given_ = POOLTOY_TASK_INIT;
};

/*
 * A handle of a pool. The destructor gives the handle back, the pool runs on: stop() or its supervisor
 * ends it. An empty one (moved from) is only there to be assigned to: its functions answer
 * POOLTOY_EINVAL.
 *
 * Threads: const functions any number at once; others, and the destructor, with nobody else at it. It
 * is there for as long as a lease or task of its pool is used.
 */
class pool
{
public:
	pool() noexcept = default;
	/* Takes over a handle that C code has: one that pooltoy_pool_release would be for. */
	explicit pool(pooltoy_pool *taken) noexcept : handle_(taken)
	{
	}

	explicit operator bool() const noexcept
	{
		return handle_ != nullptr;
	}
	/* For functions of C; borrowed. */
	pooltoy_pool *get() const noexcept
	{
		return handle_.get();
	}
	/* Another handle of the same pool, for another thread or object. */
	pool retain() const noexcept
	{
		return pool(handle_ ? pooltoy_pool_retain(handle_.get()) : nullptr);
	}
	/* Lives as long as the handle. */
	const char *name() const noexcept
	{
		return handle_ ? pooltoy_pool_name(handle_.get()) : "";
	}

	/* A worker, for the calling thread. Blocks up to `time`; a cancellation point. */
	result<lease> checkout(timeout time) const
	{
		pooltoy_lease taken = POOLTOY_LEASE_INIT;
		const int code = pooltoy_checkout(handle_.get(), time.milliseconds(), &taken);

		if (code)
			return failure::last(code);
		return lease(taken);
	}

	/* The same as the options say: by a deadline, with a token, for a client, with priority. */
	result<lease> checkout(const pooltoy_checkout_options &options) const
	{
		pooltoy_lease taken = POOLTOY_LEASE_INIT;
		const int code = pooltoy_checkout_with(handle_.get(), &options, &taken);

		if (code)
			return failure::last(code);
		return lease(taken);
	}

	/*
	 * Checkout, function(lease &), checkin; the last whatever happens in between: a return, an
	 * exception, the thread's end. Returns what `function` does, as a result: a result<T> as it is,
	 * a T as a result<T>. If it is the checkout that failed, `function` has not run.
	 */
	template <class Function> auto transaction(timeout time, Function &&function) const
	{
		using returned = std::decay_t<std::invoke_result_t<Function, lease &>>;
		using answer = typename detail::result_of<returned>::type;
		result<lease> taken = checkout(time);

		if (!taken)
			return answer(std::move(taken).error());
		if constexpr (std::is_void_v<returned>) {
			std::forward<Function>(function)(*taken);
			return answer();
		} else {
			return answer(std::forward<Function>(function)(*taken));
		}
	}

	/* Has any worker run handle_call with a value or bytes. Nobody asks what became of it. Does not block. */
	template <class Request> result<task> submit(const Request &request) const noexcept
	{
		return submit_bytes(detail::bytes_of(request), nullptr, nullptr);
	}

	/*
	 * The same, and done(const outcome &) is told, once if this succeeds, else never. It is moved to
	 * the heap, runs on the thread of the worker, or of whoever cancels or stops, and is destroyed
	 * there. It must not block, and is noexcept: C code calls it.
	 */
	template <class Request, class Done>
	result<task> submit(const Request &request, Done done) const
	{
		static_assert(detail::never_throws<Done, const outcome &>,
			      "done is done(const pooltoy::outcome &) noexcept");
		std::unique_ptr<Done> kept(new (std::nothrow) Done(std::move(done)));

		if (!kept)
			return failure(POOLTOY_ENOMEM, "submit: no memory for `done`");
		result<task> submitted =
			submit_bytes(detail::bytes_of(request), tell<Done>, kept.get());
		if (submitted)
			(void)kept.release(); /* tell's, which may have run */
		return submitted;
	}

	/*
	 * Stops the pool: what runs has the spec's `shutdown`, or `time`, until it is interrupted. Blocks
	 * until all workers have terminated or been quarantined. The handle remains.
	 */
	result<void> stop() const noexcept
	{
		return detail::outcome_of(pooltoy_stop_pool(handle_.get(), -1));
	}
	template <class Rep, class Period>
	result<void> stop(std::chrono::duration<Rep, Period> time) const noexcept
	{
		return detail::outcome_of(pooltoy_stop_pool(handle_.get(), to_milliseconds(time)));
	}

	/* The same in one of C's modes: DRAIN lets leases go on, and tasks that wait be run, until the time is over. */
	result<void> stop(enum pooltoy_stop_mode mode) const noexcept
	{
		return detail::outcome_of(pooltoy_stop_pool_with(handle_.get(), mode, -1));
	}
	result<void> stop(enum pooltoy_stop_mode mode, timeout time) const noexcept
	{
		return detail::outcome_of(
			pooltoy_stop_pool_with(handle_.get(), mode, time.milliseconds()));
	}

	/* Until so many workers are up; 0: as many as the pool keeps. Blocks; a cancellation point. */
	result<void> wait_ready(int workers, timeout time) const
	{
		return detail::outcome_of(
			pooltoy_pool_wait_ready(handle_.get(), workers, time.milliseconds()));
	}
	/* Pauses the pool, and waits until it is at rest; resume() ends that. Blocks; a cancellation point. */
	result<void> drain(timeout time) const
	{
		return detail::outcome_of(pooltoy_pool_drain(handle_.get(), time.milliseconds()));
	}

	/* As the functions of C. None blocks. */
	result<void> pause() const noexcept
	{
		return detail::outcome_of(pooltoy_pool_pause(handle_.get()));
	}
	result<void> resume() const noexcept
	{
		return detail::outcome_of(pooltoy_pool_resume(handle_.get()));
	}
	result<void> resize(int size, int max_overflow = 0) const noexcept
	{
		return detail::outcome_of(pooltoy_pool_resize(handle_.get(), size, max_overflow));
	}
	result<void> replace_workers(int at_once = 1) const noexcept
	{
		return detail::outcome_of(pooltoy_pool_replace_workers(handle_.get(), at_once));
	}
	result<void> revive() const noexcept
	{
		return detail::outcome_of(pooltoy_pool_revive(handle_.get()));
	}
	result<void> kill_manager() const noexcept
	{
		return detail::outcome_of(pooltoy_kill_manager(handle_.get()));
	}
	/* -1: any that lives. */
	result<void> kill_worker(int index) const noexcept
	{
		return detail::outcome_of(pooltoy_kill_worker(handle_.get(), index));
	}
	result<struct pooltoy_pool_status> status() const noexcept
	{
		struct pooltoy_pool_status figures = POOLTOY_POOL_STATUS_INIT;
		const int code = pooltoy_pool_status(handle_.get(), &figures);

		if (code)
			return failure::last(code);
		return figures;
	}

private:
	struct releaser {
		void operator()(pooltoy_pool *handle) const noexcept
		{
			pooltoy_pool_release(handle);
		}
	};

	template <class Done> static void tell(const pooltoy_outcome *given, void *argument)
	{
		std::unique_ptr<Done> done(static_cast<Done *>(argument));

		(*done)(outcome(*given));
	}

	result<task> submit_bytes(bytes request, pooltoy_done_fn *done,
				  void *argument) const noexcept
	{
		pooltoy_task given = POOLTOY_TASK_INIT;
		const int code = pooltoy_submit(handle_.get(), request.data(), request.size(), done,
						argument, &given);

		if (code)
			return failure::last(code);
		return task(given);
	}

	std::unique_ptr<pooltoy_pool, releaser> handle_;
};

/*
 * A client that is no thread: a holder of leases, which end with it. The destructor closes it: leases
 * that are left are stale then, and harmless.
 *
 * Threads: any, any number at once; the destructor with nobody else at it.
 */
class client
{
public:
	client() noexcept = default;
	explicit client(pooltoy_client *taken) noexcept : handle_(taken)
	{
	}
	/* `name` is shown beside what it holds: copied. Does not block. */
	static result<client> open(const char *name = nullptr) noexcept
	{
		pooltoy_client *opened = nullptr;
		const int code = pooltoy_client_open(name, &opened);

		if (code)
			return failure::last(code);
		return client(opened);
	}

	explicit operator bool() const noexcept
	{
		return handle_ != nullptr;
	}
	pooltoy_client *get() const noexcept
	{
		return handle_.get();
	}
	/* Before the end of the scope. Does not block. */
	void close() noexcept
	{
		handle_.reset();
	}

	/* pool::checkout, for this client. Blocks; a cancellation point. */
	result<lease> checkout(const pool &from, timeout time) const
	{
		pooltoy_lease taken = POOLTOY_LEASE_INIT;
		const int code = pooltoy_client_checkout(handle_.get(), from.get(),
							 time.milliseconds(), &taken);

		if (code)
			return failure::last(code);
		return lease(taken);
	}

	/* From now on the lease is this client's; copies that C code has of it are stale. Does not block. */
	result<void> adopt(lease &other) const noexcept
	{
		if (!handle_)
			return failure(POOLTOY_EINVAL, "adopt: no client");
		return detail::outcome_of(pooltoy_lease_adopt(handle_.get(), &other.lease_));
	}

private:
	struct closer {
		void operator()(pooltoy_client *handle) const noexcept
		{
			pooltoy_client_close(handle);
		}
	};
	std::unique_ptr<pooltoy_client, closer> handle_;
};

/*
 * A supervisor, which is stopped, with all its pools, by the destructor: that blocks, as stop() does.
 * Declare it before pools, leases and what callbacks use, so that it ends last; not in a callback.
 *
 * Threads: as a pool. Nobody else may be in a call with it when it is stopped.
 */
class supervisor
{
public:
	supervisor() noexcept = default;
	explicit supervisor(pooltoy_supervisor *taken) noexcept : handle_(taken)
	{
	}
	/* Blocks no longer than it takes to create three threads. */
	static result<supervisor> start() noexcept
	{
		return start(POOLTOY_SUPERVISOR_SPEC_INIT);
	}
	/* `on_event` is called by C code: it must not throw. A lambda without captures will do. */
	static result<supervisor> start(const pooltoy_supervisor_spec &spec) noexcept
	{
		pooltoy_supervisor *started = nullptr;
		const int code = pooltoy_supervisor_start_with(&spec, &started);

		if (code)
			return failure::last(code);
		return supervisor(started);
	}

	explicit operator bool() const noexcept
	{
		return handle_ != nullptr;
	}
	pooltoy_supervisor *get() const noexcept
	{
		return handle_.get();
	}

	/* Blocks for a moment: the pool's manager runs, its workers start meanwhile. */
	result<pool> start_pool(const pooltoy_pool_spec &spec) const noexcept
	{
		pooltoy_pool *started = nullptr;
		const int code = pooltoy_start_pool(handle_.get(), &spec, &started);

		if (code)
			return failure::last(code);
		return pool(started);
	}
	/* A pool of `size` objects of class W: start_pool<Doubler>("poolio", 3). See pool_spec::of. */
	template <class W, class... Argument>
	result<pool> start_pool(const char *name, int size, Argument *...argument) const noexcept
	{
		return start_pool(pool_spec::of<W>(name, size, argument...));
	}
	/* Another handle, by name. Does not block. */
	result<pool> find_pool(const char *name) const noexcept
	{
		pooltoy_pool *found = nullptr;
		const int code = pooltoy_find_pool(handle_.get(), name, &found);

		if (code)
			return failure::last(code);
		return pool(found);
	}

	/* visit(const pooltoy_node &) noexcept: for each node of the tree. Does not block. */
	template <class Visit> result<void> walk(Visit visit) const noexcept
	{
		static_assert(detail::never_throws<Visit, const pooltoy_node &>,
			      "visit is visit(const pooltoy_node &) noexcept");
		return detail::outcome_of(pooltoy_walk(
			handle_.get(),
			[](const pooltoy_node *node, void *argument) {
				(*static_cast<Visit *>(argument))(*node);
				return 0;
			},
			&visit));
	}

	/* As the function of C. Does not block. */
	result<void> kill() const noexcept
	{
		return detail::outcome_of(pooltoy_kill_supervisor(handle_.get()));
	}

	/*
	 * Stops all pools, last started first; each has its spec's `shutdown`, or all have `time`, until
	 * what still runs is interrupted. Blocks. Afterwards this is empty, but for a failure other than
	 * POOLTOY_EQUARANTINED: then nothing has happened, and it remains to be stopped.
	 */
	result<void> stop() noexcept
	{
		return stop_within(-1);
	}
	template <class Rep, class Period>
	result<void> stop(std::chrono::duration<Rep, Period> time) noexcept
	{
		return stop_within(to_milliseconds(time));
	}

private:
	struct stopper {
		void operator()(pooltoy_supervisor *handle) const noexcept
		{
			(void)pooltoy_supervisor_stop(handle, -1);
		}
	};

	result<void> stop_within(int milliseconds) noexcept
	{
		const int code = pooltoy_supervisor_stop(handle_.get(), milliseconds);

		if (!code || code == POOLTOY_EQUARANTINED)
			(void)handle_.release();
		return detail::outcome_of(code);
	}

	std::unique_ptr<pooltoy_supervisor, stopper> handle_;
};

} // namespace pooltoy

#endif
