/* SPDX-License-Identifier: MIT */
/* pooltoy/lease.hpp: a worker that is checked out, and comes back at the end of a scope. */
#ifndef POOLTOY_LEASE_HPP
#define POOLTOY_LEASE_HPP

#include <pooltoy/bytes.hpp>
#include <pooltoy/checkout.h>
#include <pooltoy/client.h>
#include <pooltoy/lease.h>
#include <pooltoy/result.hpp>
#include <pooltoy/timeout.hpp>

#include <cstddef>
#include <cstdio>
#include <type_traits>
#include <utility>

namespace pooltoy
{

/*
 * A worker's state, borrowed: a pointer to it, given back by the destructor.
 *
 * Threads: belongs to the one that took it, to the end. It does not outlive the lease, which would
 * take the state along: declared after it, it is gone before it.
 */
template <class State> class lease_state
{
public:
	lease_state(const pooltoy_lease &lease, State *state) noexcept
	    : lease_(lease), state_(state)
	{
	}
	lease_state(lease_state &&other) noexcept
	    : lease_(other.lease_), state_(std::exchange(other.state_, nullptr)),
	      taken_(std::exchange(other.taken_, false))
	{
	}
	lease_state &operator=(lease_state &&) = delete;
	~lease_state()
	{
		if (taken_)
			(void)pooltoy_lease_state_done(&lease_);
	}

	/* Gives it back before the end of the scope. POOLTOY_ESTALE: given back, but the lease has ended. */
	result<void> done() noexcept
	{
		if (!std::exchange(taken_, false))
			return failure(POOLTOY_ESTALE, "the state has been given back before");
		state_ = nullptr;
		return detail::outcome_of(pooltoy_lease_state_done(&lease_));
	}

	/* NULL once it is given back. */
	State *get() const noexcept
	{
		return state_;
	}
	State &operator*() const noexcept
	{
		return *state_;
	}
	State *operator->() const noexcept
	{
		return state_;
	}

private:
	pooltoy_lease lease_;
	State *state_;
	bool taken_ = true;
};

/*
 * A lease: one worker, checked out, checked in by the destructor. Or none: a default one, one that was
 * moved from, or checked in; its functions answer POOLTOY_EINVAL.
 *
 * It keeps no handle of its pool, which would cost each checkout more than it does. The rule is the C
 * library's: a `pool` of that pool is there for as long as the lease is, and is used. A local lease is
 * declared after the pool, as it must be; one that goes far takes pool.retain() along, in a member
 * that stands before it.
 *
 * Threads: any. Its const functions are for any that can reach it, as the C functions say of leases
 * (calls one at a time); the others for one, with nobody else at the object. Handing it on by a move
 * does not change whose it is: when the thread or client ends for which it was checked out, so does the
 * lease. See adopt().
 */
class [[nodiscard]] lease
{
public:
	lease() noexcept = default;
	/* Takes over one that C code has checked out. */
	explicit lease(const pooltoy_lease &taken) noexcept : lease_(taken), held_(true)
	{
	}
	lease(lease &&other) noexcept
	    : lease_(std::exchange(other.lease_, none)), held_(std::exchange(other.held_, false))
	{
	}
	lease &operator=(lease &&other) noexcept
	{
		lease moved(std::move(other)); /* first: a lease moved to itself stays as it is */

		std::swap(lease_, moved.lease_);
		std::swap(held_, moved.held_);
		return *this;
	}
	/* Does not block. Who wants to know whether it worked calls checkin(). */
	~lease()
	{
		if (held_)
			(void)pooltoy_checkin(&lease_);
	}

	/* Whether it is to be checked in. That it still lasts the next call says. */
	explicit operator bool() const noexcept
	{
		return held_;
	}
	/* For functions of C; this remains the one to check it in. */
	const pooltoy_lease &get() const noexcept
	{
		return lease_;
	}
	/* From now on the caller's, to be checked in. */
	[[nodiscard]] pooltoy_lease release() noexcept
	{
		held_ = false;
		return std::exchange(lease_, none);
	}

	/*
	 * Before the end of the scope. POOLTOY_ESTALE: it had ended already. After POOLTOY_EBUSY, another
	 * thread uses the state, it is still there to be checked in. Does not block.
	 */
	result<void> checkin() noexcept
	{
		result<void> outcome = detail::outcome_of(pooltoy_checkin(&lease_));

		if (outcome.code() != POOLTOY_EBUSY)
			(void)release();
		return outcome;
	}

	/* The same of one that is broken: see pooltoy_checkin_failed. */
	result<void> checkin_failed(pooltoy_on_client_death how, const char *reason) noexcept
	{
		result<void> outcome =
			detail::outcome_of(pooltoy_checkin_failed(&lease_, how, reason));

		if (outcome.code() != POOLTOY_EBUSY)
			(void)release();
		return outcome;
	}

	/*
	 * Calls the worker with a value or bytes, and waits for a Reply, which is a value, too (void: it
	 * is of no interest):
	 *
	 *     pooltoy::result<int> doubled = lease.call<int>(21, 100ms);
	 *
	 * Also POOLTOY_EINVAL: the reply is shorter than a Reply. POOLTOY_ETOOSMALL: it is longer. Blocks;
	 * a cancellation point.
	 */
	template <class Reply, class Request>
	result<Reply> call(const Request &request, timeout time) const
	{
		return call_within<Reply>(request, time);
	}
	/* As the options say: by a deadline, with a token. */
	template <class Reply, class Request>
	result<Reply> call(const Request &request, const pooltoy_call_options &options) const
	{
		return call_within<Reply>(request, options);
	}

