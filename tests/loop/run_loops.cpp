// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/run_loops.hpp>

#include <plumb/loop/verbs.hpp>
#include <plumb/os/native.hpp>
#include <plumb/serve/evented.hpp>
#include <plumb/socket/tcp.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

task<> echo(tcp::async_socket peer) {
    while (auto chunk = co_await peer.receive())
        if (chunk->empty() || !co_await peer.write_all(*chunk)) break;
}

}  // namespace

TEST_CASE("several loops share a port, and a stop ends them together") {
    for (auto which : support::every_driver) {
        constexpr std::size_t loops = 3;
        std::vector<tcp::acceptor> servers;
        servers.push_back(tcp::listen({ipv4_address::loopback(), 0}, reuse_port{true}).value());
        auto place = servers.front().local_endpoint().value();
        while (servers.size() < loops) servers.push_back(tcp::listen(place, reuse_port{true}).value());
        std::atomic<std::uint64_t> served = 0;
        stop_source stop;
        std::jthread clients([&] {
            for (int i = 0; i < 60; ++i) {
                auto client = tcp::connect(place).value();
                std::string back(5, ' ');
                client.write_all("hello").value();
                client.read_exact(back).value();
                if (back != "hello") std::abort();
            }
            stop.request_stop();
        });
        auto ended = run_loops(loops, stop, [&](loop& in, std::size_t number) -> task<> {
            auto server = in.attach(std::move(servers[number])).value();
            served += (co_await serve::evented(in, server, echo, {.stop = stop.token()})).value().accepted;
        }, which);
        CHECK(ended.has_value());
        CHECK(served == 60);
    }
}

TEST_CASE("each loop has a thread and a number of its own; one that throws stops the others, and it is thrown") {
    os::native::mutex mutex;
    std::set<std::thread::id> threads;
    std::set<std::size_t> numbers;
    stop_source stop;
    auto work = [&](loop& in, std::size_t which) -> task<> {
        {
            os::lock held(mutex);
            threads.insert(std::this_thread::get_id());
            numbers.insert(which);
        }
        if (which == 2) throw std::runtime_error("on purpose");
        CHECK((co_await in.sleep_for(1h, stop.token())).error() == condition::cancelled);
    };
    CHECK_THROWS_WITH((void)run_loops(4, stop, work), "on purpose");
    CHECK(threads.size() == 4);
    CHECK(numbers == std::set<std::size_t>{0, 1, 2, 3});
}
