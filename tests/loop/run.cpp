// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/run.hpp>

#include <plumb/loop/together.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "helper.hpp"
#include "in_loop.hpp"
#include "pattern.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <sys/wait.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver;

namespace {

const std::string child = support::helper("child");

// Whether we have no child, not even one that nobody has collected.
[[nodiscard]] bool have_no_child() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

}  // namespace

TEST_CASE("a program is run to its end beside what else the loop does, and says how it was") {
    auto open = support::count_descriptors();
    on_every_driver([](loop& in) -> task<> {
        auto text = support::pattern(1 << 20);
        const command cat{child, "cat"}, exit{child, "exit", "7"}, fill{child, "fill", "100000", "200000"};
        const run_options options{.input = text};
        auto [echoed, ended, filled] = co_await when_all(process::run(in, cat, options), process::run(in, exit), process::run(in, fill));
        CHECK((echoed.value().output == text));
        CHECK(echoed->status.succeeded());
        CHECK(ended.value().status.code() == 7);
        CHECK((ended->output.empty() && ended->error.empty()));
        CHECK((filled.value().output.size() == 100'000 && filled->error.size() == 200'000));
        CHECK(have_no_child());
    });
    CHECK(support::count_descriptors() == open);
}

TEST_CASE("a program need not read what it is given, and what it has started need not end") {
    on_every_driver([](loop& in) -> task<> {
        auto much = support::pattern(3 << 20);
        const command deaf{child, "deaf"}, starter{"sh", "-c", "sleep 600 & echo $!"};
        const run_options options{.input = much};
        CHECK((co_await process::run(in, deaf, options)).value().output == "deaf");
        auto number = std::stoi((co_await process::run(in, starter)).value().output);
        CHECK(::kill(number, SIGKILL) == 0);    // it runs, and held the output open
    });
}

TEST_CASE("a program that does not end is killed by its limits and with who waits for it, and one that says too much as well") {
    auto open = support::count_descriptors();
    on_every_driver([](loop& in) -> task<> {
        stop_source stop;
        const command wait{child, "wait"}, fill{child, "fill", "10001", "0"}, pour{child, "pour", "100000000"};
        const run_options briefly{.timeout = within(5ms)}, stopped{.stop = stop.token()}, little{.most = 10'000}, enough{.most = 10'001};
        CHECK((co_await process::run(in, wait, briefly)).error() == error(verb::run, condition::timed_out));
        auto request = [&]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            stop.request_stop();
        };
        auto [ended, none] = co_await when_all(process::run(in, wait, stopped), request());
        CHECK(ended.error() == error(verb::run, condition::cancelled));
        auto [winner, gave] = co_await when_any(process::run(in, wait), in.sleep_for(1ms));
        CHECK(std::get<0>(gave).error() == error(verb::run, condition::cancelled));
        CHECK((co_await process::run(in, fill, little)).error() == error(verb::run, condition::too_long, 10'000));
        CHECK((co_await process::run(in, pour, little)).error() == error(verb::run, condition::too_long, 10'000));
        CHECK((co_await process::run(in, fill, enough)).value().output.size() == 10'001);
        {
            auto dropped = process::run(in, wait);
            dropped.start();
        }
        CHECK(have_no_child());
    });
    CHECK(support::count_descriptors() == open);
}

TEST_CASE("a program that cannot be started in a loop is an error of the start") {
    on_every_driver([](loop& in) -> task<> {
        const command nowhere{"plumb-no-such-program"}, nothing{};
        CHECK((co_await process::run(in, nowhere)).error().message() == "run: program: No such file or directory");
        CHECK((co_await process::run(in, nothing)).error() == std::errc::invalid_argument);
    });
}
