// SPDX-License-Identifier: BSL-1.0
// What a machine says that has no port left: in a network of its own.
#include <plumb/loop/verbs.hpp>

#include <plumb/loop/async_message.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/socket/udp.hpp>

#include <doctest/doctest.h>

#include "in_loop.hpp"
#include "private_network.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

std::string told(const auto& outcome) { return outcome ? "ok" : outcome.error().message(); }

// What TCP and UDP say in a loop where connections come from ten ports, and all are taken.
task<std::string> without_a_port(loop& in) {
    auto server = tcp::listen({ipv4_address::loopback(), 7}).value();
    auto at = server.local_endpoint().value();
    std::vector<tcp::async_socket> taken;
    for (;;) {
        auto one = co_await tcp::connect(in, at, within(5s));
        if (!one) break;
        taken.push_back(*std::move(one));
    }
    auto text = std::to_string(taken.size());
    auto late = co_await tcp::connect(in, at, within(5s));
    text += "; " + told(late);
    std::vector<udp::socket> bound;
    while (auto one = udp::bind({ipv4_address::any(), 0})) bound.push_back(*std::move(one));
    text += "; " + told(udp::bind(in, {ipv4_address::any(), 0}));
    const endpoint to(ipv4_address::loopback(), 9);
    auto letters = in.attach(udp::open(family::ipv4).value()).value();
    auto sent = co_await letters.send_to("x", to, within(5s));
    text += "; " + told(sent);
    auto connected = co_await udp::connect(in, to, within(5s));
    text += "; " + told(connected);
    bound.pop_back();
    auto again = co_await letters.send_to("x", to, within(5s));
    co_return text + "; " + told(again);
}

}  // namespace

TEST_CASE("without a port left TCP and UDP say so, and neither waits for one") {
    support::need_private_network();
    for (auto on : support::every_driver) {
        auto answers = support::in_private_network({}, [on] {
            std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40000 40009";
            loop in(on);
            return in.current_driver() == on ? in.run(without_a_port(in)) : std::string("no such driver");
        });
        INFO("driver: ", std::string(name_of(on)));
        if (answers == "no such driver") continue;
        CHECK(answers ==
              "10; connect: Cannot assign requested address; bind: Address already in use; send: Cannot assign requested address; "
              "connect: Cannot assign requested address; ok");
    }
}
