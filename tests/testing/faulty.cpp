// SPDX-License-Identifier: BSL-1.0
#include <plumb/testing.hpp>
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

static_assert(os::socket_system<faulty<tcp>::system> && sizeof(faulty<tcp>::socket) == sizeof(tcp::socket));
static_assert(stream_protocol<faulty<tcp>> && datagram_protocol<faulty<udp>> && record_protocol<faulty<local::seqpacket>>);

TEST_CASE("without a plan nothing goes wrong") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    ours.write_all("hello").value();
    char buffer[5];
    theirs.read_exact(buffer).value();
    CHECK(bytes(std::span(buffer)).text() == "hello");
}

TEST_CASE("a transfer is cut to so many bytes") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{fault::shortened(faulty_call::send, 2), fault::shortened(faulty_call::receive, 1).every(1)};
    CHECK(ours.write("hello").value() == 2);
    CHECK(ours.write("hello").value() == 5);    // on the first call alone
    char buffer[8];
    for (int i = 0; i < 7; ++i) CHECK(theirs.read(buffer).value() == 1);
    CHECK(plan.calls(faulty_call::send) == 2);
    CHECK(plan.calls(faulty_call::receive) == 7);
    CHECK(plan.hits() == 8);
}

TEST_CASE("gathered and scattered transfers are cut inside a buffer") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{fault::shortened(faulty_call::send, 3), fault::shortened(faulty_call::receive, 3)};
    const bytes out[] = {"ab", "", "cd"};
    CHECK(ours.write(out).value() == 3);
    char first[2], second[4] = {};
    const mutable_bytes in[] = {first, second};
    CHECK(theirs.read(in).value() == 3);
    CHECK(bytes(std::span(first)).text() == "ab");
    CHECK(second[0] == 'c');
}

TEST_CASE("a fault hits the k-th call, or every n-th") {
    constexpr auto third = fault::failed(faulty_call::send, std::errc::io_error).on(3);
    static_assert(!third.hits(1) && !third.hits(2) && third.hits(3) && !third.hits(4) && !third.hits(6));
    constexpr auto each_third = third.every(3);
    static_assert(!each_third.hits(1) && each_third.hits(3) && !each_third.hits(4) && each_third.hits(6));
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{third, fault::failed(faulty_call::send, std::errc::no_buffer_space).on(4)};
    CHECK(ours.write("a").has_value());
    CHECK(ours.write("b").has_value());
    CHECK(ours.write("c").error() == std::errc::io_error);
    CHECK(ours.write("d").error() == std::errc::no_buffer_space);
    char buffer[8];
    CHECK(theirs.read(buffer).value() == 2);    // the calls that failed were not made
}

TEST_CASE("interruptions and false refusals are not seen above") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{fault::failed(faulty_call::send, std::errc::interrupted).every(2),
                    fault::failed(faulty_call::receive, std::errc::interrupted).every(2),
                    fault::failed(faulty_call::receive, std::errc::resource_unavailable_try_again).every(3),
                    fault::shortened(faulty_call::receive, 1).every(1), fault::failed(faulty_call::wait, std::errc::interrupted)};
    for (int i = 0; i < 10; ++i) ours.write_all("0123456789").value();
    std::string all(100, ' ');
    theirs.read_exact(all, within(10s)).value();
    CHECK(all.substr(90) == "0123456789");
    CHECK(plan.calls(faulty_call::wait) > 1);
    CHECK(plan.hits() > 100);
}

TEST_CASE("a spurious wake-up does not end a wait") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{fault::spurious().every(1)};
    char buffer[1];
    auto before = faulty<local::stream>::now();
    CHECK(theirs.read(buffer, within(50ms)).error() == condition::timed_out);
    CHECK(faulty<local::stream>::now() - before >= 50ms);
    CHECK(plan.hits() > 0);
    CHECK(plan.calls(faulty_call::wait) < 100);
    ours.write("x").value();
    CHECK(theirs.read(buffer, within(1s)).value() == 1);
}

TEST_CASE("messages, connections and files meet their faults too") {
    auto server = faulty<tcp>::listen({ipv4_address::loopback(), 0}).value();
    auto at = server.local_endpoint().value();
    fault_plan plan{fault::failed(faulty_call::connect, std::errc::network_unreachable),
                    fault::failed(faulty_call::accept, std::errc::too_many_files_open),
                    fault::failed(faulty_call::send_to, std::errc::no_buffer_space),
                    fault::failed(faulty_call::receive_from, std::errc::connection_refused),
                    fault::failed(faulty_call::transfer, std::errc::io_error)};
    CHECK(faulty<tcp>::connect(at).error() == error(verb::connect, std::errc::network_unreachable));
    auto client = faulty<tcp>::connect(at).value();
    CHECK(server.accept().error() == error(verb::accept, std::errc::too_many_files_open));
    auto peer = server.accept().value();
    auto socket = faulty<udp>::bind({ipv4_address::loopback(), 0}).value();
    auto self = socket.local_endpoint().value();
    CHECK(socket.send_to("x", self).error() == error(verb::send, std::errc::no_buffer_space));
    CHECK(socket.send_to("x", self).value() == 1);
    char buffer[1];
    CHECK(socket.receive(buffer).error() == error(verb::receive, std::errc::connection_refused));
    CHECK(socket.receive(buffer).value().size == 1);
    CHECK(peer.send_file("/dev/null").error() == error(verb::send_file, std::errc::io_error));
    CHECK(plan.hits() == 5);
}

TEST_CASE("a plan is its thread's own, and an inner one hides an outer one until it goes") {
    auto [ours, theirs] = faulty<local::stream>::pair().value();
    fault_plan plan{fault::failed(faulty_call::send, std::errc::io_error).every(1)};
    std::thread([&socket = ours] { CHECK(socket.write("a").has_value()); }).join();
    CHECK(ours.write("b").error() == std::errc::io_error);
    {
        fault_plan calm{};
        CHECK(ours.write("c").has_value());
        CHECK(calm.calls(faulty_call::send) == 1);
    }
    CHECK(ours.write("d").error() == std::errc::io_error);
    CHECK(plan.calls(faulty_call::send) == 2);
}
