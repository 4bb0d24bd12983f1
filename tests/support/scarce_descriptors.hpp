// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace support {

// While it lives this process can open no descriptor, or only so many. Sanitizers that look at an object's type for the first time
// need one: have them do it before.
class scarce_descriptors {
public:
    explicit scarce_descriptors(rlim_t spare = 0) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto next = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
        ::close(next);
        rlimit few{static_cast<rlim_t>(next) + spare, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    scarce_descriptors(const scarce_descriptors&) = delete;
    ~scarce_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

}  // namespace support