	/*
	 * The same with a reply of any length, into a std::string or a std::vector of bytes, which is made
	 * to fit. It has the room that its size says at first: one that is used again and again saves
	 * copies. With a code of the application's own (POOLTOY_EUSER and below) it has what
	 * was replied along with that; with any other it is empty.
	 */
	template <class Request, class Buffer>
	result<void> call(const Request &request, Buffer &reply, timeout time) const
	{
		return call_into(request, reply, time);
	}
	template <class Request, class Buffer>
	result<void> call(const Request &request, Buffer &reply,
			  const pooltoy_call_options &options) const
	{
		return call_into(request, reply, options);
	}

	/* The reply that did not fit a call<Reply>, without another call. Does not block. */
	template <class Buffer> result<void> call_reply(Buffer &reply) const
	{
		static_assert(sizeof(*reply.data()) == 1, "a reply is so many bytes");
		if (reply.size() == 0)
			reply.resize(1); /* an empty vector has no address */
		std::size_t length = reply.size();
		int code = pooltoy_call_reply(&lease_, reply.data(), &length);

		return fetch(code, reply, length);
	}

	/* Sends the worker a message, a value or bytes. Nobody waits for it. Does not block. */
	template <class Message> result<void> cast(const Message &message) const noexcept
	{
		const bytes sent = detail::bytes_of(message);

		return detail::outcome_of(pooltoy_cast(&lease_, sent.data(), sent.size()));
	}

	/*
	 * The worker's state itself, on the calling thread, with no hop. State is what the pool's workers
	 * have: of pool_spec::of<W> it is W. Nobody checks that. Does not block.
	 */
	template <class State> result<lease_state<State>> state() const &noexcept
	{
		void *pointer = nullptr;
		const int code = pooltoy_lease_state(&lease_, &pointer);

		if (code)
			return failure::last(code);
		return lease_state<State>(lease_, static_cast<State *>(pointer));
	}
	/* A lease without a name would be over before its state is used. */
	template <class State> result<lease_state<State>> state() const && = delete;

	/* From now on it is the calling thread's, and ends with that; see client::adopt. Does not block. */
	result<void> adopt() noexcept
	{
		return detail::outcome_of(pooltoy_lease_adopt(nullptr, &lease_));
	}

	/* The worker's index. Does not block. */
	result<unsigned> worker_index() const noexcept
	{
		const int index = pooltoy_lease_worker(&lease_);

		if (index < 0)
			return failure::last(index);
		return static_cast<unsigned>(index);
	}

private:
	friend class client;

	/* Calls, within a time or as options say. */
	int ask(const bytes &sent, void *reply, std::size_t *length, const timeout &time) const
	{
		return pooltoy_call(&lease_, sent.data(), sent.size(), reply, length,
				    time.milliseconds());
	}
	int ask(const bytes &sent, void *reply, std::size_t *length,
		const pooltoy_call_options &options) const
	{
		return pooltoy_call_with(&lease_, sent.data(), sent.size(), reply, length,
					 &options);
	}

	template <class Reply, class Request, class Limit>
	result<Reply> call_within(const Request &request, const Limit &limit) const
	{
		static_assert(
			std::is_void_v<Reply> ||
				(std::is_trivially_copyable_v<Reply> && !std::is_pointer_v<Reply>),
			"a Reply is copied as bytes: for others use call(request, reply, time)");
		const bytes sent = detail::bytes_of(request);

		if constexpr (std::is_void_v<Reply>) {
			return detail::outcome_of(ask(sent, nullptr, nullptr, limit));
		} else {
			Reply reply{};
			std::size_t length = sizeof reply;
			const int code = ask(sent, &reply, &length, limit);

			if (code)
				return failure::last(code);
			if (length != sizeof reply)
				return too_short(length, sizeof reply);
			return reply;
		}
	}

	template <class Request, class Buffer, class Limit>
	result<void> call_into(const Request &request, Buffer &reply, const Limit &limit) const
	{
		static_assert(sizeof(*reply.data()) == 1, "a reply is so many bytes");
		const bytes sent = detail::bytes_of(request);
		std::size_t length = reply.size();
		int code = ask(sent, reply.data(), &length, limit);

		return fetch(code, reply, length);
	}

	static constexpr pooltoy_lease none = POOLTOY_LEASE_INIT;

	static failure too_short(std::size_t length, std::size_t wanted) noexcept
	{
		char story[96];

		std::snprintf(story, sizeof story, "call: the reply has %zu bytes in place of %zu",
			      length, wanted);
		return failure(POOLTOY_EINVAL, story);
	}

	/* Makes room for as long as the reply asks for more, then cuts the buffer to the reply. */
	template <class Buffer>
	result<void> fetch(int code, Buffer &reply, std::size_t length) const
	{
		while (code == POOLTOY_ETOOSMALL && length > reply.size()) {
			reply.resize(length);
			code = pooltoy_call_reply(&lease_, reply.data(), &length);
		}
		if (!code) {
			reply.resize(length);
			return {};
		}
		failure why = failure::last(code);
		/* Of the library's own codes none comes with a reply. */
		reply.resize(code <= POOLTOY_EUSER && length <= reply.size() ? length : 0);
		return why;
	}

	pooltoy_lease lease_ = none;
	bool held_ = false;
};

} // namespace pooltoy

#endif
