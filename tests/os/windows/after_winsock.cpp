// SPDX-License-Identifier: BSL-1.0
// <winsock2.h> first and lean, and a macro of the program's own under one of the names: it is what it was.
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>

#undef small
#define small 42

#include <plumb/os/native.hpp>

#if !defined(NOMINMAX) || !defined(WIN32_LEAN_AND_MEAN) || defined(min) || defined(max)
#error "what the program asked for is to be left as it is"
#endif

#include <doctest/doctest.h>

using namespace plumb;

TEST_CASE("ours work after <winsock2.h>") {
    auto socket = os::native::open(AF_INET6, SOCK_DGRAM, 0);
    REQUIRE(socket);
    os::native::close(*socket);
    CHECK(small == 42);
}
