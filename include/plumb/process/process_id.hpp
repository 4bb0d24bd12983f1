// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/result.hpp>

#include <compare>
#include <cstdint>
#include <string>

// The number of a process.

namespace plumb::inline v0_1 {

// The number of a process, at least 1: 0 and negative ones mean groups of processes, or all of them, where a signal is sent.
// It is a number alone. Once its process is gone another may get it; a `process` is what cannot be confused.
class process_id {
public:
    // Errors: invalid_argument when it is less than 1.
    [[nodiscard]] static constexpr result<process_id> from(std::int64_t number) noexcept {
        if (number < 1 || number > 0xffff'ffff) return failure(verb::none, std::errc::invalid_argument);
        return process_id(static_cast<std::uint32_t>(number));
    }
    [[nodiscard]] constexpr std::uint32_t number() const noexcept { return number_; }

    friend constexpr bool operator==(process_id, process_id) noexcept = default;
    friend constexpr auto operator<=>(process_id, process_id) noexcept = default;
    [[nodiscard]] friend std::string to_string(process_id one) { return std::to_string(one.number_); }

private:
    friend class process;
    constexpr explicit process_id(std::uint32_t number) noexcept : number_(number) {}

    std::uint32_t number_;
};

}  // namespace plumb
