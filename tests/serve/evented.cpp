// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve/evented.hpp>

#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "loopback.hpp"
#include "scarce_descriptors.hpp"
#include "serving.hpp"

#include <optional>
#include <stdexcept>

#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using serve::happening;
using support::answer, support::beside, support::ends;

namespace {

// The handler of every model, with co_await before what waits.
task<result<void>> async_echo(tcp::async_socket peer) {
    for (;;) {
        auto chunk = co_await peer.receive();
        if (!chunk) co_return failure(chunk.error());
        if (chunk->empty()) co_return result<void>();
        if (auto sent = co_await peer.write_all(*chunk); !sent) co_return sent;
    }
}

// An event-driven server in a thread of its own.
class served {
public:
    served(driver which, auto handler, serve::evented_options options)
        : server_(tcp::listen({ipv4_address::loopback(), 0}).value()), place_(server_.local_endpoint().value()),
          serving_([this, which, handler, options] {
              loop in(which);
              auto attached = in.attach(std::move(server_)).value();
              return in.run(serve::evented(in, attached, handler, options));
          }) {}

    [[nodiscard]] tcp::socket client() const { return tcp::connect(place_).value(); }
    [[nodiscard]] result<serve::report> get() { return serving_.get(); }

private:
    tcp::acceptor server_;
    endpoint place_;
    beside serving_;
};

}  // namespace

TEST_CASE("all connections are served at once, in one thread") {
    for (auto which : support::every_driver) {
        served server(which, async_echo, {.end_after = 50});
        std::vector<tcp::socket> clients;
        for (int i = 0; i < 50; ++i) clients.push_back(server.client());
        for (int round = 0; round < 3; ++round)
            for (auto& client : clients) CHECK(answer(client, "hello") == "hello");
        clients.clear();
        auto report = server.get().value();
        CHECK(report.why == serve::ending::served_all);
        CHECK(report.accepted == 50);
        CHECK(report.failed + report.crashed + report.cut == 0);
    }
}

TEST_CASE("there are no more connections at once than allowed; the others wait their turn") {
    for (auto which : support::every_driver) {
        support::notes notes;
        served server(which, async_echo, {.connections = 2, .end_after = 3, .observer = notes.taker()});
        auto one = server.client(), two = server.client(), three = server.client();
        CHECK(answer(one, "1") == "1");
        CHECK(answer(two, "2") == "2");
        three.write_all("3").value();
        char got;
        CHECK(three.read(std::span(&got, 1), within(20ms)).error() == condition::timed_out);
        one.close();
        three.read_exact(std::span(&got, 1), within(10s)).value();
        CHECK(got == '3');
        two.close();
        three.close();
        CHECK(server.get().value().accepted == 3);
    }
}

TEST_CASE("a handler that fails or throws ends its connection alone, and the observer hears why") {
    for (auto which : support::every_driver) {
        support::notes notes;
        auto handler = [](tcp::async_socket peer) -> task<result<void>> {
            auto word = co_await peer.receive();
            if (word && word->text() == "throw") throw std::runtime_error("on purpose");
            if (word && word->text() == "fail") co_return failure(verb::read, std::errc::io_error);
            co_return co_await peer.write_all("fine");
        };
        served server(which, handler, {.end_after = 3, .observer = notes.taker()});
        auto one = server.client(), two = server.client(), three = server.client();
        one.write_all("throw").value();
        two.write_all("fail").value();
        CHECK(ends(one));
        CHECK(ends(two));
        CHECK(answer(three, "well") == "fine");
        auto report = server.get().value();
        CHECK(report.crashed == 1);
        CHECK(report.failed == 1);
        CHECK(notes.reason() == "on purpose");
    }
}

