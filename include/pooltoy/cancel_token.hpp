/* SPDX-License-Identifier: MIT */
/* pooltoy/cancel_token.hpp: what cancels checkouts and calls from another thread. */
#ifndef POOLTOY_CANCEL_TOKEN_HPP
#define POOLTOY_CANCEL_TOKEN_HPP

#include <memory>

#include <pooltoy/checkout.h>
#include <pooltoy/result.hpp>

namespace pooltoy
{

/*
 * For checkouts and calls with options:
 *
 *     pooltoy_checkout_options options = POOLTOY_CHECKOUT_OPTIONS_INIT;
 *     options.deadline = pooltoy_deadline_after(100);
 *     options.cancel = token.get();
 *     pooltoy::result<pooltoy::lease> taken = pool.checkout(options);
 *
 * Threads: any, any number at once; the destructor once no checkout or call has it.
 */
class cancel_token
{
public:
	cancel_token() noexcept = default;
	explicit cancel_token(pooltoy_cancel_token *taken) noexcept : handle_(taken)
	{
	}
	/* Does not block. */
	static result<cancel_token> open() noexcept
	{
		pooltoy_cancel_token *opened = nullptr;
		const int code = pooltoy_cancel_token_open(&opened);

		if (code)
			return failure::last(code);
		return cancel_token(opened);
	}

	explicit operator bool() const noexcept
	{
		return handle_ != nullptr;
	}
	/* For options; borrowed. */
	pooltoy_cancel_token *get() const noexcept
	{
		return handle_.get();
	}
	/* All that wait with it, and that will; for good. Does not block. */
	void cancel() const noexcept
	{
		pooltoy_cancel_token_cancel(handle_.get());
	}

private:
	struct closer {
		void operator()(pooltoy_cancel_token *handle) const noexcept
		{
			pooltoy_cancel_token_close(handle);
		}
	};
	std::unique_ptr<pooltoy_cancel_token, closer> handle_;
};

} // namespace pooltoy

#endif
