// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/file.hpp>
#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

using namespace plumb;

namespace {

// A system that lacks one call.
struct deaf : os::native_clock {
    static void receive();
};

}  // namespace

TEST_CASE("the kernel is a whole system, and a system that lacks a call is none") {
    static_assert(os::socket_system<os::native> && os::socket_system<os::native, socket_address<local_address>>);
    static_assert(os::time_system<os::native> && os::random_system<os::native> && os::thread_system<os::native>);
    static_assert(os::name_system<os::native> && os::file_system<os::native_files>);
    static_assert(os::time_system<deaf>);
    static_assert(!os::socket_system<deaf>);
    auto before = os::native::now();
    CHECK(before <= os::native::now());
}

TEST_CASE("the empty handle is the system's own") {
    CHECK(os::none == static_cast<os::handle>(-1));
    static_assert(sizeof(os::handle) == sizeof(int) || sizeof(os::handle) == sizeof(void*));
}
