// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"
#include "serving.hpp"

#include <stdexcept>

using namespace plumb;
using namespace std::chrono_literals;
using serve::happening;
using support::answer, support::beside, support::client_of, support::echo, support::ends, support::listener;

TEST_CASE_TEMPLATE("connections are served one after the other, as many as were asked for", P, CONNECTION_PROTOCOLS) {
    auto server = listener<P>();
    beside serving([&] {
        support::weather<P> bad;
        return serve::sequential(server, echo, {.end_after = 3});
    });
    auto first = client_of(server), second = client_of(server), third = client_of(server);
    for (auto client : {&first, &second, &third}) {
        CHECK(answer(*client, "hello") == "hello");
        client->close();
    }
    auto report = serving.get().value();
    CHECK(report.why == serve::ending::served_all);
    CHECK(report.accepted == 3);
    CHECK(report.failed + report.crashed + report.cut == 0);
}

TEST_CASE("a stop ends the wait for a connection") {
    auto server = listener<tcp>();
    stop_source stop;
    beside serving([&] { return serve::sequential(server, echo, {.stop = stop.token()}); });
    auto client = client_of(server);
    CHECK(answer(client, "once") == "once");
    client.close();
    stop.request_stop();
    auto report = serving.get().value();
    CHECK(report.why == serve::ending::stopped);
    CHECK(report.accepted == 1);
}

TEST_CASE("a handler may take the stop, for what it waits in") {
    auto server = listener<tcp>();
    stop_source stop;
    auto client = client_of(server);
    auto handler = [&](tcp::socket peer, stop_token over) -> result<void> {
        stop.request_stop();
        char none[1];
        auto heard = peer.read(none, over);
        return heard ? result<void>() : failure(heard.error());
    };
    auto report = serve::sequential(server, handler, {.stop = stop.token()}).value();
    CHECK(report.failed == 1);
    CHECK(report.why == serve::ending::stopped);
}

TEST_CASE("a stop ends a server to which connections keep coming") {
    auto server = listener<tcp>();
    std::vector<tcp::socket> queue;
    for (int i = 0; i < 50; ++i) queue.push_back(client_of(server));
    stop_source stop;
    auto report = serve::sequential(server, [&](tcp::socket) { stop.request_stop(); }, {.stop = stop.token()}).value();
    CHECK(report.accepted == 1);
    CHECK(report.why == serve::ending::stopped);
}

#if !defined(PLUMB_OS_WINDOWS)    // where shutting an acceptor down wakes nobody
TEST_CASE("shutting the acceptor down ends its server") {
    auto server = listener<tcp>();
    beside serving([&] { return serve::sequential(server, echo); });
    {
        auto client = client_of(server);
        CHECK(answer(client, "once") == "once");
    }
    server.shutdown().value();
    CHECK(serving.get().value().why == serve::ending::shut_down);
}
#endif

TEST_CASE("an acceptor that was given away is closed when its server ends, one that was lent can be served from again") {
    auto server = support::listener<tcp>();
    auto place = server.local_endpoint().value();
    stop_source stop;
    stop.request_stop();
    CHECK(serve::sequential(server, echo, {.stop = stop.token()}).value().accepted == 0);
    auto client = support::client_of(server);
    client.shutdown(direction::write).value();
    CHECK(serve::sequential(std::move(server), echo, {.end_after = 1}).value().accepted == 1);
    CHECK(support::refuses(place));
    CHECK_FALSE(server.is_open());
}

TEST_CASE("an acceptor that is none is an error") {
    auto server = listener<tcp>();
    auto taken = std::move(server);
    auto why = serve::sequential(server, echo).error();
    CHECK((why == std::errc::bad_file_descriptor || why == std::errc::not_a_socket));
}

TEST_CASE("a handler that gives an error or throws takes its own connection down, and the observer hears of it") {
    auto server = listener<tcp>();
    std::vector<tcp::socket> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(client_of(server));
    std::vector<std::string> heard;
    auto turn = 0;
    auto handler = [&](tcp::socket) -> result<void> {
        switch (turn++) {
        case 0: return failure(verb::read, std::errc::connection_reset);
        case 1: throw std::out_of_range("too far");
        case 2: throw turn;
        default: return {};
        }
    };
    auto report = serve::sequential(server, handler, {.end_after = 4, .observer = [&](const serve::event& told) {
        heard.push_back(to_string(told));
    }}).value();
    CHECK(heard == std::vector<std::string>{
        "accepted (1 running, 1 accepted)", "failed: read: Connection reset by peer (0 running, 1 accepted)",
        "accepted (1 running, 2 accepted)", "crashed: too far (0 running, 2 accepted)",
        "accepted (1 running, 3 accepted)", "crashed: an exception of an unknown type (0 running, 3 accepted)",
        "accepted (1 running, 4 accepted)", "ended (0 running, 4 accepted)"});
    CHECK(report.failed == 1);
    CHECK(report.crashed == 2);
    for (auto& client : clients) CHECK(ends(client));
}

TEST_CASE("a handler may give nothing, or a result of anything, or be a function") {
    auto server = listener<tcp>();
    auto one = client_of(server), two = client_of(server);
    CHECK(serve::sequential(server, [](tcp::socket) { return result<int>(failure(verb::run, std::errc::io_error)); }, {.end_after = 1})
              .value().failed == 1);
    void (*plain)(tcp::socket) = [](tcp::socket) {};
    CHECK(serve::sequential(server, plain, {.end_after = 1}).value().failed == 0);
}
