/* SPDX-License-Identifier: MIT */
/* pooltoy/bytes.hpp: requests, messages and replies: bytes, and values that are copied as bytes. */
#ifndef POOLTOY_BYTES_HPP
#define POOLTOY_BYTES_HPP

#include <cstddef>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pooltoy
{

/* Bytes of somebody else, who keeps them for as long as this is used; as std::string_view has text. */
class bytes
{
public:
	constexpr bytes() noexcept = default;
	constexpr bytes(const void *data, std::size_t size) noexcept : data_(data), size_(size)
	{
	}
	/* A text, up to its final 0, which is not part of it. */
	bytes(const char *text) noexcept : data_(text), size_(std::strlen(text))
	{
	}
	/* std::string, std::string_view, std::vector, std::array, std::span of plain elements. */
	template <class Container,
		  class Element =
			  std::remove_pointer_t<decltype(std::declval<const Container &>().data())>,
		  class = decltype(std::declval<const Container &>().size()),
		  class = std::enable_if_t<!std::is_void_v<Element>>>
	constexpr bytes(const Container &container) noexcept
	    : data_(container.data()), size_(container.size() * sizeof(Element))
	{
		static_assert(std::is_trivially_copyable_v<Element>,
			      "its elements cannot be copied as bytes");
	}

	constexpr const void *data() const noexcept
	{
		return data_;
	}
	/* In bytes. */
	constexpr std::size_t size() const noexcept
	{
		return size_;
	}
	std::string_view text() const noexcept
	{
		return { static_cast<const char *>(data_), size_ };
	}
	/* The value that they are a copy of; none if their number is another. */
	template <class T> std::optional<T> read() const
	{
		static_assert(std::is_trivially_copyable_v<T>, "T cannot be copied as bytes");
		if (size_ != sizeof(T))
			return std::nullopt;
		T value{};
		std::memcpy(&value, data_, sizeof(T));
		return value;
	}

private:
	const void *data_ = nullptr;
	std::size_t size_ = 0;
};

namespace detail
{
/* What a caller gave as a request: bytes, or a value, taken as it lies in memory. */
template <class T> bytes bytes_of(const T &value) noexcept
{
	if constexpr (std::is_convertible_v<const T &, bytes>) {
		return value;
	} else {
		static_assert(std::is_trivially_copyable_v<T>,
			      "T cannot be copied as bytes: write its contents into a string");
		static_assert(!std::is_pointer_v<T> && !std::is_null_pointer_v<T>,
			      "give the object, not its address");
		return { &value, sizeof(T) };
	}
}
} // namespace detail

} // namespace pooltoy

#endif
