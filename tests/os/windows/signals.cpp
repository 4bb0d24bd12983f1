// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/windows/signals.hpp>

#include <plumb/process/signals.hpp>
#include <plumb/process/sleep.hpp>

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

// Has the system tell this program of an event, in a thread of the system's. With a console of its own it is the only one told.
bool raise_interrupt() {
    ::FreeConsole();
    return ::AllocConsole() && ::GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
}

// Tells it as the system does, and says whether somebody listened.
bool tell(DWORD event) {
    BOOL heard = FALSE;
    std::thread([&] { heard = os::native_signals::handler(event); }).join();
    return heard;
}

constexpr auto interrupt = signal_number::interrupt, control_break = signal_number::control_break;

}  // namespace

TEST_CASE("Ctrl-C comes to the handler, in the thread that waits, and then to the stop inside of it") {
    std::thread::id called_in;
    auto handler = on_signal(interrupt, [&] { called_in = std::this_thread::get_id(); }).value();
    REQUIRE(raise_interrupt());
    CHECK(handler.wait(within(10s)).value() == signal_set(interrupt));
    CHECK(called_in == std::this_thread::get_id());

    auto stop = stop_on({interrupt, signal_number::terminate}).value();
    REQUIRE(raise_interrupt());
    CHECK(sleep_for(10s, stop.token()).error() == condition::cancelled);
    CHECK(stop.came() == signal_set(interrupt));
    CHECK(handler.dispatch().empty());
}

TEST_CASE("an event is heard while somebody listens to it, and goes on to others when nobody does") {
    CHECK_FALSE(tell(CTRL_BREAK_EVENT));
    {
        std::string seen;
        auto outer = on_signal(control_break, [&] { seen += 'o'; }).value();
        auto inner = on_signal({control_break, interrupt}, [&](signal_number) { seen += 'i'; }).value();
        CHECK(tell(CTRL_BREAK_EVENT));
        CHECK(outer.dispatch().empty());
        CHECK(inner.dispatch() == signal_set(control_break));
        CHECK(seen == "i");
    }
    CHECK_FALSE(tell(CTRL_BREAK_EVENT));
}

TEST_CASE("ignored events are heard, and nothing comes of it") {
    auto handler = on_signal(control_break, [] {}).value();
    {
        auto ignored = ignore_signals({control_break, interrupt}).value();
        CHECK(tell(CTRL_BREAK_EVENT));
        CHECK(handler.dispatch().empty());
    }
    CHECK(tell(CTRL_BREAK_EVENT));
    CHECK(handler.dispatch() == signal_set(control_break));
    CHECK_FALSE(tell(CTRL_C_EVENT));
}

TEST_CASE("a program that is told of its end is given its time: the system's thread does not come back") {
    for (DWORD event : {CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT}) {
        auto stop = stop_on({signal_number::terminate}).value();
        auto teller = os::native_threads::thread::start([event] {
            os::native_signals::handler(event);
            std::abort();
        }).value();
        teller.detach();
        CHECK(sleep_for(10s, stop.token()).error() == condition::cancelled);
    }
}

TEST_CASE("what no console tells is refused") {
    CHECK(on_signal(static_cast<signal_number>(9), [] {}).error() == std::errc::invalid_argument);
    CHECK(ignore_signals({interrupt, static_cast<signal_number>(64)}).error().operation() == verb::signal);
    CHECK_FALSE(tell(CTRL_C_EVENT));
}
