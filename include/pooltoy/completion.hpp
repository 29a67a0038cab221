/* SPDX-License-Identifier: MIT */
/* pooltoy/completion.hpp: checkouts, calls and tasks that nobody waits for, for servers that poll. */
#ifndef POOLTOY_COMPLETION_HPP
#define POOLTOY_COMPLETION_HPP

#include <pooltoy/bytes.hpp>
#include <pooltoy/completion.h>
#include <pooltoy/pool.hpp>
#include <pooltoy/result.hpp>
#include <pooltoy/timeout.hpp>

#include <memory>
#include <utility>

namespace pooltoy
{

/* An operation under way, to cancel it by, while its queue is open. A value. */
class pending
{
public:
	pending() noexcept = default;
	explicit pending(const pooltoy_pending &given) noexcept : given_(given)
	{
	}

	/* POOLTOY_ESTALE: too late. Does not block. */
	result<void> cancel() const noexcept
	{
		return detail::outcome_of(pooltoy_pending_cancel(&given_));
	}

private:
	pooltoy_pending given_ = POOLTOY_PENDING_INIT;
};

/*
 * What became of an operation: given back by the destructor, with its reply, and with the lease of a
 * checkout if that was not taken. May outlive its queue; not a handle of its pool, if a lease is in it.
 * One that was moved from is only there to be assigned to.
 */
class completion
{
public:
	/* Takes over one that C code has drained; with the lease of its checkout. */
	explicit completion(const pooltoy_completion *taken) noexcept : given_(taken)
	{
		if (taken->type == POOLTOY_COMPLETION_CHECKOUT && taken->code == POOLTOY_OK)
			lease_ = lease(taken->lease);
	}

	pooltoy_completion_type type() const noexcept
	{
		return given_->type;
	}
	int code() const noexcept
	{
		return given_->code;
	}
	/* Why a worker died, or the pool's last failure, or "". */
	const char *story() const noexcept
	{
		return given_->reason;
	}
	/* As it was given at the start. */
	void *tag() const noexcept
	{
		return given_->tag;
	}
	/* completion.reply().read<int>() is the reply as a value, or none. Valid as long as this. */
	bytes reply() const noexcept
	{
		return { given_->reply, given_->length };
	}
	int worker_index() const noexcept
	{
		return given_->worker;
	}
	/* Of a checkout with code 0, once: the lease. Else an empty one. */
	lease take_lease() noexcept
	{
		return std::move(lease_);
	}

private:
	struct releaser {
		void operator()(const pooltoy_completion *given) const noexcept
		{
			pooltoy_completion_release(given);
		}
	};
	std::unique_ptr<const pooltoy_completion, releaser> given_;
	lease lease_;
};

/*
 * A completion queue, closed by the destructor: what is under way is cancelled then.
 *
 * Threads: any may start operations, none of which blocks; one at a time drains; the destructor with
 * nobody else at it. Pools, and leases that calls were started with, stay until their operations are
 * over.
 */
class completion_queue
{
public:
	completion_queue() noexcept = default;
	explicit completion_queue(pooltoy_completion_queue *taken) noexcept : handle_(taken)
	{
	}
	static result<completion_queue> open() noexcept
	{
		pooltoy_completion_queue *opened = nullptr;
		const int code = pooltoy_completion_queue_open(&opened);

		if (code)
			return failure::last(code);
		return completion_queue(opened);
	}

	explicit operator bool() const noexcept
	{
		return handle_ != nullptr;
	}
	pooltoy_completion_queue *get() const noexcept
	{
		return handle_.get();
	}
	/* To be polled for reading, no more: the queue's own. */
	result<int> fd() const noexcept
	{
		const int fd = pooltoy_completion_queue_fd(handle_.get());

		if (fd < 0)
			return failure::last(fd);
		return fd;
	}

	/* take(completion): each that is there, until none is. Their number. Does not block. */
	template <class Take> result<unsigned> drain(Take &&take) const
	{
		unsigned count = 0;

		/* One by one: should `take` throw, those behind it are still there. */
		for (;;) {
			const pooltoy_completion *drained = nullptr;
			const int code = pooltoy_completion_queue_drain(handle_.get(), &drained, 1);

			if (code < 0)
				return failure::last(code);
			if (code == 0)
				return count;
			count++;
			take(completion(drained));
		}
	}

	/* The lease is the queue's, and ends with it. */
	result<pending> checkout_start(const pool &from, timeout time,
				       void *tag = nullptr) const noexcept
	{
		return checkout_for(nullptr, from, time, tag);
	}
	/* The lease is the client's. */
	result<pending> checkout_start(const client &holder, const pool &from, timeout time,
				       void *tag = nullptr) const noexcept
	{
		if (!holder)
			return failure(POOLTOY_EINVAL, "checkout_start: no client");
		return checkout_for(holder.get(), from, time, tag);
	}

	/* As the options say: whose the lease is, by a deadline, with a token, with priority. */
	result<pending> checkout_start(const pool &from, const pooltoy_checkout_options &options,
				       void *tag = nullptr) const noexcept
	{
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_checkout_start_with(handle_.get(), from.get(), &options,
							      tag, &started),
				  started);
	}

	template <class Request>
	result<pending> call_start(const lease &with, const Request &request, timeout time,
				   void *tag = nullptr) const noexcept
	{
		const bytes sent = detail::bytes_of(request);
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_call_start(handle_.get(), &with.get(), sent.data(),
						     sent.size(), time.milliseconds(), tag,
						     &started),
				  started);
	}

	template <class Request>
	result<pending> call_start(const lease &with, const Request &request,
				   const pooltoy_call_options &options,
				   void *tag = nullptr) const noexcept
	{
		const bytes sent = detail::bytes_of(request);
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_call_start_with(handle_.get(), &with.get(), sent.data(),
							  sent.size(), &options, tag, &started),
				  started);
	}

	template <class Request>
	result<pending> submit_start(const pool &to, const Request &request,
				     void *tag = nullptr) const noexcept
	{
		const bytes sent = detail::bytes_of(request);
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_submit_start(handle_.get(), to.get(), sent.data(),
						       sent.size(), tag, &started),
				  started);
	}
	template <class Request>
	result<pending> submit_start(const pool &to, const Request &request,
				     const pooltoy_task_options &options,
				     void *tag = nullptr) const noexcept
	{
		const bytes sent = detail::bytes_of(request);
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_submit_start_with(handle_.get(), to.get(), sent.data(),
							    sent.size(), &options, tag, &started),
				  started);
	}

private:
	struct closer {
		void operator()(pooltoy_completion_queue *handle) const noexcept
		{
			pooltoy_completion_queue_close(handle);
		}
	};

	static result<pending> outcome_of(int code, const pooltoy_pending &started) noexcept
	{
		if (code)
			return failure::last(code);
		return pending(started);
	}

	result<pending> checkout_for(pooltoy_client *holder, const pool &from, timeout time,
				     void *tag) const noexcept
	{
		pooltoy_pending started = POOLTOY_PENDING_INIT;

		return outcome_of(pooltoy_checkout_start(handle_.get(), from.get(), holder,
							 time.milliseconds(), tag, &started),
				  started);
	}

	std::unique_ptr<pooltoy_completion_queue, closer> handle_;
};

} // namespace pooltoy

#endif
