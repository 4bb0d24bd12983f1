// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/native.hpp>

namespace support {

// Opened once, and everybody passes.
class gate {
public:
    void open() {
        plumb::os::lock held(mutex_);
        is_open_ = true;
        opened_.notify_all();
    }
    void pass() {
        plumb::os::lock held(mutex_);
        while (!is_open_) opened_.wait(mutex_);
    }

private:
    plumb::os::native::mutex mutex_;
    plumb::os::native::condition opened_;
    bool is_open_ = false;
};

}  // namespace support
