// SPDX-License-Identifier: BSL-1.0
// says: no more than eight stand in braces where they are awaited: give a std::span of an array
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

task<bool> send_all(tcp::async_socket& peer) {
#ifdef WRONG
    auto sent = co_await peer.write_all({"1", "2", "3", "4", "5", "6", "7", "8", "9"});
#else
    std::array<bytes, 9> parts{"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    auto sent = co_await peer.write_all(std::span<const bytes>(parts));
#endif
    co_return sent.has_value();
}
