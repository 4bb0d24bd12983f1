// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <doctest/doctest.h>

#include <plumb/socket.hpp>

#include <cerrno>
#include <fstream>
#include <string>
#include <sys/socket.h>

// Socket options as the kernel has them, asked without plumb.

namespace support {

struct raw_value {
    int error = 0;    // errno, or 0
    int value = 0;
};

inline raw_value raw_option(int socket, int level, int name) {
    raw_value answer;
    socklen_t size = sizeof answer.value;
    if (::getsockopt(socket, level, name, &answer.value, &size) == -1) answer.error = errno;
    return answer;
}

// Sets an option, and holds what plumb reads and what the kernel says against what is expected. An older kernel may not
// know the option: then that is what plumb must say.
template <class Option, class Socket>
void round_trip(Socket& socket, const Option& option, const typename Option::value_type& expected, int level, int name, int native) {
    CAPTURE(level);
    CAPTURE(name);
    auto before = raw_option(socket.native_handle(), level, name);
    auto outcome = socket.set(option);
    if (before.error == ENOPROTOOPT) {
        CHECK((!outcome && outcome.error() == std::errc::no_protocol_option));
        return;
    }
    auto reason = outcome ? std::string() : outcome.error().message();
    CAPTURE(reason);
    REQUIRE(outcome);
    CHECK(raw_option(socket.native_handle(), level, name).value == native);
    auto read = socket.template get<Option>();
    REQUIRE(read);
    CHECK((*read == expected));
}

// Switches a flag on and off again.
template <class Option, class Socket>
void flag_trip(Socket& socket, int level, int name) {
    round_trip(socket, Option{true}, true, level, name, 1);
    round_trip(socket, Option{false}, false, level, name, 0);
}

// The number in a file of /proc.
inline long kernel_setting(const std::string& path) {
    std::ifstream file("/proc/sys/" + path);
    long number = -1;
    file >> number;
    return number;
}

}  // namespace support
