// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>
#include <plumb/os/posix/failure.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace plumb::inline v0_1::os {

inline constexpr handle first_beyond_standard = STDERR_FILENO + 1;

// A pipe between a parent and its child to be, both ends beyond the standard streams, which the child fills with its own.
class channel {
public:
    channel() = default;
    channel(const channel&) = delete;
    ~channel() {
        close(ends_[0]);
        close(ends_[1]);
    }

    [[nodiscard]] result<void> open(verb operation) noexcept {
        if (::pipe2(ends_, O_CLOEXEC) == -1) return failure(last_error(operation));
        for (auto& each : ends_) {
            if (each >= first_beyond_standard) continue;
            auto lifted = ::fcntl(each, F_DUPFD_CLOEXEC, first_beyond_standard);
            if (lifted == none) return failure(last_error(operation));
            ::close(std::exchange(each, lifted));
        }
        return {};
    }
    [[nodiscard]] handle reader() const noexcept { return ends_[0]; }
    [[nodiscard]] handle writer() const noexcept { return ends_[1]; }
    void close_writer() noexcept { close(ends_[1]); }

    // Moves one number; false when the other side is gone.
    [[nodiscard]] static bool give(handle writer, int number) noexcept {
        return again([&] { return ::write(writer, &number, sizeof number); }) == sizeof number;
    }
    [[nodiscard]] static bool take(handle reader, int& number) noexcept {
        return again([&] { return ::read(reader, &number, sizeof number); }) == sizeof number;
    }

private:
    static ssize_t again(auto call) noexcept {
        for (;;)
            if (auto count = call(); count != -1 || errno != EINTR) return count;
    }
    static void close(handle& end) noexcept {
        if (end != none) ::close(std::exchange(end, none));
    }

    handle ends_[2] = {none, none};
};

}  // namespace plumb::os
