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
    [[nodiscard]] static result<host_and_service> reverse(const endpoint& place, transport over) {
        answering.load()->pass();
        return os::native::reverse(place, over);
    }
    [[nodiscard]] static result<host_aliases> aliases(const auto&... asked) {
        answering.load()->pass();
        return os::native::aliases(asked...);
    }
};

const endpoint here{ipv4_address::loopback(), 80};

}  // namespace

TEST_CASE("a host is looked up beside what else the loop does") {
    on_every_driver([](loop& in) -> task<> {
        support::gate gate;
        answering = &gate;
        auto open = [&]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            gate.open();
        };
        auto [found, none] = co_await when_all(resolve<slow_names>(in, "localhost", "80", ip_family::ipv4), open());
        CHECK(found.value().endpoints.front() == endpoint(ipv4_address::loopback(), 80));
        CHECK((co_await resolve(in, "::1", "80")).value().endpoints.front() == endpoint(ipv6_address::loopback(), 80));
        CHECK((co_await resolve(in, "no host", "80")).error() == lookup::invalid_name);
    });
}

TEST_CASE("a host is looked up in all the forms of the blocking resolve") {
    on_every_driver([](loop& in) -> task<> {
        CHECK((co_await resolve(in, "localhost", here.port(), ip_family::ipv4, within(10s))).value().endpoints.front() == here);
        CHECK((co_await resolve(in, "localhost:80", ip_family::ipv4)).value().endpoints.front() == here);
        CHECK((co_await resolve(in, "[::1]:80")).value().endpoints.front() == endpoint(ipv6_address::loopback(), 80));
        CHECK((co_await resolve(in, "localhost")).error() == error(verb::resolve, condition::invalid_text, 9));
        CHECK((co_await resolve(in, "127.0.0.1", here.port(), ip_family::ipv6)).error() == lookup::no_address);
    });
}

TEST_CASE("an address is looked up, and all the names of a host, as the blocking verbs do, beside what else the loop does") {
    on_every_driver([](loop& in) -> task<> {
        support::gate gate;
        answering = &gate;
        auto open = [&]() -> task<> {
            (co_await in.sleep_for(2ms)).value();
            gate.open();
        };
        auto [names, none] = co_await when_all(reverse_resolve<slow_names>(in, here, transport::tcp), open());
        CHECK(names.value().host == reverse_resolve(here).value().host);
        CHECK(names->service == reverse_resolve(here).value().service);
        CHECK((co_await reverse_resolve(in, here.address(), within(10s))).value() == names->host);
        auto known = co_await aliases<slow_names>(in, "localhost", ip_family::ipv4);
        CHECK(known.value().addresses == aliases("localhost", ip_family::ipv4).value().addresses);
        CHECK((co_await aliases(in, here.address())).value().canonical_name == aliases(here.address()).value().canonical_name);
        CHECK((co_await aliases(in, "127.0.0.1", within(10s))).value().canonical_name == aliases("127.0.0.1").value().canonical_name);
        CHECK((co_await aliases(in, "no host")).error() == lookup::invalid_name);
        CHECK((co_await aliases(in, "127.0.0.1", ip_family::ipv6)).error() == error(verb::reverse_resolve, lookup::no_address));
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
        CHECK((co_await reverse_resolve<slow_names>(in, here, within(2ms))).error() == error(verb::reverse_resolve, condition::timed_out));
        CHECK((co_await aliases<slow_names>(in, "localhost", within(2ms))).error() == error(verb::resolve, condition::timed_out));
        stop_source source;
        source.request_stop();
        CHECK((co_await resolve<slow_names>(in, "localhost", "80", source.token())).error() == error(verb::resolve, condition::cancelled));
        CHECK((co_await reverse_resolve<slow_names>(in, here.address(), source.token())).error() == error(verb::reverse_resolve, condition::cancelled));
        {
            auto dropped = reverse_resolve<slow_names>(in, here);
            dropped.start();
        }
        gate.open();
        while (support::count_descriptors() > before) (co_await in.sleep_for(1ms)).value();    // what a lookup holds goes with it
    });
}
