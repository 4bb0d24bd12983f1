// SPDX-License-Identifier: BSL-1.0
// The stream concept is what an encrypted stream wraps, and what it offers in turn.
#include <plumb/socket.hpp>

#include "secret_stream.hpp"

#include <doctest/doctest.h>

#include "loopback.hpp"

#include <chrono>
#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;
using support::connected, support::weather;

static_assert(readable_stream<secret_stream<tcp::socket>> && writable_stream<secret_stream<tcp::socket&>>);

namespace {

// Both ends of one, agreed.
template <class P>
auto agreed() {
    auto [ours, theirs] = connected<P>();
    using secret = secret_stream<typename P::socket>;
    result<secret> second = failure(verb::none, std::errc::io_error);
    std::thread other([&, &socket = theirs] { second = secret::handshake(std::move(socket), 5); });
    auto first = secret::handshake(std::move(ours), 99, within(10s));
    other.join();
    return std::pair(std::move(first).value(), std::move(second).value());
}

}  // namespace

TEST_CASE_TEMPLATE("everything that streams do is done through the wrapper", P, tcp, faulty<tcp>, local::stream, faulty<local::stream>) {
    auto [ours, theirs] = agreed<P>();
    std::string large(50'000, 'x');
    std::thread other([&, &socket = theirs] {
        weather<P> bad;
        buffered lines(std::move(socket));
        CHECK(lines.read_line().value() == "hello");
        CHECK(lines.read_line(within(30s)).value() == "world");
        CHECK(lines.read_frame().value().text() == large);
        std::string exact(5, ' ');
        lines.read_exact(exact).value();
        CHECK(exact == "exact");
        CHECK(lines.template read_to_end<std::string>().value() == "and the rest");
        lines.write_all({"an", "swer"}).value();
    });
    weather<P> bad;
    ours.write_all("hello\nwor").value();
    ours.write_all("ld\r\n").value();
    buffered<decltype(ours)&> framed(ours);
    framed.write_frame(large).value();
    ours.write_all({"ex", "act", "and the rest"}, within(30s)).value();
    ours.finish().value();
    std::string answer(6, ' ');
    framed.read_exact(answer).value();
    CHECK(answer == "answer");
    other.join();
}

TEST_CASE("the wire does not show the words") {
    auto [ours, theirs] = agreed<tcp>();
    ours.write_all("secret words").value();
    ours.inner().shutdown(direction::write).value();
    auto wire = theirs.inner().read_to_end<std::string>().value();
    CHECK(wire.size() == 14);
    CHECK(wire.find("secret") == wire.npos);
}

TEST_CASE("a cut connection is not taken for the end") {
    auto [ours, theirs] = agreed<tcp>();
    ours.write_all("half").value();
    ours.inner().close();
    std::string heard;
    CHECK(theirs.read_to_end(heard).error() == condition::end_of_stream);
    CHECK(heard == "half");
}

TEST_CASE("deadlines and stops reach the socket below") {
    auto [ours, theirs] = agreed<tcp>();
    char buffer[1];
    CHECK(ours.read(buffer, within(30ms)).error() == condition::timed_out);
    stop_source source;
    source.request_stop();
    CHECK(ours.read_exact(buffer, source.token()).error() == condition::cancelled);
    theirs.write_all("x").value();
    CHECK(ours.read(buffer, within(5s)).value() == 1);
}
