// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <cstdio>
#include <string_view>

// usage: half_open_peer write|read ADDRESS PORT. Connects with short limits, says so, waits for a line of its input and then
// writes or reads until that fails. Prints the error and after how many milliseconds it came.

using namespace plumb;
using namespace std::chrono_literals;

int main(int, char** words) {
    auto to = endpoint(*ip_address::parse(words[2]), *port::parse(words[3]));
    auto writes = words[1] == std::string_view("write");
    auto peer = writes ? tcp::connect(to, user_timeout{800ms})
                       : tcp::connect(to, keep_alive{}, keep_alive_idle{1s}, keep_alive_interval{1s}, keep_alive_count{2});
    std::puts(peer ? "connected" : peer.error().message().c_str());
    std::fflush(stdout);
    if (!peer || std::getchar() == EOF) return 1;

    auto start = tcp::now();
    error cause(verb::none, std::errc{});
    if (writes) {
        while (true) {
            if (auto sent = peer->write_all("x"); !sent) {
                cause = sent.error();
                break;
            }
            (void)tcp::sleep_for(20ms);
        }
    } else {
        std::array<std::byte, 1> byte;
        if (auto size = peer->read(byte); !size) cause = size.error();
    }
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(tcp::now() - start).count();
    std::printf("%s\n%s\n%lld\n", cause.message().c_str(), cause == std::errc::timed_out ? "timed_out" : "another", static_cast<long long>(took));
}
