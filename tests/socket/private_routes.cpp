// SPDX-License-Identifier: BSL-1.0
// What a network says that cannot be reached, and what a machine says that has no port left: in a network of its own.
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "private_network.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

std::string in_network(const std::function<std::string()>& inside) {
    static const bool allowed = (support::need_private_network(), true);
    (void)allowed;
    return support::in_private_network({}, inside);
}

bool run(const char* command) { return std::system(command) == 0; }

std::string told(const auto& outcome) { return outcome ? "ok" : outcome.error().message(); }

void set_port_range(const char* range) { std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << range; }

}  // namespace

TEST_CASE("each way in which a network cannot be reached is an error of its own") {
    struct row {
        const char* route;
        endpoint to;
        const char* says;
    };
    const row rows[] = {
        {"ip route add unreachable 10.9.1.0/24", {ipv4_address(10, 9, 1, 1), 80}, "connect: No route to host"},
        {"ip route add prohibit 10.9.2.0/24", {ipv4_address(10, 9, 2, 1), 80}, "connect: Permission denied"},
        {"ip route add blackhole 10.9.3.0/24", {ipv4_address(10, 9, 3, 1), 80}, "connect: Invalid argument"},
        {"true", {ipv4_address(10, 9, 4, 1), 80}, "connect: Network is unreachable"},    // no route at all
    };
    for (auto& row : rows) {
        auto answers = in_network([&] {
            if (!run(row.route)) return std::string("no route");
            return told(tcp::connect(row.to)) + "; " + told(tcp::connect(row.to, within(5s))) + "; " + told(udp::connect(row.to));
        });
        CHECK(answers == std::string(row.says) + "; " + row.says + "; " + row.says);
    }
}

TEST_CASE("a network that swallows everything is left at the deadline, with nothing open") {
    auto answers = in_network([] {
        if (!run("ip link add quiet type veth peer name other && ip addr add 10.9.5.1/24 dev quiet && ip link set quiet up && "
                 "ip link set other up && ip neigh add 10.9.5.2 lladdr 02:00:00:00:00:02 dev quiet")) return std::string("no device");
        endpoint silent(ipv4_address(10, 9, 5, 2), 80);
        auto first = tcp::open(family::ipv4).value().native_handle();
        auto before = tcp::now();
        auto text = told(tcp::connect(silent, within(100ms)));
        auto took = tcp::now() - before;
        if (took < 100ms || took > 1s) text += " at the wrong time";
        if (tcp::open(family::ipv4).value().native_handle() != first) text += " and something open";
        return text;
    });
    CHECK(answers == "connect: The deadline passed");
}

TEST_CASE("without a port left TCP and UDP say so, and neither waits") {
    auto answers = in_network([] {
        set_port_range("40000 40009");
        auto server = tcp::listen({ipv4_address::loopback(), 7}).value();
        auto at = server.local_endpoint().value();
        std::vector<tcp::socket> taken;
        while (auto one = tcp::connect(at)) taken.push_back(*std::move(one));
        std::string text = std::to_string(taken.size()) + "; " + told(tcp::connect(at)) + "; " + told(tcp::connect(at, within(5s)));
        std::vector<udp::socket> bound;
        while (auto one = udp::bind({ipv4_address::any(), 0})) bound.push_back(*std::move(one));
        text += "; " + std::to_string(bound.size()) + "; " + told(udp::bind({ipv4_address::any(), 0}));
        auto late = udp::open(family::ipv4).value();
        text += "; " + told(late.send_to("x", {ipv4_address::loopback(), 9}));
        text += "; " + told(late.send_to("x", {ipv4_address::loopback(), 9}, within(5s)));
        text += "; " + told(udp::connect({ipv4_address::loopback(), 9}));
        text += "; " + told(udp::connect({ipv4_address::loopback(), 9}, within(5s)));
        bound.pop_back();
        text += "; " + told(late.send_to("x", {ipv4_address::loopback(), 9}));
        return text;
    });
    CHECK(answers ==
          "10; connect: Cannot assign requested address; connect: Cannot assign requested address; "
          "10; bind: Address already in use; send: Cannot assign requested address; send: Cannot assign requested address; "
          "connect: Cannot assign requested address; connect: Cannot assign requested address; ok");
}

TEST_CASE("a connection to a free port of the range that connections come from never reaches itself") {
    auto answers = in_network([] {
        set_port_range("40000 40003");
        int itself = 0;
        for (int i = 0; i < 200; ++i) {
            endpoint at(ipv4_address::loopback(), *port::from(40000 + i % 4));
            auto outcome = i % 8 < 4 ? tcp::connect(at) : tcp::connect(at, within(5s));
            if (outcome) return std::string("connected with itself");
            if (outcome.error() != std::errc::connection_refused) return told(outcome);
            itself += outcome.error() == condition::self_connected;
        }
        return std::string(itself > 0 ? "refused" : "it never came to that");
    });
    CHECK(answers == "refused");
}
