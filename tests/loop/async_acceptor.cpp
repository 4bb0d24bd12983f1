// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_acceptor.hpp>

#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/socket/local.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"
#include "scarce_descriptors.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

template <class P>
typename P::acceptor listener() {
    if constexpr (std::same_as<P, tcp>) return P::listen({ipv4_address::loopback(), 0}).value();
    else return P::listen(local_address()).value();
}

template <class P>
task<> end_soon(loop& in, async_acceptor<P>& server, bool by_close) {
    auto slept = co_await in.sleep_for(1ms);
    CHECK(slept.has_value());
    if (by_close) server.close();
    else server.shutdown().value();
}

template <class P>
task<> end_while_accepting(loop& in, bool by_close) {
    async_acceptor<P> server = in.attach(listener<P>()).value();
    scope beside(in);
    beside.spawn(end_soon(in, server, by_close));
    for (int i = 0; i < (by_close ? 1 : 2); ++i) {
        auto peer = co_await server.accept(within(20s));
        CHECK(peer.error() == error(verb::accept, condition::cancelled));
    }
    auto joined = co_await beside.join();
    CHECK(joined.has_value());
}

}  // namespace

TEST_CASE("a second owner of an acceptor is outside of any loop, and listens on when the first has gone") {
    on_every_driver([](loop& in) -> task<> {
        auto server = in.attach(listener<tcp>()).value();
        auto at = server.local_endpoint().value();
        auto twin = server.duplicate().value();
        server.close();
        auto other = in.attach(std::move(twin)).value();
        auto [client, peer] = co_await when_all(tcp::connect(in, at, within(10s)), other.accept(within(10s)));
        CHECK((client && peer));
        CHECK(server.duplicate().error() == error(verb::duplicate, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("several coroutines accept, each connection goes to one of them; a stop ends those that wait") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        stop_source source;
        int accepted = 0, stopped = 0;
        scope beside(in);
        auto accept = [&]() -> task<> {
            for (;;) {
                auto peer = co_await server.accept(source.token());
                if (!peer) {
                    stopped += peer.error() == error(verb::accept, condition::cancelled);
                    co_return;
                }
                if (++accepted == 20) source.request_stop();
            }
        };
        for (int i = 0; i < 4; ++i) beside.spawn(accept());
        std::vector<tcp::socket> clients;
        for (int i = 0; i < 20; ++i) clients.push_back(tcp::connect(server.local_endpoint().value()).value());
        (co_await beside.join()).value();
        CHECK(accepted == 20);
        CHECK(stopped == 4);
    });
}

TEST_CASE_TEMPLATE("an acceptor that is shut down or closed ends who waits in it", P, tcp, local::stream, local::seqpacket) {
    on_every_driver([](loop& in) -> task<> {
        co_await end_while_accepting<P>(in, false);
        co_await end_while_accepting<P>(in, true);
    });
}

TEST_CASE("a process without descriptors is told so by accept, and the connection is there when it has some again") {
    on_every_driver([](loop& in) -> task<> {
        auto server = faulty<tcp>::listen(in, {ipv4_address::loopback(), 0}).value();
        auto client = tcp::connect(server.local_endpoint().value()).value();
        fault_plan plan{fault::failed(faulty_call::accept, std::errc::too_many_files_open),
                        fault::failed(faulty_call::accept, std::errc::connection_aborted).on(2)};
        CHECK((co_await server.accept(within(5s))).error() == error(verb::accept, std::errc::too_many_files_open));
        CHECK((co_await server.accept(within(5s))).has_value());
        CHECK(plan.hits() == 2);
    });
}

TEST_CASE("all that come at once are accepted, each once, and what is accepted crosses no exec") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        std::vector<tcp::socket> clients;
        for (int i = 0; i < 500; ++i) clients.push_back(tcp::connect(server.local_endpoint().value()).value());
        std::vector<async_accepted<tcp>> peers;
        std::vector<tcp::async_socket> others;
        while (peers.size() + others.size() < clients.size()) {    // both ways take from the same queue
            peers.push_back((co_await server.accept_from(within(5s))).value());
            others.push_back((co_await server.accept(within(5s))).value());
        }
        std::vector<endpoint> came, wanted;
        for (auto& one : peers) {
            CHECK(one.peer == one.socket.peer_endpoint().value());
            CHECK((::fcntl(one.socket.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
            came.push_back(one.socket.peer_endpoint().value());
        }
        for (auto& one : others) {
            CHECK((::fcntl(one.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
            came.push_back(one.peer_endpoint().value());
        }
        for (auto& one : clients) wanted.push_back(one.local_endpoint().value());
        std::ranges::sort(came);
        std::ranges::sort(wanted);
        CHECK((came == wanted));
        CHECK((co_await server.accept(within(1ms))).error() == error(verb::accept, condition::timed_out));
    });
}

TEST_CASE("one that was reset before it was accepted is accepted all the same: whose it was is known, and its first read fails") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        for (auto speaks : {false, true}) {
            auto client = tcp::connect(server.local_endpoint().value()).value();
            auto from = client.local_endpoint().value();
            if (speaks) client.write_all("lost").value();
            support::reset_on_close(client.native_handle());
            client.close();
            auto peer = (co_await server.accept_from(within(5s))).value();
            CHECK(peer.peer == from);
            auto said = co_await peer.socket.receive(within(5s));
            CHECK((said ? said->text() == "lost" : said.error() == std::errc::connection_reset));    // what came before it may be read
            if (said) CHECK((co_await peer.socket.receive(within(5s))).error() == std::errc::connection_reset);
        }
        auto client = tcp::connect(server.local_endpoint().value()).value();
        CHECK((co_await server.accept(within(5s))).has_value());
    });
}

TEST_CASE("without a descriptor for it a connection stays in the queue, and accept says so each time it is asked") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto client = tcp::connect(server.local_endpoint().value()).value();
        client.write_all("patient").value();
        std::optional<support::scarce_descriptors> none(std::in_place);
        auto first = co_await server.accept(within(5s));
        auto second = co_await server.accept(within(5s));
        none.reset();
        CHECK(first.error() == error(verb::accept, std::errc::too_many_files_open));
        CHECK(second.error() == error(verb::accept, std::errc::too_many_files_open));
        auto peer = (co_await server.accept(within(5s))).value();
        CHECK((co_await peer.receive(within(5s))).value().text() == "patient");
    });
}

