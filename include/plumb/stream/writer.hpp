// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/stream/stream.hpp>

#include <initializer_list>

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
    [[nodiscard]] result<void> write_all(os::slice<const bytes> from, const limit auto&... limits) {
        detail::rest_of_several rest(from);
        auto write_on = [&](std::size_t, std::size_t, const auto&... settled) {
            auto taken = rest.with_rest([&](const auto& next) { return self().write(next, settled...); });
            if (taken) rest.advance(*taken);
            return taken;
        };
        return detail::move_all<Self>(verb::write, rest.size(), write_on, limits...);
    }
    [[nodiscard]] result<void> write_all(std::initializer_list<bytes> from, const limit auto&... limits) {
        return write_all(os::slice(from.begin(), from.size()), limits...);
    }

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }
};

}  // namespace plumb
