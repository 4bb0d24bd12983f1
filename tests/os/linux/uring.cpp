// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/linux/uring.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "loopback.hpp"
#include "old_kernel.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/utsname.h>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::literals;
using os::uring;

namespace {

// What came out of the ring, one after another; nothing comes for five seconds is an error.
uring::completion next(uring& ring) {
    while (!ring.has_completions()) {
        auto until = os::native_clock::now() + 5s;
        ring.enter(1, until).value();
        REQUIRE((ring.has_completions() || os::native_clock::now() < until));
    }
    return ring.take_completion();
}

bool is_here() {
    auto ring = uring::open();
    if (!ring) MESSAGE("no io_uring for us: ", ring.error().message());
    return ring.has_value();
}

// Whether the kernel does what it can since Linux 6.17.
bool is_modern() {
    utsname running;
    REQUIRE(::uname(&running) == 0);
    int version = 0, minor_version = 0;
    REQUIRE(std::sscanf(running.release, "%d.%d", &version, &minor_version) == 2);
    return std::pair(version, minor_version) >= std::pair(6, 17);
}

// What a function says in a process whose kernel says that it is 2.6.
std::string of_an_old_kernel(std::string (*ask)()) {
    return support::in_child([=] { return support::forget_release() ? ask() : "no old kernel"s; });
}

}  // namespace

TEST_CASE("calls are handed over together, and each is told of by its token" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    std::string heard(16, ' ');
    ring.receive(ours.native_handle(), mutable_bytes(heard), 1);
    ring.send(theirs.native_handle(), bytes("hello"sv), 2);
    ring.poll(ours.native_handle(), os::interest::writable, 3);
    std::vector<std::size_t> outcomes(4);
    for (int left = 3; left > 0; --left) {
        auto told = next(ring);
        outcomes[told.token] = told.outcome().value();
        CHECK(!told.has_more());
    }
    CHECK(heard.substr(0, outcomes[1]) == "hello");
    CHECK(outcomes[2] == 5);
    CHECK(outcomes[3] != 0);
}

TEST_CASE("what a connection sends comes into provided buffers until there are none left, and then again" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    std::byte first[4], second[4];
    ring.provide(7, first);
    ring.provide(3, second);
    theirs.write_all("abcdefghij"sv).value();
    ring.receive_on(ours.native_handle(), 1);
    std::string heard;
    for (auto told = next(ring); told.outcome(); told = next(ring)) {
        REQUIRE(told.has_buffer());
        CHECK(told.buffer() == (heard.empty() ? 7 : 3));
        CHECK_FALSE(told.shares_buffer());    // each is full
        heard.append(reinterpret_cast<char*>(told.buffer() == 7 ? first : second), *told.outcome());
        if (!told.has_more()) ring.receive_on(ours.native_handle(), 1);
    }
    CHECK(heard == "abcdefgh");
    ring.provide(7, first);
    ring.receive_on(ours.native_handle(), 1);
    auto told = next(ring);
    CHECK(*told.outcome() == 2);
    CHECK(told.buffer() == 7);
    CHECK(std::memcmp(first, "ij", 2) == 0);
    theirs.close();
    if (told.has_more()) told = next(ring);
}

namespace {

// Two words that come into two buffers of eight bytes.
std::string two_words() {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    char first[9] = "........", second[9] = "........";
    ring.provide(0, mutable_bytes(first, 8));
    ring.provide(1, mutable_bytes(second, 8));
    ring.receive_on(ours.native_handle(), 1);
    std::string said;
    for (auto word : {"abc"sv, "defgh"sv}) {
        theirs.write_all(word).value();
        auto told = next(ring);
        said += std::to_string(told.buffer()) + (told.shares_buffer() ? " shared " : " ");
    }
    return said + first + second;
}

}  // namespace

TEST_CASE("one piece comes behind another into a buffer until that is full, where the kernel can do it" * doctest::skip(!is_here())) {
    CHECK(two_words() == (is_modern() ? "0 shared 0 abcdefgh........" : "0 1 abc.....defgh..."));
    CHECK(of_an_old_kernel(two_words) == "0 1 abc.....defgh...");
}

TEST_CASE("as many buffers may be provided as there are places, over and over" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    std::byte room[1];
    for (std::uint32_t number = 0; number < uring::most_buffers; ++number) ring.provide(number, room);
    ring.receive_on(ours.native_handle(), 1);
    for (std::uint32_t i = 0; i < 2u * uring::most_buffers; ++i) {
        theirs.write_all("x"sv).value();
        auto told = next(ring);
        REQUIRE(told.outcome().value() == 1);
        REQUIRE(told.buffer() == i % uring::most_buffers);
        ring.provide(told.buffer(), room);
        if (!told.has_more()) ring.receive_on(ours.native_handle(), 1);
    }
}

