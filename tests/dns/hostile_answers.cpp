// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns.hpp>

#include <doctest/doctest.h>

#include "fake_name_server.hpp"
#include "private_network.hpp"
#include "threads.hpp"

#include <chrono>
#include <set>
#include <string>

// Every lookup here is answered by a name server of our own, in a network that holds nothing else.

using namespace plumb;
using namespace std::chrono_literals;

using support::count_threads;

namespace {

// Runs `inside` with the name server beside it.
template <class Inside>
std::string with_server(Inside inside) {
    support::need_private_network();
    return support::in_private_network({}, [&]() -> std::string {
        support::fake_name_server server;
        return server.on() ? inside() : "no server";
    });
}

// The error's message, or the canonical name and the endpoints, IPv4 first.
std::string outcome_of(const result<resolution>& found) {
    if (!found) return found.error().message();
    std::string text = found->canonical_name;
    for (const auto& place : std::set<endpoint>(found->begin(), found->end())) text += " " + to_string(place);
    return text;
}

std::string looked_up(std::string name) {
    return with_server([&] { return outcome_of(resolve(name, 80)); });
}

}  // namespace

TEST_CASE("each wrong answer of a name server has its own error") {
    struct {
        std::string name, outcome, reason;
    } rows[] = {
        {"good.test", "good.test 192.0.2.1:80 [2001:db8::1]:80", "the server works"},
        {"nxdomain.test", "resolve: Host not found", "no such name"},
        {"nodata.test", "resolve: The host has no address of this kind", "the name exists, without an address"},
        {"servfail.test", "resolve: Temporary failure in name resolution", "the server has a fault"},
        {"refused.test", "resolve: Temporary failure in name resolution", "the server does not want to"},
        {"silence.test", "resolve: Temporary failure in name resolution", "the server says nothing"},
        {"wrongid.test", "resolve: Temporary failure in name resolution", "an answer to somebody else's question"},
        {"cnameloop.test", "resolve: Host not found", "a name that is an alias of itself"},
        {"pointerloop.test", "resolve: Host not found", "a name compressed into itself"},
        {"badlength.test", "resolve: Host not found", "a record longer than the message"},
        {"cut.test", "resolve: Host not found", "a message that ends within a record"},
        {"v4only.test", "v4only.test 192.0.2.1:80", "one family is enough"},
        {"alias.test", "official.test 192.0.2.1:80 [2001:db8::1]:80", "the canonical name is the alias's target"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        CHECK(looked_up(row.name) == row.outcome);
    }
}

TEST_CASE("an answer of thousands of records is given whole") {
    auto report = with_server([] {
        auto found = resolve("many.test", 80);
        if (!found) return found.error().message();
        std::set<endpoint> distinct(found->begin(), found->end());
        return std::to_string(found->size()) + " " + std::to_string(distinct.size());
    });
    CHECK(report == "3900 3900");
}

TEST_CASE("a deadline holds while the resolver hangs, and the lookup left behind ends in peace") {
    auto report = with_server([]() -> std::string {
        auto alone = count_threads();
        auto start = os::native::now();
        auto found = resolve("silence.test", 80, within(200ms));
        auto took = os::native::now() - start;
        if (found || found.error() != condition::timed_out) return outcome_of(found);
        if (took < 200ms) return "too early";
        if (took > 900ms) return "too late";
        if (count_threads() != alone + 1) return "the lookup has no thread of its own";
        for (auto give_up = os::native::now() + 30s; count_threads() != alone;) {
            if (os::native::now() > give_up) return "the lookup never ended";
            os::native::sleep_until(os::native::now() + 10ms);
        }
        return os::native::now() - start > 900ms ? "timed out, and ended later" : "the resolver did not hang";
    });
    CHECK(report == "timed out, and ended later");
}

TEST_CASE("a stop ends a lookup that hangs") {
    auto report = with_server([]() -> std::string {
        stop_source source;
        auto stopper = os::native::thread::start([&] {
            os::native::sleep_until(os::native::now() + 100ms);
            source.request_stop();
        });
        auto start = os::native::now();
        auto found = resolve("silence.test", 80, source.token());
        if (os::native::now() - start > 900ms) return "too late";
        if (found || found.error() != condition::cancelled) return outcome_of(found);
        found = resolve("silence.test", 80, source.token(), within(10s));
        return found.error() == condition::cancelled ? "cancelled" : outcome_of(found);
    });
    CHECK(report == "cancelled");
}

TEST_CASE("a program may end while a lookup still hangs") {
    CHECK(with_server([] { return outcome_of(resolve("silence.test", 80, within(50ms))); }) == "resolve: The deadline passed");
}

TEST_CASE("a slow answer comes when the deadline allows it") {
    auto report = with_server([] {
        return outcome_of(resolve("slow.test", 80, ip_family::ipv4, within(20s)));
    });
    CHECK(report == "slow.test 192.0.2.1:80");
}

TEST_CASE("without a deadline no thread is made, as seen from outside") {
    auto report = with_server([]() -> std::string {
        auto alone = count_threads();
        auto slow = [](const auto&... limits) { return outcome_of(resolve("slow.test", 80, ip_family::ipv4, limits...)); };
        std::string text;
        auto without = support::most_threads_during([&] { text += slow() + "; "; });
        auto with = support::most_threads_during([&] { text += slow(within(20s)) + "; "; });
        return text + std::to_string(without - alone) + " " + std::to_string(with - alone);
    });
    CHECK(report == "slow.test 192.0.2.1:80; slow.test 192.0.2.1:80; 0 1");
}

TEST_CASE("every kind of lookup keeps its deadline") {
    auto report = with_server([]() -> std::string {
        auto names = aliases("silence.test", within(100ms));
        return names ? "an answer" : names.error().message();
    });
    CHECK(report == "resolve: The deadline passed");
}

TEST_CASE("aliases of a name server are told, and an address has its name") {
    auto report = with_server([]() -> std::string {
        auto host = aliases("alias.test").value();
        auto text = host.canonical_name;
        for (auto& name : host.aliases) text += " " + name;
        for (auto& address : host.addresses) text += " " + to_string(address);
        text += "; " + aliases(ipv4_address(192, 0, 2, 1)).value().canonical_name;
        text += "; " + reverse_resolve(ipv4_address(192, 0, 2, 1), within(10s)).value();
        text += "; " + reverse_resolve(endpoint(*ip_address::parse("2001:db8::1"), 4711)).value().service;
        return text;
    });
    CHECK(report == "official.test alias.test 192.0.2.1 2001:db8::1; named.test; named.test; 4711");
}
