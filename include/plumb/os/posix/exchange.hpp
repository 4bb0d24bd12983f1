// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/exchange.hpp>

namespace plumb::inline v0_1::os {

inline constexpr std::size_t chunk_size = 64 * 1024;    // as much as a pipe holds

// Sends what fits. That nobody reads it any more is no failure: a child need not read everything.
[[nodiscard]] inline result<void> send_some(exchange& traffic) {
    auto sent = native_pipes::write(traffic.input.native_handle(), traffic.unsent, patience{.until = instant(), .sleeper = nullptr});
    if (sent) traffic.unsent = traffic.unsent.subspan(*sent);
    else if (sent.error() == std::errc::broken_pipe) traffic.unsent = {};
    else if (sent.error() != condition::timed_out) return failure(sent.error().during(verb::run));
    if (traffic.unsent.empty()) traffic.input.close();
    return {};
}

// Takes some of what is there, up to `size`; at its end an output becomes none. It must be ready.
[[nodiscard]] inline result<std::size_t> hear_some(exchange::listening& output, std::size_t size, std::size_t most) {
    char chunk[chunk_size];
    auto got = native_pipes::read(output.from, mutable_bytes(chunk, detail::least(size, chunk_size)));
    if (!got) return failure(got.error().during(verb::run));
    if (*got == 0) output.from = none;
    auto room = detail::least(*got, most - output.to->size());
    output.to->append(chunk, room);
    if (room < *got) return failure(verb::run, condition::too_long, static_cast<std::uint32_t>(detail::least(most, 0xffff'ffff)));
    return got;
}

// Takes what the child had written when it ended, and nothing that comes later from elsewhere.
// Calls: ioctl(FIONREAD), read.
[[nodiscard]] inline result<void> hear_rest(exchange& traffic) {
    for (auto& output : traffic.outputs) {
        int left = 0;
        if (output.from == none || ::ioctl(output.from, FIONREAD, &left) == -1) continue;
        for (auto rest = static_cast<std::size_t>(left); rest > 0 && output.from != none;) {
            auto got = hear_some(output, rest, traffic.most);
            if (!got) return failure(got.error());
            rest -= *got;
        }
    }
    return {};
}

// Calls: ppoll, read, pwritev2. Without a pidfd waitid as well, between naps that grow to 16 ms.
[[nodiscard]] inline result<void> carry(native_processes::child child, exchange& traffic, const patience& limits) {
    constexpr auto longest = std::chrono::microseconds(16'000);
    const auto child_ends = native_processes::watched(child);
    for (auto nap = std::chrono::microseconds(125);; nap = detail::least(nap * 2, longest)) {
        watch watched[4];
        std::size_t count = 0;
        auto add = [&](handle one, interest awaited) {
            if (one != none) watched[count++] = {.target = one, .awaited = awaited};
        };
        add(traffic.input.native_handle(), interest::writable);
        for (auto& output : traffic.outputs) add(output.from, interest::readable);
        add(child_ends, interest::readable);
        auto until = child_ends == none ? detail::least(limits.until, native::now() + nap) : limits.until;
        auto ready = native::wait({watched, count}, until, limits.sleeper);
        if (!ready && ready.error() != std::errc::interrupted) return failure(ready.error().during(verb::run));
        for (auto& one : slice(watched, count)) {
            if (!one.ready) continue;
            if (one.target == child_ends) return hear_rest(traffic);
            if (one.target == traffic.input.native_handle())
                if (auto sent = send_some(traffic); !sent) return sent;
            for (auto& output : traffic.outputs)
                if (one.target == output.from)
                    if (auto got = hear_some(output, chunk_size, traffic.most); !got) return failure(got.error());
        }
        if (child_ends == none && native_processes::has_ended(child)) return hear_rest(traffic);
        if (auto still = check<native>(verb::run, limits); !still) return still;
    }
}

}  // namespace plumb::os