TEST_CASE("after a stop what runs may go on until the drain has passed; then whatever it waits in ends") {
    for (auto which : support::every_driver)
        for (auto drain : {60'000ms, 60ms}) {
            const auto is_cut = drain < 1s;
            stop_source stop;
            served server(which, async_echo, {.stop = stop.token(), .drain = within(drain)});
            auto client = server.client();
            CHECK(answer(client, "now") == "now");
            auto start = tcp::now();
            stop.request_stop();
            if (is_cut) {
                CHECK(ends(client));
                CHECK(tcp::now() - start >= drain);
            } else {
                CHECK(answer(client, "still") == "still");
                client.close();
            }
            auto report = server.get().value();
            CHECK(report.why == serve::ending::stopped);
            CHECK(report.cut == (is_cut ? 1u : 0u));
            CHECK(report.failed == (is_cut ? 1u : 0u));    // the one that was cut
        }
}

TEST_CASE("an acceptor that was given away is closed before the drain, one that was lent can be served from again") {
    for (auto which : support::every_driver) {
        support::check_refusal_while_draining([which](tcp::acceptor server, stop_token stop) {
            loop in(which);
            auto attached = in.attach(std::move(server)).value();
            return in.run(serve::evented(in, std::move(attached), async_echo, {.stop = stop, .drain = within(60s)}));
        });
        loop in(which);
        stop_source stop;
        stop.request_stop();
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        CHECK(in.run(serve::evented(in, server, async_echo, {.stop = stop.token()})).value().accepted == 0);
        auto client = tcp::connect(server.local_endpoint().value()).value();
        client.shutdown(direction::write).value();
        CHECK(in.run(serve::evented(in, server, async_echo, {.end_after = 1})).value().accepted == 1);
    }
}

TEST_CASE("a handler may take a stop_token, which stops when the drain has passed") {
    for (auto which : support::every_driver) {
        stop_source stop;
        auto stopped_too_early = true, stopped_then = false;
        auto handler = [&](tcp::async_socket peer, stop_token over) -> task<> {
            auto asked = co_await peer.receive();
            stopped_too_early = !asked || over.stop_requested();
            (void)co_await peer.write_all("x");
            auto more = co_await peer.receive();
            stopped_then = !more && over.stop_requested();
        };
        served server(which, handler, {.stop = stop.token(), .drain = within(0s)});
        auto client = server.client();
        CHECK(answer(client, "x") == "x");
        stop.request_stop();
        CHECK(server.get().value().cut == 1);
        CHECK_FALSE(stopped_too_early);
        CHECK(stopped_then);
    }
}

TEST_CASE("a process without descriptors is told to the observer, without haste, and serves when it has some again") {
    support::on_every_driver([](loop& in) -> task<> {
        auto server = faulty<tcp>::listen(in, {ipv4_address::loopback(), 0}).value();
        auto exhausted = fault::failed(faulty_call::accept, std::errc::too_many_files_open);
        fault_plan plan{exhausted.on(1), exhausted.on(2), exhausted.on(3)};
        int starved = 0;
        auto hear = [&](const serve::event& told) { starved += told.what == happening::starved; };
        auto echo = [](faulty<tcp>::async_socket peer) -> task<> { (void)co_await peer.write_all("served"); };
        auto start = in.now();
        serve::evented_options options{.end_after = 1, .observer = hear};
        auto [report, client] = co_await when_all(serve::evented(in, server, echo, options),
                                                tcp::connect(in, server.local_endpoint().value()));
        CHECK((co_await client->receive()).value().text() == "served");
        CHECK(report.value().accepted == 1);
        CHECK(starved == 3);
        CHECK(in.now() - start >= 35ms);    // 5, 10 and 20
    });
}

TEST_CASE("an acceptor that is shut down ends the server, and no connections at all is refused") {
    support::on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        serve::evented_options none{.connections = 0};
        CHECK((co_await serve::evented(in, server, async_echo, none)).error() == std::errc::invalid_argument);
        server.shutdown().value();
        auto report = (co_await serve::evented(in, server, async_echo)).value();
        CHECK(report.why == serve::ending::shut_down);
        server.close();
        CHECK((co_await serve::evented(in, server, async_echo)).error() == error(verb::accept, std::errc::bad_file_descriptor));
    });
}

TEST_CASE("the stop is watched once for all waits of a server, and no longer than it serves") {
    for (auto which : support::every_driver) {
        loop in(which);
        stop_source stop;
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        int seen = 0;
        auto look = [&](tcp::async_socket) -> task<> {
            seen += in.state().watches.size() == 1;    // nobody waits to accept just now
            co_return;
        };
        auto visit = [&]() -> task<> {
            for (int i = 0; i < 3; ++i) {
                auto client = co_await tcp::connect(in, server.local_endpoint().value());
                CHECK((co_await client.value().receive()).value().empty());
            }
            stop.request_stop();
        };
        serve::evented_options options{.stop = stop.token()};
        auto serve = [&]() -> task<> {
            auto [report, none] = co_await when_all(serve::evented(in, server, look, options), visit());
            CHECK(report.value().accepted == 3);
        };
        in.run(serve());
        CHECK(seen == 3);
        CHECK(in.state().watches.empty());
    }
}

TEST_CASE("an acceptor that is shut down ends the server while there is no room as well") {
    for (auto which : support::every_driver) {
        auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
        auto twin = server.duplicate().value();
        beside serving([&] {
            loop in(which);
            auto attached = in.attach(std::move(server)).value();
            return in.run(serve::evented(in, attached, async_echo, {.connections = 1, .drain = within(0s)}));
        });
        auto one = support::client_of(twin), two = support::client_of(twin);
        CHECK(answer(one, "x") == "x");
        twin.shutdown().value();
        CHECK(ends(one));
        CHECK(serving.get().value().why == serve::ending::shut_down);
    }
}

TEST_CASE("without a descriptor left to watch a stop with, it pauses as well, and serves when there are some") {
    support::on_every_driver([](loop& in) -> task<> {
        for (auto scarce : {false, true}) {    // first with plenty: to check an object's type for the first time costs a descriptor
            auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
            std::optional<support::scarce_descriptors> none;
            stop_source stop;
            auto starved = 0;
            auto hear = [&](const serve::event& told) { starved += told.what == happening::starved; };
            auto relent = [&]() -> task<std::string> {
                (void)co_await in.sleep_for(50ms);
                none.reset();
                auto client = (co_await tcp::connect(in, server.local_endpoint().value())).value();
                (co_await client.write_all("hello")).value();
                auto answer = std::string((co_await client.receive()).value().text());
                client.close();
                stop.request_stop();
                co_return answer;
            };
            if (scarce) none.emplace();
            serve::evented_options options{.stop = stop.token(), .observer = hear};
            auto [report, heard] = co_await when_all(serve::evented(in, server, async_echo, options), relent());
            CHECK(heard == "hello");
            CHECK(report.value().why == serve::ending::stopped);
            CHECK(starved >= (scarce ? 2 : 0));
            CHECK(starved <= (scarce ? 5 : 0));    // 5, 10, 20 and 40
        }
    });
}

TEST_CASE("a server ends with the task that it is a part of, whatever that is stopped for") {
    support::on_every_driver([](loop& in) -> task<> {
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        auto told = co_await limited(in, serve::evented(in, server, async_echo), within(1ms));
        CHECK(told.error() == error(verb::accept, condition::timed_out));
        scope tasks(in);
        result<serve::report> other;
        tasks.spawn([](loop& here, tcp::async_acceptor& from, result<serve::report>& outcome) -> task<> {
            outcome = co_await serve::evented(here, from, async_echo);
        }(in, server, other));
        tasks.stop(condition::status_lost);
        (co_await tasks.join()).value();
        CHECK(other.error() == error(verb::accept, condition::status_lost));
    });
}
