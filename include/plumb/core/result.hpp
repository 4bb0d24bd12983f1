// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/error.hpp>

#include <cstdio>
#include <cstdlib>
#include <expected>
#include <stdexcept>
#include <utility>

// The message of an uncaught .value(): `bind: Address already in use`, where the standard says `bad access to std::expected`.
template <>
class std::bad_expected_access<plumb::error> : public std::bad_expected_access<void> {
public:
    explicit bad_expected_access(plumb::error cause) : cause_(cause), text_(plumb::detail::message_of(cause).c_str()) {}

    [[nodiscard]] const char* what() const noexcept override { return text_.what(); }
    [[nodiscard]] plumb::error& error() & noexcept { return cause_; }
    [[nodiscard]] const plumb::error& error() const& noexcept { return cause_; }
    [[nodiscard]] plumb::error&& error() && noexcept { return std::move(cause_); }
    [[nodiscard]] const plumb::error&& error() const&& noexcept { return std::move(cause_); }

private:
    plumb::error cause_;
    std::runtime_error text_;    // its copies share the text and cannot fail
};

namespace plumb::inline v0_1 {

// What an operation gives: the value, or the error that says why not. A result<std::size_t> travels in two registers.
template <class T>
using result = std::expected<T, error>;

namespace detail {

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

}  // namespace detail

// The unhappy half of a result, from whatever an error is made of.
template <class... Parts>
[[nodiscard]] constexpr std::unexpected<error> failure(Parts... parts) noexcept {
    return std::unexpected<error>(std::in_place, parts...);
}

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void abort_with(error cause) {
    std::fprintf(stderr, "%s\n", message_of(cause).c_str());
    std::abort();
}

}  // namespace detail

// Takes the value out of a result, or prints the error to stderr and aborts: .value() for builds without exceptions.
template <class T>
constexpr T must(result<T> outcome) {
    if (!outcome) [[unlikely]] detail::abort_with(outcome.error());
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

}  // namespace plumb
