// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/registration.hpp>

namespace support {

// An operation of a loop that does nothing, for its address.
class idle_operation final : public plumb::detail::operation {
public:
    explicit idle_operation(plumb::detail::registration& target) : operation(target) {}
    bool attempt() noexcept override { return false; }
    void give_up(plumb::error) noexcept override {}
};

}  // namespace support
