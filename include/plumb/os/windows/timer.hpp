// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/timer.hpp>

#include <utility>

namespace plumb::inline v0_1::os {

// Nothing but arithmetic on the clock: select cannot wait for a timer of the system.
class timer {
public:
    timer() = default;
    timer(timer&& other) noexcept : next_(other.next_), every_(other.every_), open_(std::exchange(other.open_, false)) {}
    timer& operator=(timer&& other) noexcept {
        next_ = other.next_;
        every_ = other.every_;
        open_ = std::exchange(other.open_, false);
        return *this;
    }

    [[nodiscard]] static answer<timer> start(instant first, timeline::duration every) { return timer(first, every); }

    [[nodiscard]] result<std::uint64_t> wait(const limit auto&... limits) {
        if (!open_) return failure(verb::alarm, std::errc::bad_file_descriptor);
        auto slept = sleep_until<native>(next_, patience_of<native>(limits...));
        if (!slept) return failure(slept.error().during(verb::alarm));
        if (every_ == every_.zero()) {
            next_ = forever;
            return 1;
        }
        auto count = 1 + (native::now() - next_) / every_;
        next_ += count * every_;
        return static_cast<std::uint64_t>(count);
    }

    void close() noexcept { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }

private:
    timer(instant first, timeline::duration every) noexcept : next_(first), every_(every), open_(true) {}

    instant next_;
    timeline::duration every_{};
    bool open_ = false;
};

}  // namespace plumb::os
