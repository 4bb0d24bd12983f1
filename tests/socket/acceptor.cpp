// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "loopback.hpp"
#include "storm.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::time_of, support::weather;

#define LISTENERS tcp, local::stream, local::seqpacket, faulty<tcp>, faulty<local::stream>

static_assert(sizeof(tcp::acceptor) == sizeof(int));

namespace {

template <class P>
typename P::acceptor server() {
    if constexpr (requires { P::pair(); }) return P::listen(local_address()).value();    // the system finds an abstract name
    else return P::listen({ipv4_address::loopback(), 0}).value();
}

}  // namespace

TEST_CASE_TEMPLATE("connections are accepted in turn, with the addresses of their peers", P, LISTENERS) {
    auto acceptor = server<P>();
    auto at = acceptor.local_endpoint().value();
    weather<P> bad;
    auto first = P::connect(at).value();
    auto second = P::connect(at, within(5s)).value();
    auto one = acceptor.accept().value();
    auto two = acceptor.accept_from(within(5s)).value();
    CHECK(two.peer.endpoint() == second.local_endpoint().value());
    CHECK(one.peer_endpoint().value() == first.local_endpoint().value());
    CHECK(one.local_endpoint().value() == at);
    CHECK((::fcntl(one.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(two.socket.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(acceptor.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("an accepted connection blocks, even if the acceptor no longer does") {
    auto acceptor = server<tcp>();
    CHECK(acceptor.accept(within(0s)).error() == error(verb::accept, condition::timed_out));
    auto client = tcp::connect(acceptor.local_endpoint().value()).value();
    auto peer = acceptor.accept(within(5s)).value();
    CHECK((::fcntl(peer.native_handle(), F_GETFL) & O_NONBLOCK) == 0);
    std::thread other([&] { CHECK(acceptor.accept().has_value()); });    // without limits it waits as before
    std::this_thread::sleep_for(20ms);
    auto late = tcp::connect(acceptor.local_endpoint().value()).value();
    other.join();
}

TEST_CASE_TEMPLATE("an accept with a deadline ends then", P, LISTENERS) {
    auto acceptor = server<P>();
    weather<P> bad;
    auto took = time_of([&] { CHECK(acceptor.accept(within(60ms)).error() == error(verb::accept, condition::timed_out)); });
    CHECK(took >= 60ms);
    CHECK(took < 5s);
    CHECK(acceptor.accept_from(within(0s)).error() == condition::timed_out);
}

TEST_CASE_TEMPLATE("a shutdown from another thread ends an accept, with limits and without", P, LISTENERS) {
    for (auto timed : {false, true}) {
        auto acceptor = server<P>();
        std::thread other([&] {
            std::this_thread::sleep_for(30ms);
            CHECK(acceptor.shutdown().has_value());
        });
        auto woken = timed ? acceptor.accept(within(30s)) : acceptor.accept();
        CHECK(woken.error() == error(verb::accept, condition::cancelled));
        CHECK(acceptor.accept().error() == condition::cancelled);    // for good
        other.join();
    }
}

TEST_CASE_TEMPLATE("a stop from another thread ends an accept", P, LISTENERS) {
    auto acceptor = server<P>();
    stop_source source;
    std::thread other([&] {
        std::this_thread::sleep_for(30ms);
        source.request_stop();
    });
    CHECK(acceptor.accept(source.token()).error() == error(verb::accept, condition::cancelled));
    other.join();
    auto client = P::connect(acceptor.local_endpoint().value()).value();
    CHECK(acceptor.accept(source.token()).has_value());    // one that is there is given all the same
    CHECK(acceptor.accept(source.token()).error() == condition::cancelled);
}

TEST_CASE("a thousand signals a second do not disturb an accept") {
    auto acceptor = server<tcp>();
    std::thread other([at = acceptor.local_endpoint().value()] {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        std::this_thread::sleep_for(100ms);
        (void)tcp::connect(at).value();
    });
    support::storm signals;
    CHECK(acceptor.accept().has_value());
    auto took = time_of([&] { CHECK(acceptor.accept(within(300ms)).error() == condition::timed_out); });
    CHECK(took >= 300ms);
    CHECK(took < 5s);
    other.join();
    CHECK(support::storm::count() > 0);
}

TEST_CASE("a connection that was reset before it was accepted is accepted, and its address is known") {
    auto acceptor = server<tcp>();
    auto client = tcp::connect(acceptor.local_endpoint().value()).value();
    auto from = client.local_endpoint().value();
    support::reset_on_close(client.native_handle());
    client.close();
    auto dead = acceptor.accept_from(within(5s)).value();
    CHECK(dead.peer.endpoint() == from);
    CHECK(dead.socket.peer_endpoint().error() == std::errc::not_connected);
    CHECK(dead.socket.set(no_delay{true}).has_value());
    char buffer[1];
    CHECK(dead.socket.read(buffer).error() == std::errc::connection_reset);
    auto alive = tcp::connect(acceptor.local_endpoint().value()).value();
    CHECK(acceptor.accept(within(5s)).has_value());
}

TEST_CASE("errors of a connection that is no more are passed over") {
    auto acceptor = server<faulty<tcp>>();
    auto client = tcp::connect(acceptor.local_endpoint().value()).value();
    fault_plan plan{
        fault::failed(faulty_call::accept, std::errc::connection_aborted).on(1),     // accept(2): BSD and others
        fault::failed(faulty_call::accept, std::errc::protocol_error).on(2),         // accept(2): Linux passes what the network said
        fault::failed(faulty_call::accept, std::errc::network_down).on(3),
        fault::failed(faulty_call::accept, std::errc::no_protocol_option).on(4),
        fault::failed(faulty_call::accept, std::errc::host_unreachable).on(5),
        fault::failed(faulty_call::accept, std::errc::network_unreachable).on(6),
    };
    CHECK(acceptor.accept().has_value());
    CHECK(plan.calls(faulty_call::accept) == 7);
    fault_plan scarce{
        fault::failed(faulty_call::accept, std::errc::too_many_files_open).on(1),    // those of this process are reported
        fault::failed(faulty_call::accept, std::errc::too_many_files_open_in_system).on(2),
        fault::failed(faulty_call::accept, std::errc::no_buffer_space).on(3),
        fault::failed(faulty_call::accept, std::errc::not_enough_memory).on(4),
    };
    CHECK(acceptor.accept().error() == error(verb::accept, std::errc::too_many_files_open));
    CHECK(acceptor.accept().error() == std::errc::too_many_files_open_in_system);
    CHECK(acceptor.accept().error() == std::errc::no_buffer_space);
    CHECK(acceptor.accept(within(1s)).error() == std::errc::not_enough_memory);
}

TEST_CASE("without a descriptor left an accept says so, and goes on when there is one") {
    auto told = support::in_child([] {
        auto acceptor = server<tcp>();
        auto client = tcp::connect(acceptor.local_endpoint().value()).value();
        rlimit most{};
        ::getrlimit(RLIMIT_NOFILE, &most);
        auto plenty = most;
        most.rlim_cur = static_cast<rlim_t>(::dup(0)) + 1;
        ::setrlimit(RLIMIT_NOFILE, &most);
        std::vector<result<void>> outcomes;    // told once there are descriptors again: sanitizers need some
        auto say = [&](const auto& outcome) { outcome ? outcomes.push_back({}) : outcomes.push_back(failure(outcome.error())); };
        auto spent = ::clock();
        say(acceptor.accept());
        say(acceptor.accept(within(200ms)));
        say(acceptor.accept_from());
        auto is_busy = ::clock() - spent > CLOCKS_PER_SEC / 10;
        say(tcp::connect(acceptor.local_endpoint().value()));
        say(client.duplicate());
        say(local::stream::pair());
        say(file::open("/dev/null"));
        stop_source source;
        say(acceptor.accept(source.token()));
        ::close(static_cast<int>(most.rlim_cur) - 1);
        say(acceptor.accept());
        ::setrlimit(RLIMIT_NOFILE, &plenty);
        std::string text = is_busy ? "busy; " : "";
        for (auto& outcome : outcomes) text += outcome ? "ok; " : outcome.error().message() + "; ";
        return text;
    });
    CHECK(told ==
          "accept: Too many open files; accept: Too many open files; accept: Too many open files; open: Too many open files; "
          "duplicate: Too many open files; pair: Too many open files; open: Too many open files; accept: Too many open files; ok; ");
}

TEST_CASE("a listener on every interface is reached by IPv4 and by IPv6") {
    auto acceptor = tcp::listen(port(0)).value();
    auto number = acceptor.local_endpoint().value().port();
    auto old = tcp::connect({ipv4_address::loopback(), number}, within(5s)).value();
    auto peer = acceptor.accept_from(within(5s)).value();
    CHECK(peer.peer.endpoint().address().is_v6());
    CHECK(peer.peer.endpoint().address().unmapped() == ip_address(ipv4_address::loopback()));
    auto current = tcp::connect({ipv6_address::loopback(), number}, within(5s)).value();
    CHECK(acceptor.accept_from(within(5s)).value().peer.endpoint() == current.local_endpoint().value());
}

TEST_CASE("a listener for IPv6 leaves IPv4 to others") {
    CHECK(tcp::listen({ipv6_address::any(), 0}).value().get<v6_only>().value());
    CHECK(support::share_a_port([] { return tcp::listen({ipv6_address::any(), 0}); },
                                [](port taken) { return tcp::listen({ipv4_address::any(), taken}); }));
    CHECK_FALSE(tcp::listen(port(0)).value().get<v6_only>().value());
}

TEST_CASE("a server that closed its connections first can listen again at once") {
    auto acceptor = server<tcp>();
    auto at = acceptor.local_endpoint().value();
    auto client = tcp::connect(at).value();
    auto peer = acceptor.accept().value();
    peer.close();
    char buffer[1];
    CHECK(client.read(buffer).value() == 0);
    client.close();    // now the server's end is in TIME_WAIT
    acceptor.close();
    CHECK(tcp::listen(at).has_value());
}

TEST_CASE_TEMPLATE("an address that is in use is refused", P, tcp, local::stream, local::seqpacket) {
    auto acceptor = server<P>();
    CHECK(P::listen(acceptor.local_endpoint().value()).error() == error(verb::bind, std::errc::address_in_use));
}

TEST_CASE_TEMPLATE("an acceptor that was moved from is empty, and everything on it is an error at once", P, LISTENERS) {
    auto owner = server<P>();
    auto twin = owner.duplicate().value();
    auto empty = std::move(owner);
    std::swap(owner, empty);
    stop_source source;
    auto expect = [](const auto& outcome) { CHECK(outcome.error() == std::errc::bad_file_descriptor); };
    expect(empty.accept());
    expect(empty.accept(within(1h)));
    expect(empty.accept_from(source.token()));
    expect(empty.shutdown());
    expect(empty.local_endpoint());
    expect(empty.duplicate());
    owner.close();
    auto client = P::connect(twin.local_endpoint().value()).value();    // its twin still listens
    CHECK(twin.accept(within(5s)).has_value());
}

TEST_CASE("the queue of a listener is as long as the system allows") {
    auto acceptor = server<tcp>();
    auto at = acceptor.local_endpoint().value();
    std::vector<tcp::socket> waiting;
    for (int i = 0; i < 200; ++i) waiting.push_back(tcp::connect(at, within(5s)).value());    // C's listen(s, 5) would not
    for (int i = 0; i < 200; ++i) CHECK(acceptor.accept(within(5s)).has_value());
}

TEST_CASE("several threads share one acceptor") {
    auto acceptor = server<tcp>();
    stop_source source;
    std::atomic<int> accepted = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            while (acceptor.accept(source.token())) ++accepted;
        });
    for (int i = 0; i < 100; ++i) (void)tcp::connect(acceptor.local_endpoint().value()).value();
    while (accepted < 100) std::this_thread::yield();
    source.request_stop();
    for (auto& one : threads) one.join();
    CHECK(accepted == 100);
}
