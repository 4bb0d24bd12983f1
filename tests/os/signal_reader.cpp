// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/signal_reader.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "gate.hpp"
#include "signals.hpp"
#include "storm.hpp"

#include <fcntl.h>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::is_blocked, support::is_pending;

namespace {

constexpr auto one = signal_number::user_1, other = signal_number::user_2;

void queue(signal_number number, int value) {
    sigval with{.sival_int = value};
    ::sigqueue(::getpid(), support::native(number), with);
}

}  // namespace

TEST_CASE("signals are held back as long as a scope lives, and then come") {
    CHECK(support::in_child([]() -> std::string {
              static volatile std::sig_atomic_t came = 0;
              ::signal(SIGUSR1, [](int) { came = 1; });
              {
                  auto held_back = block_signals({one, other});
                  ::raise(SIGUSR1);
                  if (came || !is_pending(one) || !is_blocked(other)) return "not held back";
                  auto through = unblock_signals(other);
                  if (is_blocked(other) || !is_blocked(one)) return "not let through";
              }
              return came && !is_blocked(one) && !is_blocked(other) ? "came" : "lost";
          }) == "came");
}

TEST_CASE("scopes leave alone what was held back before") {
    auto outer = block_signals(one);
    {
        auto inner = block_signals({one, other});
        auto moved = std::move(inner);
        CHECK(is_blocked(other));
    }
    CHECK(is_blocked(one));
    CHECK_FALSE(is_blocked(other));
    { auto through = unblock_signals({one, other}); }
    CHECK(is_blocked(one));
    CHECK_FALSE(is_blocked(other));
}

TEST_CASE("a reader says which signal came, and who sent it with what") {
    auto reader = signal_reader::open({one, other}).value();
    auto sender = support::send_from_outside(other);
    auto told = reader.read().value();
    CHECK(told == signal_info{.number = other, .sender = sender, .user = ::getuid(), .value = 0, .code = SI_USER});
    queue(one, -4711);
    told = reader.read().value();
    CHECK(told == signal_info{.number = one, .sender = ::getpid(), .user = ::getuid(), .value = -4711, .code = SI_QUEUE});
}

TEST_CASE("of a child it says how that ended") {
    auto reader = signal_reader::open(signal_number::child).value();
    auto child = ::fork();
    if (child == 0) ::_exit(7);
    auto told = reader.read().value();
    CHECK(told == signal_info{.number = signal_number::child, .sender = child, .user = ::getuid(), .value = 7, .code = CLD_EXITED});
    ::waitpid(child, nullptr, 0);
}

TEST_CASE("signals merge, and real-time signals alone are queued") {
    auto queued = real_time_signal(1).value();
    auto reader = signal_reader::open({one, queued}).value();
    for (int i = 0; i < 5; ++i) {
        ::raise(SIGUSR1);
        queue(queued, i);
    }
    CHECK(reader.read().value().number == one);
    for (int i = 0; i < 5; ++i) {
        auto told = reader.read().value();
        CHECK(told.number == queued);
        CHECK(told.value == i);
    }
    CHECK(reader.read(within(0s)).error() == condition::timed_out);
}

TEST_CASE("a reader's handle is readable when a signal has come, and no program inherits it") {
    auto reader = signal_reader::open(one).value();
    CHECK((::fcntl(reader.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    auto readable = [&] {
        os::watch watch{.target = reader.native_handle()};
        return os::native::wait(std::span(&watch, 1), os::native::now(), nullptr).value() == 1;
    };
    CHECK_FALSE(readable());
    ::raise(SIGUSR1);
    CHECK(readable());
    CHECK(reader.read());
    CHECK_FALSE(readable());
}

TEST_CASE("a reader gives back mask and descriptor, however it ends") {
    auto open = support::count_descriptors();
    {
        auto reader = signal_reader::open(one).value();
        auto moved = std::move(reader);
        CHECK_FALSE(reader.is_open());
        CHECK(reader.read(within(0s)).error() == std::errc::bad_file_descriptor);
        CHECK(is_blocked(one));
        reader = std::move(moved);
        CHECK(is_blocked(one));
        reader = signal_reader::open(other).value();
        CHECK_FALSE(is_blocked(one));
        CHECK(is_blocked(other));
        reader.close();
        CHECK_FALSE(is_blocked(other));
        reader.close();
    }
    CHECK(support::count_descriptors() == open);
}

TEST_CASE("what cannot be waited for is refused, and nothing changes") {
    auto open = support::count_descriptors();
    CHECK(signal_reader::open({}).error() == std::errc::invalid_argument);
    CHECK(signal_reader::open({one, signal_number::kill}).error() == std::errc::invalid_argument);
    CHECK(wait_for_signal(signal_number::stop).error().message() == "signal: Invalid argument");
    CHECK_FALSE(is_blocked(one));
    CHECK(support::count_descriptors() == open);
}

TEST_CASE("no descriptor to be had is an error, and the mask is what it was") {
    CHECK(support::in_child([]() -> std::string {
              while (::dup(0) != -1) {}
              auto refused = signal_reader::open(one);
              if (refused) return "opened";
              return refused.error().message() + (is_blocked(one) ? ", blocked" : "");
          }) == "signal: Too many open files");
}

TEST_CASE("a wait for a signal keeps its deadline under a storm of others, and leaves the mask as it was") {
    support::storm storm;
    auto start = os::native::now();
    CHECK(wait_for_signal({one, other}, within(60ms)).error() == condition::timed_out);
    auto took = os::native::now() - start;
    CHECK(took >= 60ms);
    CHECK(took < 2s);
    CHECK(storm.count() > 0);
    CHECK_FALSE(is_blocked(one));
}

TEST_CASE("a wait for a signal ends with one that has come before and was held back") {
    auto held_back = block_signals(one);
    ::raise(SIGUSR1);
    CHECK(wait_for_signal({one, other}).value().number == one);
    CHECK_FALSE(is_pending(one));
}

TEST_CASE("a wait for a signal ends when a stop is requested") {
    stop_source source;
    std::jthread other_thread([&] { source.request_stop(); });
    CHECK(wait_for_signal(one, source.token(), within(1h)).error() == condition::cancelled);
}

TEST_CASE("of many threads the one that waits gets the signal, and the others hear nothing of it") {
    auto held_back = block_signals(one);    // inherited by all of them
    support::gate over;
    os::atomic<int> interrupted{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            over.pass();
            interrupted.add(is_pending(one));
        });
    std::jthread sender([] { support::send_from_outside(one); });
    CHECK(wait_for_signal(one).value().number == one);
    over.open();
    threads.clear();
    CHECK(interrupted.load() == 0);
}
