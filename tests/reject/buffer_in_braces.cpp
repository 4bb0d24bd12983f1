// SPDX-License-Identifier: BSL-1.0
// g++ says: no matching function for call to .*write_all\(<brace-enclosed initializer list>\)
// clang says: no matching member function for call to 'write_all'
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

using namespace plumb;

task<bool> send_both(tcp::async_socket& peer, char (&buffer)[64]) {
#ifdef WRONG
    auto sent = co_await peer.write_all({"name: ", buffer});    // text, or all 64 bytes?
#else
    auto sent = co_await peer.write_all({"name: ", std::string_view(buffer)});
#endif
    co_return sent.has_value();
}