TEST_CASE("an acceptor that is taken out of its loop goes on elsewhere; an empty one accepts nothing") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        auto release = [&]() -> task<tcp::acceptor> {
            (co_await in.sleep_for(1ms)).value();
            co_return server.release().acceptor;
        };
        auto [peer, alone] = co_await when_all(server.accept(), release());
        CHECK(peer.error() == error(verb::accept, condition::cancelled));
        CHECK((co_await server.accept(within(1s))).error() == error(verb::accept, std::errc::bad_file_descriptor));
        auto client = tcp::connect(at).value();
        CHECK(alone.accept(within(5s)).has_value());
        auto again = in.attach(std::move(alone)).value();
        auto other = tcp::connect(at).value();
        CHECK((co_await again.accept(within(5s))).has_value());
        async_acceptor<tcp> empty;
        CHECK((co_await empty.accept()).error() == error(verb::accept, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("an acceptor that leaves its loop takes the connections along that were accepted ahead") {
    on_every_driver([](loop& in) -> task<> {
        constexpr std::size_t all = 10;
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        std::vector<tcp::socket> clients;
        auto connect = [&](std::size_t most) { while (clients.size() < most) clients.push_back(tcp::connect(at, within(5s)).value()); };
        connect(1);
        auto first = co_await server.accept(within(5s));
        CHECK(first.has_value());
        connect(7);
        (co_await in.sleep_for(1ms)).value();
        (co_await in.sleep_for(1ms)).value();
        auto [acceptor, ahead] = server.release();
        CHECK_FALSE(server.is_open());
        connect(all);
        for (auto left = all - 1 - ahead.size(); left > 0; --left) ahead.push_back(acceptor.accept(within(5s)).value());
        for (auto& each : ahead) each.write_all("served").value();
        for (std::size_t i = 1; i < all; ++i) {
            char got[6];
            CHECK(clients[i].read_exact(got, within(5s)).has_value());
        }
        CHECK(acceptor.accept(within(0s)).error() == condition::timed_out);
    });
}

TEST_CASE("a connection that was accepted goes with its acceptor, when that is closed before it could be given") {
    on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto client = tcp::connect(server.local_endpoint().value()).value();
        auto close = [&]() -> task<> {
            server.close();
            co_return;
        };
        auto [peer, none] = co_await when_all(server.accept(within(-1s)), close());    // it is there: the others go on first
        CHECK(peer.error() == error(verb::accept, condition::cancelled));
        char got;
        CHECK_FALSE(client.read_exact(std::span(&got, 1), within(10s)).has_value());
    });
}
