// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/run_loops.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/socket/tcp.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::every_driver;

namespace {

// An address that is different in each thread.
const void* this_thread() {
    static thread_local char here;
    return &here;
}

// Waits for ever, unless a stop ends it.
task<result<void>> wait_for(loop& in, stop_token stop) {
    auto slept = co_await in.sleep_for(1h, stop);
    if (slept || slept.error() != condition::cancelled) co_return slept;
    co_return {};
}

}  // namespace

TEST_CASE("each loop has a thread of its own, the first that of the caller, and the driver that was asked for") {
    for (auto which : every_driver) {
        if (loop(which).current_driver() != which) continue;
        std::vector<const void*> threads(4);
        auto outcome = run_loops(4, {}, [&](loop& in, std::size_t number) -> task<> {
            CHECK(in.current_driver() == which);
            threads[number] = this_thread();
            (co_await in.sleep_for(1ms)).value();
            CHECK(threads[number] == this_thread());
        }, which);
        CHECK(outcome);
        CHECK(threads[0] == this_thread());
        for (auto one : threads) CHECK(std::ranges::count(threads, one) == 1);
    }
}

TEST_CASE("a stop from outside ends all of them") {
    for (auto which : every_driver) {
        stop_source stop;
        os::atomic<int> waiting{0}, ended{0};
        auto requesting = os::native::thread::start([&] {
            while (waiting.load() < 3) {}
            stop.request_stop();
        }).value();
        auto outcome = run_loops(3, stop, [&](loop& in, std::size_t) -> task<result<void>> {
            waiting.add(1);
            auto waited = co_await wait_for(in, stop.token());
            ended.add(1);
            co_return waited;
        }, which);
        CHECK(outcome);
        CHECK(ended.load() == 3);
    }
}

TEST_CASE("one that ends well leaves the others alone") {
    os::atomic<int> ended{0};
    stop_source stop;
    CHECK(run_loops(3, stop, [&](loop& in, std::size_t number) -> task<> {
        (co_await in.sleep_for(number * 2ms)).value();
        ended.add(1);
    }));
    CHECK(ended.load() == 3);
    CHECK_FALSE(stop.stop_requested());
}

TEST_CASE("the first failure stops the others, whichever loop has it, and is what counts") {
    for (auto failing : {0u, 1u, 2u}) {
        stop_source stop;
        auto outcome = run_loops(3, stop, [&](loop& in, std::size_t number) -> task<result<int>> {
            if (number == failing) co_return failure(verb::listen, std::errc::address_in_use);
            if (auto slept = co_await in.sleep_for(1h, stop.token()); !slept) co_return failure(slept.error());    // its consequence
            co_return 1;
        });
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == error(verb::listen, std::errc::address_in_use));
        CHECK(stop.stop_requested());
    }
}

TEST_CASE("what one throws, in its task or before there was one, stops the others and comes out") {
    for (auto failing : {0u, 2u}) {
        stop_source stop;
        auto work = [&](loop& in, std::size_t number) -> task<result<void>> {
            if (number == failing) throw std::runtime_error("from within");
            return wait_for(in, stop.token());
        };
        CHECK_THROWS_WITH((void)run_loops(3, stop, work), "from within");
        auto later = [&](loop& in, std::size_t number) -> task<result<void>> {
            if (number == failing) throw std::runtime_error("later");
            co_return co_await wait_for(in, stop.token());
        };
        CHECK_THROWS_WITH((void)run_loops(3, stop, later), "later");
    }
}

namespace {

// A system that has two threads to give.
struct scarce_system : os::native {
    static inline int left = 2;

    class thread : public os::native::thread {
    public:
        [[nodiscard]] static result<thread> start(auto function) {
            if (left-- == 0) return failure(verb::start_thread, std::errc::resource_unavailable_try_again);
            auto made = os::native::thread::start(std::move(function));
            if (!made) return failure(made.error());
            return thread(*std::move(made));
        }

    private:
        explicit thread(os::native::thread made) noexcept : os::native::thread(std::move(made)) {}
    };
};

}  // namespace

TEST_CASE("a thread that cannot be started ends those that were") {
    stop_source stop;
    auto outcome = run_loops<scarce_system>(5, stop, [&](loop& in, std::size_t) { return wait_for(in, stop.token()); });
    CHECK(outcome.error() == error(verb::start_thread, std::errc::resource_unavailable_try_again));
    CHECK(run_loops(0, stop, [](loop&, std::size_t) -> task<> { co_return; }).error() == std::errc::invalid_argument);
}

#if !defined(PLUMB_OS_WINDOWS)    // where sharing a port means stealing it
TEST_CASE("they share a port: every connection is served, and a stop ends all of them") {
    for (auto which : every_driver) {
        auto first = tcp::listen({ipv4_address::loopback(), port::any()}, reuse_port{true}).value();
        auto place = first.local_endpoint().value();
        std::vector<tcp::acceptor> listeners;
        listeners.push_back(std::move(first));
        while (listeners.size() < 3) listeners.push_back(tcp::listen(place, reuse_port{true}).value());

        stop_source stop;
        os::atomic<unsigned> served{0};
        auto clients = os::native::thread::start([&] {
            for (unsigned i = 0; i < 60; ++i) {
                auto peer = tcp::connect(place).value();
                CHECK(peer.read_to_end<std::string>().value() == "here");
            }
            stop.request_stop();
        }).value();
        auto outcome = run_loops(3, stop, [&](loop& in, std::size_t number) -> task<result<void>> {
            auto server = in.attach(std::move(listeners[number])).value();
            for (;;) {
                auto peer = co_await server.accept(stop.token());
                if (!peer) co_return peer.error() == condition::cancelled ? result<void>() : failure(peer.error());
                (co_await peer->write_all("here")).value();
                served.add(1);
            }
        }, which);
        CHECK(outcome);
        CHECK(served.load() == 60);
    }
}
#endif
