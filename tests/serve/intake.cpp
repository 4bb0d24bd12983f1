// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "loopback.hpp"
#include "serving.hpp"

#include <ctime>
#include <sys/resource.h>

// The accept policy that all servers share, seen through the plainest of them.

using namespace plumb;
using namespace std::chrono_literals;
using serve::happening;
using support::client_of, support::listener, support::time_of;

TEST_CASE("pauses begin with 5 ms and double up to a second; a success begins anew") {
    detail::backoff pause;
    for (auto wanted : {5ms, 10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms, 1000ms}) CHECK(pause.next() == wanted);
    pause.reset();
    CHECK(pause.next() == 5ms);
}

TEST_CASE("every error of an accept but those of the acceptor itself is survived; those of a dead connection are not even told") {
    auto server = listener<faulty<tcp>>();
    auto client = client_of(server);
    fault_plan plan{
        fault::failed(faulty_call::accept, std::errc::too_many_files_open).on(1),
        fault::failed(faulty_call::accept, std::errc::connection_aborted).on(2),
        fault::failed(faulty_call::accept, std::errc::too_many_files_open_in_system).on(3),
        fault::failed(faulty_call::accept, std::errc::network_down).on(4),
        fault::failed(faulty_call::accept, std::errc::no_buffer_space).on(5),
        fault::failed(faulty_call::accept, std::errc::interrupted).on(6),
        fault::failed(faulty_call::accept, std::errc::not_enough_memory).on(7),
        fault::failed(faulty_call::accept, std::errc::operation_not_permitted).on(8),    // a firewall: accept(2)
        fault::failed(faulty_call::accept, std::errc::host_unreachable).on(9),
        fault::failed(faulty_call::accept, std::errc::owner_dead).on(10),                // no system gives this
    };
    std::vector<std::string> heard;
    auto took = time_of([&] {
        auto report = serve::sequential(server, [](faulty<tcp>::socket) {}, {.end_after = 1, .observer = [&](const serve::event& told) {
            if (told.what == happening::starved) heard.push_back(told.cause.message());
        }}).value();
        CHECK(report.accepted == 1);
    });
    CHECK(took >= 5ms + 10ms + 20ms + 40ms + 80ms + 160ms);
    CHECK(heard == std::vector<std::string>{"accept: Too many open files", "accept: Too many open files in system",
                                            "accept: No buffer space available", "accept: Cannot allocate memory",
                                            "accept: Operation not permitted", "accept: Owner died"});
}

TEST_CASE("without a descriptor left a server neither spins nor ends, and serves as soon as there is one") {
    for (auto stoppable : {false, true})
        CHECK(support::in_child([&] {
            auto server = listener<tcp>();
            auto first = client_of(server), second = client_of(server);
            rlimit plenty{};
            ::getrlimit(RLIMIT_NOFILE, &plenty);
            stop_source stop;
            auto starved = 0;
            auto take_the_rest = [&](tcp::socket peer) {    // so that there is none for the second
                auto most = plenty;
                most.rlim_cur = static_cast<rlim_t>(peer.native_handle());
                ::setrlimit(RLIMIT_NOFILE, &most);
            };
            auto spent = ::clock();
            auto took = time_of([&] {
                (void)serve::sequential(server, take_the_rest,
                    {.end_after = 2, .stop = stoppable ? stop.token() : stop_token(), .observer = [&](const serve::event& told) {
                        starved += told.what == happening::starved && told.cause == std::errc::too_many_files_open;
                        if (starved == 6) ::setrlimit(RLIMIT_NOFILE, &plenty);
                    }});
            });
            ::setrlimit(RLIMIT_NOFILE, &plenty);
            auto busy = std::chrono::duration<double>(static_cast<double>(::clock() - spent) / CLOCKS_PER_SEC);
            return std::to_string(starved) + (busy < 0.05 * took ? ", idle" : ", busy") + (took >= 315ms ? ", paused" : ", at once");
        }) == "6, idle, paused");
}

TEST_CASE("a stop ends a pause") {
    auto server = listener<faulty<tcp>>();
    fault_plan plan{fault::failed(faulty_call::accept, std::errc::too_many_files_open).every(1)};
    stop_source stop;
    auto starved = 0;
    std::jthread other;
    auto took = time_of([&] {
        auto report = serve::sequential(server, [](faulty<tcp>::socket) {}, {.stop = stop.token(), .observer = [&](const serve::event&) {
            if (++starved == 9) other = std::jthread([&] { stop.request_stop(); });    // before a pause of a second
        }}).value();
        CHECK(report.why == serve::ending::stopped);
    });
    CHECK(starved == 9);
    CHECK(took < 1275ms + 950ms);
}
