// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/completer.hpp>

#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "half_attached.hpp"
#include "in_loop.hpp"
#if defined(PLUMB_OS_LINUX)
#include "old_kernel.hpp"
#endif

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::literals;
using support::half_attached;

namespace {

// A loop in this process, where a call is refused.
std::string driver_without(int number, int why) {
#if defined(PLUMB_OS_LINUX)
    return support::in_child([=] {
        if (!support::forbid_call(number, why)) return "no seccomp here"s;
        loop in;
        in.run([](loop& here) -> task<> {
            half_attached connection(here);
            connection.theirs.write_all("x"sv).value();
            if ((co_await connection.ours.receive()).value().text() != "x") std::abort();
        }(in));
        return std::string(name_of(in.current_driver()));
    });
#else
    return number == why ? "" : "epoll";
#endif
}

}  // namespace

TEST_CASE("where the kernel forbids io_uring, the loop stands on epoll by itself" * doctest::skip(!support::has_uring())) {
    struct {
        int why;
        const char* where;
    } rows[] = {{EPERM, "a container's seccomp, kernel.io_uring_disabled"}, {ENOSYS, "a kernel without it"}, {EINVAL, "a kernel before 6.1"}};
    for (auto [why, where] : rows) {
        INFO(where);
        CHECK(driver_without(425, why) == "epoll");
    }
    CHECK(loop().current_driver() == driver::uring);
}

TEST_CASE("what is told while another operation is let go of is not left until something else comes" * doctest::skip(!support::has_uring())) {
    loop loop(driver::uring);
    half_attached first(loop), second(loop);
    stop_source stop;
    auto read = [](tcp::async_socket& from, const stop_token& until) -> task<std::size_t> {
        auto chunk = co_await from.receive(until, within(5s));    // the watch for the stop goes with it
        co_return chunk ? chunk->size() : 0;
    };
    auto write = [](plumb::loop& in, tcp::socket& one, tcp::socket& other) -> task<std::size_t> {
        (void)co_await in.sleep_for(10ms);    // both are waited for by now
        one.write_all("first").value();
        co_return other.write_all("second") ? 1 : 0;
    };
    auto start = loop::now();
    auto all = [](auto one, auto two, auto three) -> task<std::size_t> {
        auto [a, b, c] = co_await when_all(std::move(one), std::move(two), std::move(three));
        co_return a + b + c;
    };
    CHECK(loop.run(all(read(first.ours, stop.token()), read(second.ours, {}), write(loop, first.theirs, second.theirs))) == 12);
    CHECK(loop::now() - start < 4s);
}

TEST_CASE("a closed connection is closed for its peer at once, though the loop does not turn again" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    half_attached connection(in);
    in.run([](loop& here, tcp::async_socket ours) -> task<> {
        CHECK((co_await when_any(ours.receive(), here.sleep_for(1ms))).index == 1);
    }(in, std::move(connection.ours)));
    CHECK(connection.theirs.read_to_end<std::string>(within(5s)).value() == "");
}

TEST_CASE("a loop runs in the thread that first turns it" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    std::thread([&] {
        in.run([](loop& here) -> task<> {
            half_attached connection(here);
            connection.theirs.write_all("x"sv).value();
            CHECK((co_await connection.ours.receive()).value().text() == "x");
        }(in));
    }).join();
}
