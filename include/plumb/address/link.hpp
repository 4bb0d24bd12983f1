// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

// Where a packet of the link layer goes or comes from.

namespace plumb::inline v0_1 {

// An interface by its index, the protocol inside the frame (an EtherType, such as 0x0800 for IPv4; 0x0003 is all of them), and a
// hardware address of up to eight bytes.
class link_address {
public:
    static constexpr std::size_t most_bytes = 8;

    constexpr link_address() = default;
    constexpr link_address(std::uint32_t interface_index, std::uint16_t protocol) noexcept
        : interface_index_(interface_index), protocol_(protocol) {}
    // A six-byte Ethernet address on an interface.
    constexpr link_address(std::uint32_t interface_index, std::uint16_t protocol, std::array<std::byte, 6> hardware) noexcept
        : interface_index_(interface_index), protocol_(protocol), hardware_size_(6) {
        for (std::size_t i = 0; i < 6; ++i) hardware_[i] = hardware[i];
    }
    constexpr link_address(std::uint32_t interface_index, std::uint16_t protocol,
                           std::array<std::byte, most_bytes> hardware, std::uint8_t hardware_size) noexcept
        : interface_index_(interface_index), protocol_(protocol),
          hardware_size_(hardware_size < most_bytes ? hardware_size : std::uint8_t{most_bytes}) {
        for (std::size_t i = 0; i < hardware_size_; ++i) hardware_[i] = hardware[i];
    }

    [[nodiscard]] constexpr std::uint32_t interface_index() const noexcept { return interface_index_; }
    [[nodiscard]] constexpr std::uint16_t protocol() const noexcept { return protocol_; }
    // The hardware address, then zeros; hardware_size() says how many bytes count.
    [[nodiscard]] constexpr std::array<std::byte, most_bytes> hardware() const noexcept { return hardware_; }
    [[nodiscard]] constexpr std::uint8_t hardware_size() const noexcept { return hardware_size_; }

    friend constexpr bool operator==(const link_address&, const link_address&) noexcept = default;
    friend constexpr auto operator<=>(const link_address&, const link_address&) noexcept = default;

private:
    std::uint32_t interface_index_ = 0;
    std::uint16_t protocol_ = 0;
    std::uint8_t hardware_size_ = 0;
    std::array<std::byte, most_bytes> hardware_{};
};

// The hardware address as 02:42:ac:11:00:02, `%` and the interface's index.
[[nodiscard]] inline std::string to_string(const link_address& address) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < address.hardware_size(); ++i) {
        if (i) text += ':';
        auto octet = std::to_integer<unsigned>(address.hardware()[i]);
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text + '%' + std::to_string(address.interface_index());
}

}  // namespace plumb
