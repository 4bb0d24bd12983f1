// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>

// A result that no program sees, said plainly: each std::expected that some function gives, called or not, costs a compiler 5 ms.

namespace plumb::inline v0_1::os {

// What a function of os/ gives where no verb gives the same: the value, or the error that says why not. Turns into a result.
template <class T>
class [[nodiscard]] answer {
public:
    constexpr answer() = default;
    constexpr answer(T value) noexcept : value_(std::move(value)) {}
    constexpr answer(std::unexpected<plumb::error> why) noexcept : error_(why.error()) {}

    [[nodiscard]] constexpr bool has_value() const noexcept { return error_ == nothing; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

    // T{} where there is none.
    [[nodiscard]] constexpr T& operator*() & noexcept { return value_; }
    [[nodiscard]] constexpr const T& operator*() const& noexcept { return value_; }
    [[nodiscard]] constexpr T&& operator*() && noexcept { return std::move(value_); }
    [[nodiscard]] constexpr T* operator->() noexcept { return &value_; }
    [[nodiscard]] constexpr plumb::error error() const noexcept { return error_; }

    constexpr operator result<T>() && noexcept {
        if (!has_value()) return failure(error_);
        return std::move(value_);
    }
    constexpr T value() && { return result<T>(std::move(*this)).value(); }

    friend constexpr bool operator==(const answer& left, const T& right) { return left.has_value() && left.value_ == right; }

private:
    static constexpr plumb::error nothing{verb::none, error_domain::none, 0};

    T value_{};
    plumb::error error_ = nothing;
};

}  // namespace plumb::os
