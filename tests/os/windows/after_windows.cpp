// SPDX-License-Identifier: BSL-1.0
// <windows.h> first, with everything in it, the older <winsock.h> too: what it defined stays, and ours compile after it.
#include <doctest/doctest.h>

#include <windows.h>

#if !defined(near) || !defined(far) || !defined(ERROR) || !defined(IN)
#error "<windows.h> was to define these"
#endif

#include <plumb/os/native.hpp>
#include <plumb/os/file.hpp>
#include <plumb/os/stop.hpp>

#if !defined(near) || !defined(far) || !defined(ERROR) || !defined(IN)
#error "the program's own macros are to be left to it"
#endif

using namespace plumb;

TEST_CASE("ours work after <windows.h>") {
    auto socket = os::native::open(AF_INET, SOCK_STREAM, 0);
    REQUIRE(socket);
    os::native::close(*socket);
    CHECK(ERROR == 0);
}