TEST_CASE("a send that is tried is told of only when not all of it goes at once" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    ring.try_send(ours.native_handle(), bytes("hello"sv), 1);
    ring.enter(0, instant()).value();
    CHECK(ring.has_told_all());
    CHECK_FALSE(ring.has_completions());
    char room[8];
    CHECK(theirs.read(room).value() == 5);

    std::vector<std::byte> much(64 << 20);
    ring.try_send(ours.native_handle(), bytes(much), 2);
    auto told = next(ring);
    CHECK(told.token == 2);
    CHECK(told.outcome().value() < much.size());    // some of it, and then none
    ring.try_send(ours.native_handle(), bytes(much), 3);
    CHECK(next(ring).outcome().error() == std::errc::resource_unavailable_try_again);
}

namespace {

// How many bytes of a megabyte that lies ready come by one call which goes on.
std::string come_at_once() {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<local::stream>();
    theirs.set(send_buffer_size{4 << 20}).value();
    std::string data(1 << 20, 'x');
    std::vector<std::string> buffers(32, std::string(1 << 16, ' '));
    for (std::uint32_t number = 0; auto& each : buffers) ring.provide(number++, mutable_bytes(each));
    theirs.write_all(data, within(5s)).value();
    ring.receive_on(ours.native_handle(), 1);
    std::size_t came = 0;
    while (came < data.size()) {
        auto told = next(ring);
        came += told.outcome().value();
        if (!told.has_more()) break;
    }
    return std::to_string(came);
}

}  // namespace

TEST_CASE("a receive that goes on brings no more at once than so much, where the kernel can count" * doctest::skip(!is_here())) {
    CHECK(come_at_once() == std::to_string(is_modern() ? uring::most_received : 1 << 20));
    CHECK(of_an_old_kernel(come_at_once) == std::to_string(1 << 20));
}

TEST_CASE("connections are accepted one after another by one call" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    ring.accept_on(server.native_handle(), 1);
    for (int count = 0; count < 3; ++count) {
        auto client = tcp::connect(server.local_endpoint().value()).value();
        auto told = next(ring);
        CHECK(told.has_more());
        auto made = tcp::adopt(static_cast<os::handle>(told.outcome().value())).value();
        CHECK(made.peer_endpoint().value() == client.local_endpoint().value());
    }
}

TEST_CASE("a call that is called off ends, and the ring goes on" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    char room[4];
    ring.receive(ours.native_handle(), mutable_bytes(room), 1);
    ring.cancel(1);
    CHECK(next(ring).outcome().error() == std::errc::operation_canceled);
    ring.receive(ours.native_handle(), mutable_bytes(room), 2);
    theirs.write_all("x"sv).value();
    CHECK(next(ring).outcome().value() == 1);
    ring.cancel(1);    // it is no more
    auto told = next(ring);
    CHECK(told.token == 0);
    CHECK(!told.outcome());
}

TEST_CASE("a wait ends at its moment, and one for a batch ends with fewer when no more come" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    auto begin = os::native_clock::now();
    ring.enter(1, begin + 20ms).value();
    ring.enter(16, begin + 20ms).value();
    auto took = os::native_clock::now() - begin;
    CHECK(took >= 20ms);
    CHECK(took < 10s);
    CHECK(!ring.has_completions());
    ring.enter_briefly(16).value();
    ring.poll(ours.native_handle(), os::interest::writable, 1);
    ring.enter(16, os::native_clock::now() + 60s).value();
    CHECK(ring.has_completions() == ring.waits_for_batches());
    CHECK(os::native_clock::now() - begin < 10s);
}

TEST_CASE("more calls than the queue has room for are all carried out" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    std::vector<bool> told(5'000);
    for (std::size_t i = 0; i < told.size(); ++i) ring.poll(ours.native_handle(), os::interest::writable, i + 1);
    for (std::size_t i = 0; i < told.size(); ++i) told[next(ring).token - 1] = true;
    CHECK(std::ranges::count(told, true) == 5'000);
}

TEST_CASE("a child of the process cannot disturb its ring" * doctest::skip(!is_here())) {
    auto ring = uring::open().value();
    auto [ours, theirs] = support::connected<tcp>();
    char room[4];
    ring.receive(ours.native_handle(), mutable_bytes(room), 1);
    ring.enter(1, instant()).value();
    CHECK(support::in_child([&] {
        ring.cancel(1);
        ring.cancel_everything();
        auto entered = ring.enter(1, forever);
        return entered ? std::string("entered") : entered.error().message();
    }) == error(verb::wait, std::errc::operation_not_permitted).message());
    theirs.write_all("x"sv).value();
    CHECK(next(ring).outcome().value() == 1);
}
