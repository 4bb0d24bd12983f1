// SPDX-License-Identifier: BSL-1.0
#include <plumb/testing.hpp>
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

TEST_CASE("a trace holds the calls, their sizes and their outcomes") {
    auto [ours, theirs] = traced<local::stream>::pair().value();
    call_trace trace;
    ours.write_all("hello").value();
    char buffer[8];
    CHECK(theirs.read(buffer).value() == 5);
    CHECK(theirs.read(buffer, within(0s)).error() == condition::timed_out);
    ours.shutdown(direction::write).value();
    ours.write_all({"ab", "c"}).error();
    CHECK(trace.lines() == std::vector<std::string>{"send 5 = 5", "receive 8 = 5", "receive 8 = Resource temporarily unavailable",
                                                    "shutdown = ok", "send 3 = Broken pipe"});
    CHECK(trace.count("receive") == 2);
    CHECK(trace.count("rec") == 0);
    trace.clear();
    CHECK(trace.lines().empty());
}

TEST_CASE("the blocking verbs are one call each") {
    auto server = traced<tcp>::listen({ipv4_address::loopback(), 0}).value();
    auto at = server.local_endpoint().value();
    call_trace trace;
    auto client = traced<tcp>::connect(at).value();
    auto peer = server.accept().value();
    client.write("x").value();
    char buffer[1];
    peer.read(buffer).value();
    CHECK(trace.lines() == std::vector<std::string>{"open = ok", "connect = ok", "accept = ok", "send 1 = 1", "receive 1 = 1"});
}

TEST_CASE("messages are traced, and an inner trace hides an outer one") {
    auto [ours, theirs] = traced<local::datagram>::pair().value();
    call_trace outer;
    ours.send("abc").value();
    {
        call_trace inner;
        char buffer[2];
        CHECK(theirs.receive(buffer).value().truncated);
        CHECK(inner.lines() == std::vector<std::string>{"receive_from 2 = 3"});
    }
    CHECK(outer.lines() == std::vector<std::string>{"send_to 3 = 3"});
}
