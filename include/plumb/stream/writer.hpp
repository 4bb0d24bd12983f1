// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/stream/stream.hpp>

#include <initializer_list>
#include <span>

// What everything that writes can do beyond a single write.

namespace plumb::inline v0_1 {

// Gives a stream with write() the verbs that write on: derive Self from stream_writer<Self>.
template <class Self>
class stream_writer {
public:
    // Writes all of it.
    // Errors: as write; their detail is the count of bytes that were taken.
    [[nodiscard]] inline result<void> write_all(bytes from, const limit auto&... limits) {
        auto write_on = [this, start = from.data()](std::size_t done, std::size_t left, const auto&... settled) {
            return self().write(bytes(start + done, left), settled...);
        };
        return detail::move_all<Self>(verb::write, from.size(), write_on, limits...);
    }

    // Writes all of several buffers, as if they were one: write_all({header, body}).
    // Errors: as write; their detail is the count of bytes that were taken.
    [[nodiscard]] result<void> write_all(std::span<const bytes> from, const limit auto&... limits) {
        std::size_t all = 0, sent_of_first = 0;
        for (auto& buffer : from) all += buffer.size();
        return detail::move_all<Self>(verb::write, all, [&](std::size_t, std::size_t, const auto&... settled) {
            while (sent_of_first == from.front().size()) {
                from = from.subspan(1);
                sent_of_first = 0;
            }
            // A buffer that was cut is finished by itself; then the rest is gathered again.
            auto taken = sent_of_first > 0 ? self().write(bytes(from.front().subspan(sent_of_first)), settled...)
                                           : self().write(from, settled...);
            if (!taken) return taken;
            for (auto left = *taken; left > 0;) {
                auto step = detail::least(left, from.front().size() - sent_of_first);
                left -= step;
                sent_of_first += step;
                if (left == 0) break;
                from = from.subspan(1);
                sent_of_first = 0;
            }
            return taken;
        }, limits...);
    }
    [[nodiscard]] result<void> write_all(std::initializer_list<bytes> from, const limit auto&... limits) {
        return write_all(std::span<const bytes>(from.begin(), from.size()), limits...);
    }

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }
};

}  // namespace plumb
