// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/stream_socket.hpp>

#include <array>

// Sending a file over a connection: by the kernel alone where it can, else through a buffer.

namespace plumb::inline v0_1 {

template <class P>
    requires stream_protocol<P>
result<std::uint64_t> socket<P>::send_file(file& from, std::uint64_t most, const limit auto&... limits) {
    std::uint64_t sent = 0;
    auto so_far = [&](error cause) { return failure(cause.during(verb::send_file).with(detail::as_detail(sent))); };
    // The kernel's own way has no flag for "do not wait", so it cannot keep a deadline.
    if constexpr (sizeof...(limits) == 0 && requires(os::handle both, std::size_t count) { system::send_file(both, both, count); }) {
        constexpr std::uint64_t at_once = 1 << 30;
        while (sent < most) {
            auto piece = static_cast<std::size_t>(detail::least(most - sent, at_once));
            auto outcome = os::persist<system>(
                verb::send_file, this->native_handle(), os::interest::writable,
                [&](os::waiting) { return system::send_file(this->native_handle(), from.native_handle(), piece); });
            if (!outcome && sent == 0 && outcome.error() == std::errc::invalid_argument) break;    // not a file that it can send
            if (!outcome) return so_far(outcome.error());
            if (*outcome == 0) return sent;
            sent += *outcome;
        }
    }
    auto settled = os::patience_of<system>(limits...);
    std::array<std::byte, 64 * 1024> chunk;
    while (sent < most) {
        auto room = static_cast<std::size_t>(detail::least<std::uint64_t>(most - sent, chunk.size()));
        auto size = from.read(std::span(chunk).first(room));
        if (!size) return so_far(size.error());
        if (*size == 0) return sent;
        auto piece = std::span(chunk).first(*size);
        auto outcome = [&] {
            if constexpr (sizeof...(limits) == 0) return this->write_all(piece);
            else return this->write_all(piece, settled);
        }();
        sent += outcome ? *size : outcome.error().detail();
        if (!outcome) return so_far(outcome.error());
    }
    return sent;
}

}  // namespace plumb
