// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/proactor.hpp>

#include <cstdint>

// What a completion is of, in the 64 bits that the system gives back with it: in the lowest ones its kind, and above them the
// operation, or the place and the generation of an open handle.

namespace plumb::inline v0_1::detail {

enum class token_kind : std::uint8_t { nothing, receiving, accepting, transfer, lending, readiness, trial };
inline constexpr unsigned token_kind_bits = 3;

[[nodiscard]] inline token_kind kind_of(std::uint64_t token) noexcept { return static_cast<token_kind>(token & ((1 << token_kind_bits) - 1)); }

// Of an operation.
[[nodiscard]] inline std::uint64_t token_of(const operation& one, token_kind what) noexcept {
    static_assert(alignof(operation) >= 1 << token_kind_bits);
    return reinterpret_cast<std::uintptr_t>(&one) | static_cast<std::uint64_t>(what);
}
[[nodiscard]] inline bool is_of_operation(std::uint64_t token) noexcept { return kind_of(token) >= token_kind::transfer; }
[[nodiscard]] inline operation& operation_of(std::uint64_t token) noexcept {
    return *reinterpret_cast<operation*>(static_cast<std::uintptr_t>(token >> token_kind_bits << token_kind_bits));
}

// Of what flows at a place. Who has the place next is of another generation.
[[nodiscard]] inline std::uint64_t token_at(std::uint32_t place, std::uint16_t generation, token_kind what) noexcept {
    return std::uint64_t{place} << 32 | std::uint64_t{generation} << token_kind_bits | static_cast<std::uint64_t>(what);
}
[[nodiscard]] inline std::uint32_t place_of(std::uint64_t token) noexcept { return static_cast<std::uint32_t>(token >> 32); }
[[nodiscard]] inline std::uint16_t generation_of(std::uint64_t token) noexcept { return static_cast<std::uint16_t>(token >> token_kind_bits); }

}  // namespace plumb::detail
