// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/resolve.hpp>

#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "gate.hpp"
#include "in_loop.hpp"

#include <array>
#include <atomic>
#include <chrono>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

std::atomic<support::gate*> answering = nullptr;    // one that is left behind may ask late

// Names are looked up when the test lets them.
struct slow_names : os::native {
    [[nodiscard]] static result<resolution> resolve(const os::name_question& question) {
        answering.load()->pass();
        return os::native::resolve(question);
    }
};

}  // namespace

TEST_CASE("a host is looked up beside what else the loop does") {
    on_every_driver([](loop& in) -> task<> {
        support::gate gate;
        answering = &gate;
        auto open = [&]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            gate.open();
        };
        auto [found, none] = co_await all_of(resolve<slow_names>(in, "localhost", "80", ip_family::ipv4), open());
        CHECK(found.value().endpoints.front() == endpoint(ipv4_address::loopback(), 80));
        CHECK((co_await resolve(in, "::1", "80")).value().endpoints.front() == endpoint(ipv6_address::loopback(), 80));
        CHECK((co_await resolve(in, "no host", "80")).error() == lookup::invalid_name);
    });
}

TEST_CASE("a lookup that hangs is left behind when its deadline passes or a stop comes, and ends by itself") {
    on_every_driver([](loop& in) -> task<> {
        // What is left behind may pass it when the test is over.
        static auto& gates = *new std::array<support::gate, std::size(support::every_driver)>;
        static std::size_t round = 0;
        auto& gate = gates[round++];
        answering = &gate;
        auto before = support::count_descriptors();
        CHECK((co_await resolve<slow_names>(in, "localhost", "80", within(2ms))).error() == error(verb::resolve, condition::timed_out));
        stop_source source;
        source.request_stop();
        CHECK((co_await resolve<slow_names>(in, "localhost", "80", source.token())).error() == error(verb::resolve, condition::cancelled));
        gate.open();
        while (support::count_descriptors() > before) (co_await in.sleep_for(1ms)).value();    // what a lookup holds goes with it
    });
}
