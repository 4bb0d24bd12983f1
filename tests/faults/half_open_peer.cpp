// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop.hpp>
#include <plumb/socket.hpp>

#include <cstdio>
#include <string>
#include <string_view>

// usage: half_open_peer blocking|uring|epoll|poll write|read ADDRESS PORT
// Connects with short limits, by blocking calls or in a loop on that driver; says so, waits for a line of its input and then writes
// or reads until that fails. Prints the error and after how many milliseconds it came.

using namespace plumb;
using namespace std::chrono_literals;

namespace {

constexpr keep_alive_idle idle{1s};
constexpr keep_alive_interval interval{1s};
constexpr keep_alive_count count{2};

bool say_connected(const auto& peer) {
    std::puts(peer ? "connected" : peer.error().message().c_str());
    std::fflush(stdout);
    return peer && std::getchar() != EOF;
}

int say_end(instant since, const result<void>& ended) {
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(tcp::now() - since).count();
    std::printf("%s\n%s\n%lld\n", ended.error().message().c_str(), ended.error() == std::errc::timed_out ? "timed_out" : "another",
                static_cast<long long>(took));
    return 0;
}

result<void> write_on(tcp::socket& peer) {
    for (;;) {
        if (auto sent = peer.write_all("x"); !sent) return sent;
        (void)tcp::sleep_for(20ms);
    }
}
result<void> read_one(tcp::socket& peer) {
    char byte[1];
    auto size = peer.read(byte);
    return size ? result<void>() : failure(size.error());
}
int by_blocking_calls(const endpoint& to, bool writes) {
    auto peer = writes ? tcp::connect(to, user_timeout{800ms}) : tcp::connect(to, keep_alive{}, idle, interval, count);
    if (!say_connected(peer)) return 1;
    auto start = tcp::now();
    return say_end(start, writes ? write_on(*peer) : read_one(*peer));
}

task<result<void>> write_on_in(loop& in, tcp::async_socket& peer) {
    for (;;) {
        auto sent = co_await peer.write_all("x");
        if (!sent) co_return sent;
        (void)co_await in.sleep_for(20ms);
    }
}
task<result<void>> read_one_in(tcp::async_socket& peer) {
    auto chunk = co_await peer.receive();
    if (!chunk) co_return failure(chunk.error());
    co_return result<void>();
}
int in_loop(driver on, const endpoint& to, bool writes) {
    loop in(on);
    if (in.current_driver() != on) return std::printf("no %s here\n", std::string(name_of(on)).c_str()), 0;
    auto peer = in.run(writes ? tcp::connect(in, to, user_timeout{800ms}) : tcp::connect(in, to, keep_alive{}, idle, interval, count));
    if (!say_connected(peer)) return 1;
    auto start = tcp::now();
    return say_end(start, in.run(writes ? write_on_in(in, *peer) : read_one_in(*peer)));
}

}  // namespace

int main(int, char** words) {
    const std::string_view way = words[1];
    auto writes = words[2] == std::string_view("write");
    auto to = endpoint(*ip_address::parse(words[3]), *port::parse(words[4]));
    for (auto on : {driver::uring, driver::epoll, driver::poll})
        if (way == name_of(on)) return in_loop(on, to, writes);
    return by_blocking_calls(to, writes);
}
