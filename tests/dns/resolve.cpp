// SPDX-License-Identifier: BSL-1.0
#include <plumb/dns/resolve.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "gate.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// A system whose resolver writes down what it is asked and answers what it was told to.
struct scripted : os::native {
    static inline std::vector<os::name_question> asked;
    static inline result<resolution> answer;

    static result<resolution> resolve(const os::name_question& question) {
        asked.push_back(question);
        return answer;
    }
};

// A system whose resolver hangs, and looks at what it was asked only after that.
struct late : os::native {
    static inline support::gate go_on, ended;
    static inline os::name_question seen;

    static result<resolution> resolve(const os::name_question& question) {
        go_on.pass();
        seen = question;
        ended.open();
        return failure(verb::resolve, lookup::try_again);
    }
};

void told(result<resolution> answer) {
    scripted::asked.clear();
    scripted::answer = std::move(answer);
}

const endpoint v4(ipv4_address(192, 0, 2, 1), 80), v6(*ip_address::parse("2001:db8::1"), 80);

}  // namespace

static_assert(os::name_system<scripted>);

TEST_CASE("an address with a port is answered without the resolver") {
    told(failure(verb::resolve, lookup::failed));
    for (std::string host : {"127.0.0.1", "::1", "fe80::1%3", "fe80::1%eth0", "::ffff:1.2.3.4", "255.255.255.255"}) {
        auto found = resolve<scripted>(host, "80", within(1s));
        REQUIRE(found);
        CHECK(found->endpoints == std::vector{endpoint(*ip_address::parse(host), 80)});
        CHECK(found->canonical_name == host);
    }
    CHECK(resolve<scripted>("[::1]:65535")->endpoints == std::vector{*endpoint::parse("[::1]:65535")});
    CHECK(resolve<scripted>("1.2.3.4", port())->endpoints == std::vector{*endpoint::parse("1.2.3.4:0")});
    CHECK(scripted::asked.empty());
}

TEST_CASE("an address with a service's name asks for the service alone, and stays as it was given") {
    told(resolution{{endpoint(*ip_address::parse("fe80::1"), 4711)}, ""});
    auto found = resolve<scripted>("fe80::1%eth0", "echo", transport::udp);
    REQUIRE(found);
    CHECK(to_string(found->endpoints.at(0)) == "[fe80::1%eth0]:4711");
    REQUIRE(scripted::asked.size() == 1);
    CHECK(scripted::asked[0].host == "fe80::1");
    CHECK(scripted::asked[0].service == "echo");
    CHECK(scripted::asked[0].over == transport::udp);
    told(failure(verb::resolve, lookup::service_not_found));
    CHECK(resolve<scripted>("127.0.0.1", "nosuch").error() == lookup::service_not_found);
    told(resolution{});
    CHECK(resolve<scripted>("127.0.0.1", "nosuch").error() == lookup::service_not_found);
}

TEST_CASE("an address of the other family is no address") {
    CHECK(resolve("127.0.0.1", "80", ip_family::ipv6).error() == error(verb::resolve, lookup::no_address));
    CHECK(resolve("::1", "80", ip_family::ipv4).error() == error(verb::resolve, lookup::no_address));
    CHECK(resolve("::ffff:1.2.3.4", "80", ip_family::ipv6));
    CHECK(resolve("127.0.0.1", "80", ip_family::ipv4));
}

TEST_CASE("what is no name and no port never reaches the resolver") {
    told(resolution{{v4}, "asked"});
    for (auto& host : {""s, "127.1"s, "0x7f.1"s, "010.0.0.1"s, "2130706433"s, "host\0evil"s, "1.2.3.4\0x"s, "[::1]"s, "fe80::1%"s,
                       "fe80::1%4294967296"s, std::string(64, 'a'), std::string(254, 'a'), std::string(153'600, '.')}) {
        CAPTURE(host.substr(0, 70));
        CHECK(resolve<scripted>(host, "80", within(1s)).error() == error(verb::resolve, lookup::invalid_name));
    }
    for (auto& service : {""s, "65536"s, "65616"s, "4294967376"s, "+80"s, " 80"s, "80 "s, "080"s, "http\0"s, "80\0"s})
        for (auto host : {"example.com", "127.0.0.1"})
            CHECK(resolve<scripted>(host, service).error() == condition::invalid_text);
    CHECK(resolve<scripted>("example.com").error() == error(verb::resolve, condition::invalid_text, 11));
    CHECK(resolve<scripted>("::1:80").error() == error(verb::resolve, condition::invalid_text, 0));
    CHECK(scripted::asked.empty());
}

TEST_CASE("the resolver is asked what was asked, whatever the order of the options") {
    told(resolution{{v4}, ""});
    CHECK(resolve<scripted>("example.com", "http"));
    CHECK(resolve<scripted>("example.com:81", ip_family::ipv6, within(20s), transport::udp));
    CHECK(resolve<scripted>("example.com", 82, stop_source().token(), ip_family::ipv4));
    REQUIRE(scripted::asked.size() == 3);
    CHECK(scripted::asked[0].host == "example.com");
    CHECK(scripted::asked[0].service == "http");
    CHECK(scripted::asked[0].family == ip_family::any);
    CHECK(scripted::asked[0].over == transport::tcp);
    CHECK(scripted::asked[1].service == "81");
    CHECK(scripted::asked[1].family == ip_family::ipv6);
    CHECK(scripted::asked[1].over == transport::udp);
    CHECK(scripted::asked[2].service == "82");
    CHECK(scripted::asked[2].family == ip_family::ipv4);
}

TEST_CASE("an endpoint that the resolver repeats is there once, in its first place") {
    told(resolution{{v6, v4, v6, v4, v4}, "official"});
    auto found = resolve<scripted>("example.com", "80").value();
    CHECK(found.endpoints == std::vector{v6, v4});
    CHECK(found.size() == 2);
    CHECK(!found.empty());
    CHECK(found.canonical_name == "official");
    std::vector<endpoint> ranged;
    for (const auto& place : found) ranged.push_back(place);
    CHECK(ranged == found.endpoints);
}

TEST_CASE("an answer without addresses is an error, and without a name has the one that was asked for") {
    told(resolution{{}, "official"});
    CHECK(resolve<scripted>("example.com", "80").error() == lookup::no_address);
    told(resolution{{v4}, ""});
    CHECK(resolve<scripted>("example.com", "80")->canonical_name == "example.com");
}

TEST_CASE("a lookup left behind keeps what it was asked, whatever became of the caller's text") {
    auto before = support::count_descriptors();
    auto host = "a-name-that-is-longer-than-a-short-string.example"s;
    CHECK(resolve<late>(host, "a-service-of-some-length", within(20ms)).error() == condition::timed_out);
    host.assign(host.size(), 'x');
    late::go_on.open();
    late::ended.pass();
    CHECK(late::seen.host == "a-name-that-is-longer-than-a-short-string.example");
    CHECK(late::seen.service == "a-service-of-some-length");
    while (support::count_descriptors() > before) {}    // until it has ended altogether
}

TEST_CASE("localhost is this machine, on the kernel's own resolver") {
    for (auto found : {resolve("localhost", "80"), resolve("localhost", 80, within(20s)), resolve("localhost:80", stop_source().token())}) {
        REQUIRE(found);
        for (const auto& place : *found) {
            CHECK(place.address().is_loopback());
            CHECK(place.port().number() == 80);
        }
    }
    CHECK(resolve("localhost", 80, ip_family::ipv4)->endpoints == std::vector{endpoint(ipv4_address::loopback(), 80)});
}
