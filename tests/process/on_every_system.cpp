// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process.hpp>
#include <plumb/stream/file.hpp>

#include <doctest/doctest.h>

#include "helper.hpp"

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

const std::string child = support::helper("child");

process started(std::initializer_list<std::string_view> words, spawn_options options = {}) { return process::spawn(words, options).value(); }

// One that runs until it is ended.
process endless(bool own_group = false) { return started({child, "wait"}, {.own_group = own_group}); }

}  // namespace

TEST_CASE("a status is asked for once and remembered") {
    auto one = started({child, "exit", "7"});
    CHECK(one.wait()->code() == 7);
    CHECK(one.wait(within(0s))->code() == 7);
    CHECK(one.try_wait().value()->code() == 7);
    CHECK(one.kill().error() == std::errc::no_such_process);
    CHECK(one.terminate().error() == std::errc::no_such_process);
}

TEST_CASE("a wait ends by its child, its deadline or a stop") {
    auto one = endless();
    CHECK_FALSE(one.try_wait()->has_value());
    auto start = os::native::now();
    CHECK(one.wait(within(30ms)).error() == condition::timed_out);
    CHECK(os::native::now() - start >= 30ms);
    stop_source source;
    std::thread other([&] { source.request_stop(); });
    CHECK(one.wait(source.token()).error() == condition::cancelled);
    other.join();
    CHECK(one.kill().has_value());
    auto status = one.wait(within(30s), source.token());
    CHECK((status ? status->code() == 137 : status.error() == condition::cancelled));
    CHECK(one.wait(within(30s))->code() == 137);
}

TEST_CASE("how a child was ended is told by the code that a shell would tell") {
    auto asked = endless();
    CHECK(asked.terminate().has_value());
    CHECK(asked.wait(within(30s))->code() == 143);
    auto killed = endless();
    CHECK(killed.kill().has_value());
    CHECK(killed.wait(within(30s))->code() == 137);
}

TEST_CASE("a group is ended as a whole, and only a group") {
    auto group = endless(true);
    CHECK(group.kill_tree().has_value());
    CHECK(group.wait(within(30s))->code() == 137);
    auto asked = endless(true);
    CHECK(asked.terminate_tree().has_value());
    CHECK(asked.wait(within(30s))->code() == 143);
    auto alone = endless();
    CHECK(alone.kill_tree().error() == std::errc::operation_not_permitted);
}

TEST_CASE("a group holds what its member starts") {
    auto group = started({child, "start"}, {.output = redirect::pipe, .own_group = true});
    char word[5];
    REQUIRE(group.output().read_exact(word).has_value());    // of what it has started
    CHECK(group.kill_tree().has_value());
    CHECK(group.output().read_to_end<std::string>(within(30s)).has_value());    // the grandchild held it open
}

TEST_CASE("whichever ends first is collected, until all have been") {
    std::vector<process> children;
    for (int i = 0; i < 3; ++i) children.push_back(endless());
    CHECK(process::wait_any(children, within(5ms)).error() == condition::timed_out);
    for (std::size_t one : {2u, 0u, 1u}) {
        CHECK(children[one].kill().has_value());
        CHECK(wait_any(children, within(30s)).value() == one);
        CHECK(children[one].wait()->code() == 137);
    }
    CHECK(wait_any(children).error() == std::errc::no_child_process);
}

TEST_CASE("more children than the system waits for at once are waited for all the same") {
    std::vector<process> children;
    for (int i = 0; i < 70; ++i) children.push_back(started({child, "cat"}, {.input = redirect::pipe}));
    CHECK(wait_any(children, within(1ms)).error() == condition::timed_out);
    children[66].input().close();
    CHECK(wait_any(children, within(30s)).value() == 66);
    for (auto& each : children) each.input().close();
    std::size_t ended = 1;
    while (wait_any(children, within(30s))) ++ended;
    CHECK(ended == 70);
    for (auto& each : children) CHECK(each.wait()->succeeded());
}

TEST_CASE("a child that runs ends with its owner") {
    auto [reader, writer] = pipe().value();
    { auto held = started({child, "wait"}, {.output = writer, .grace = within(50ms)}); }
    writer.close();
    CHECK(reader.read_to_end<std::string>(within(30s)).value() == "");    // the last one that could write is gone
}

TEST_CASE("a child that is detached runs on") {
    auto [ours, theirs] = duplex_pipe().value();
    auto detached = started({child, "cat"}, {.input = redirect::pipe, .output = theirs.writer()});
    theirs.close();
    auto talk = std::move(detached.input());
    detached.detach();
    CHECK(detached.wait().error() == std::errc::no_such_process);
    CHECK(talk.write_all("still there").has_value());
    talk.close();
    CHECK(ours.read_to_end<std::string>(within(30s)).value() == "still there");
    while (started({child, "exit", "0"}).wait()->succeeded() && support::is_running(detached.id().number())) {}
}

TEST_CASE("what is kept is found open, and a handle that is none is refused") {
    auto [reader, writer] = pipe().value();
    auto one = started({child, "exit", "0"}, {.keep = {writer}});
    CHECK(one.wait()->succeeded());
    CHECK(writer.write_all("mine").has_value());    // and still ours
    pipe_writer closed;
    CHECK_FALSE(process::spawn({child, "exit", "0"}, {.keep = {closed}}).has_value());
}

TEST_CASE("what is kept is found under its number by every child, though several threads start them at once") {
    auto path = std::filesystem::temp_directory_path() / ("plumb_kept_" + to_string(started({child, "exit", "0"}).id()));
    std::atomic silent = 0;
    {
        auto log = file::open(path.string(), file_mode::append).value();
        auto number = std::to_string(log.native_handle());
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                for (int round = 0; round < 15; ++round)
                    silent += process::spawn({child, "say", number}, {.keep = {log}}).value().wait().value().code();
            });
    }
    CHECK(silent.load() == 0);
    CHECK(std::filesystem::file_size(path) == 45);
    std::filesystem::remove(path);
}
