// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/handle.hpp>
#include <plumb/os/windows/api.hpp>

#include <cstddef>

namespace plumb::inline v0_1::os {

// Sockets for select. Winsock's own fd_set is a list too, of as many as were wanted before its header was included.
class select_set {
public:
    static constexpr std::size_t most = 65;

    void add(handle socket) noexcept { list_[size_++] = socket; }
    [[nodiscard]] bool contains(handle socket) const noexcept {
        for (u_int i = 0; i < size_; ++i)
            if (list_[i] == socket) return true;
        return false;
    }
    [[nodiscard]] fd_set* native() noexcept { return reinterpret_cast<fd_set*>(this); }

private:
    u_int size_ = 0;
    SOCKET list_[most];
};
static_assert(offsetof(fd_set, fd_count) == 0 && offsetof(fd_set, fd_array) == sizeof(SOCKET));

}  // namespace plumb::os
