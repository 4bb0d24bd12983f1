// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/wait_readable.hpp>

#include <plumb/process/alarm_clock.hpp>
#include <plumb/process/pipe.hpp>

#include <doctest/doctest.h>

#include "storm.hpp"

#include <thread>

using namespace plumb;
using namespace std::chrono_literals;

TEST_CASE("of several handles it says the first that has something to read, or has ended") {
    auto [quiet_reader, quiet_writer] = pipe().value();
    auto [reader, writer] = pipe().value();
    auto never = alarm_clock::once(1h).value();
    auto wait = [&] { return wait_readable({never.native_handle(), quiet_reader.native_handle(), reader.native_handle()}); };
    writer.write_all("x").value();
    CHECK(wait().value() == 2);
    quiet_writer.close();
    CHECK(wait().value() == 1);
    never = alarm_clock::once(0s).value();
    CHECK(wait().value() == 0);
}

TEST_CASE("it keeps its deadline under a storm of signals, and ends by a stop") {
    auto never = alarm_clock::once(1h).value();
    {
        support::storm storm;
        auto start = os::native::now();
        CHECK(wait_readable({never.native_handle()}, within(50ms)).error() == condition::timed_out);
        CHECK(os::native::now() - start >= 50ms);
        CHECK(storm.count() > 0);
    }
    stop_source source;
    std::jthread other([&] { source.request_stop(); });
    CHECK(wait_readable({never.native_handle()}, source.token()).error() == condition::cancelled);
}

TEST_CASE("what is there already is seen even without time to wait, and what is closed is an error") {
    auto once = alarm_clock::at(os::native::now()).value();
    CHECK(wait_readable({once.native_handle()}, within(0s)).value() == 0);
    CHECK(wait_readable({os::none}).error() == std::errc::bad_file_descriptor);
}
