// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;
using support::time_of, support::weather;

#define RECORDS local::seqpacket, faulty<local::seqpacket>

TEST_CASE_TEMPLATE("records keep their boundaries, and the end is told apart from them", P, RECORDS) {
    auto [ours, theirs] = P::pair().value();
    weather<P> bad;
    CHECK(ours.send("one").value() == 3);
    CHECK(ours.send("three").value() == 5);
    CHECK(ours.send("").error() == error(verb::send, std::errc::invalid_argument));    // would read as the end
    ours.close();
    char buffer[4];
    auto first = theirs.receive(buffer).value();
    CHECK(std::string_view(buffer, first.size) == "one");
    CHECK_FALSE(first.truncated);
    auto second = theirs.receive(buffer, within(5s)).value();
    CHECK(std::string_view(buffer, second.size) == "thre");
    CHECK(second.truncated);
    CHECK(second.full_size == 5);
    CHECK(theirs.receive(buffer).value().size == 0);
    CHECK(theirs.receive(buffer, within(5s)).value().size == 0);
    CHECK(theirs.send("x").error() == std::errc::broken_pipe);    // and no SIGPIPE
}

TEST_CASE_TEMPLATE("a record goes over a connection that was listened for", P, RECORDS) {
    auto acceptor = P::listen(local_address()).value();
    weather<P> bad;
    auto client = P::connect(acceptor.local_endpoint().value()).value();
    auto peer = acceptor.accept().value();
    CHECK(client.peer_endpoint().value() == acceptor.local_endpoint().value());
    client.send("hello").value();
    client.shutdown(direction::write).value();
    char buffer[10];
    CHECK(peer.receive(buffer).value().size == 5);
    CHECK(peer.receive(buffer).value().size == 0);
    peer.send("still open this way").value();
    CHECK(client.receive(buffer).value().truncated);
}

TEST_CASE_TEMPLATE("waiting ends by a deadline, by a stop and by a shutdown", P, RECORDS) {
    auto [ours, theirs] = P::pair().value();
    char buffer[1];
    {
        weather<P> bad;
        CHECK(time_of([&, &socket = ours] { CHECK(socket.receive(buffer, within(50ms)).error() == error(verb::receive, condition::timed_out)); }) >= 50ms);
        result<std::size_t> outcome;
        while ((outcome = ours.send("x", within(20ms)))) {}
        CHECK(outcome.error() == error(verb::send, condition::timed_out));    // its queue is full
    }
    stop_source source;
    std::thread other([&, &socket = ours] {
        std::this_thread::sleep_for(30ms);
        source.request_stop();
        std::this_thread::sleep_for(30ms);
        CHECK(socket.shutdown(direction::both).has_value());
    });
    CHECK(ours.receive(buffer, source.token()).error() == error(verb::receive, condition::cancelled));
    CHECK(ours.receive(buffer).value().size == 0);
    CHECK(ours.receive(buffer, within(5s)).value().size == 0);
    other.join();
}

TEST_CASE_TEMPLATE("a socket that was moved from is empty, and everything on it is an error at once", P, RECORDS) {
    auto [owner, other] = P::pair().value();
    typename P::socket empty;
    char buffer[1];
    auto expect = [](const auto& outcome) { CHECK(outcome.error() == std::errc::bad_file_descriptor); };
    expect(empty.receive(buffer));
    expect(empty.receive(buffer, within(1h)));
    expect(empty.send("x"));
    expect(empty.send("x", within(1h)));
    expect(empty.connect(local_address::path("/nowhere").value()));
    expect(empty.shutdown(direction::both));
    expect(empty.peer_endpoint());
    expect(empty.duplicate());
    auto twin = owner.duplicate().value();
    owner.close();
    CHECK(twin.send("x").value() == 1);
    CHECK(other.receive(buffer).value().size == 1);
}
