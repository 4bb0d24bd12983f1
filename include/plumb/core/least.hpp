// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <type_traits>

// The smaller and the greater of two: <algorithm> is three times as heavy as all of ours, and Windows makes macros of its names.

namespace plumb::inline v0_1::detail {

template <class T>
[[nodiscard]] constexpr T least(T left, std::type_identity_t<T> right) noexcept { return right < left ? right : left; }

template <class T>
[[nodiscard]] constexpr T greatest(T left, std::type_identity_t<T> right) noexcept { return left < right ? right : left; }

}  // namespace plumb::detail
