// SPDX-License-Identifier: BSL-1.0
// Ours first: none of the macros that <windows.h> makes of common words gets loose, and the system's own headers work after it.
#include <plumb/os/native.hpp>
#include <plumb/os/file.hpp>

#if defined(min) || defined(max) || defined(near) || defined(far) || defined(small) || defined(hyper) || \
    defined(interface) || defined(pascal) || defined(cdecl) || defined(ERROR) || defined(IN) || defined(OUT) || \
    defined(OPTIONAL) || defined(WIN32_LEAN_AND_MEAN)
#error "a macro of <windows.h> got loose"
#endif

#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <ntsecapi.h>
#include <shellapi.h>
#include <ole2.h>

#include <doctest/doctest.h>

using namespace plumb;

namespace {

enum class order { near, far, small, ERROR_, min, max };

}  // namespace

TEST_CASE("ours and the system's names live in one source") {
    auto near = order::near;
    CHECK((near == order::near));
    auto socket = os::native::open(AF_INET, SOCK_STREAM, 0);
    REQUIRE(socket);
    CHECK(::closesocket(*socket) == 0);
    CHECK(::if_nametoindex("no such interface") == 0);
    HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    CHECK(event != nullptr);
    ::CloseHandle(event);
}
