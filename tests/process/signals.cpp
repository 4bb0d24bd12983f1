// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/signals.hpp>

#include <plumb/process.hpp>
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "sanitized.hpp"
#include "signals.hpp"
#include "storm.hpp"

#include <atomic>
#include <ctime>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::action_of, support::same;

namespace {

constexpr auto one = signal_number::user_1, other = signal_number::user_2;

static_assert(std::is_move_constructible_v<signal_stop> && !std::is_copy_constructible_v<signal_stop>);

// Whether a reader waits in the kernel: the thread sleeps in a system call.
void wait_until_asleep(pid_t thread) {
    for (;;) {
        auto about = ::fopen(("/proc/self/task/" + std::to_string(thread) + "/stat").c_str(), "r");
        char text[256] = {};
        (void)!std::fread(text, 1, sizeof text - 1, about);
        std::fclose(about);
        if (std::string_view(text).find(") S ") != std::string_view::npos) return;
        std::this_thread::yield();
    }
}

// Sends this process a signal once the calling thread waits.
[[nodiscard]] std::jthread send_to_sleeper(signal_number number) {
    auto quiet = block_signals(signal_set::all());    // inherited: the signal is for the one that waits
    return std::jthread([number, sleeper = ::gettid()] {
        wait_until_asleep(sleeper);
        support::send_from_outside(number);
    });
}

}  // namespace

TEST_CASE("a function is called for a signal when its thread asks, and never inside the handler") {
    std::vector<signal_number> seen;
    auto handler = on_signal(one, [&](signal_number number) { seen.push_back(number); }).value();
    CHECK(handler.dispatch().empty());
    ::raise(SIGUSR1);
    CHECK(seen.empty());
    CHECK(handler.dispatch() == signal_set(one));
    CHECK(seen == std::vector{one});
    CHECK(handler.dispatch().empty());
}

TEST_CASE("signals merge: five that come before it is asked are one") {
    int calls = 0;
    auto handler = on_signal(one, [&] { ++calls; }).value();
    for (int i = 0; i < 5; ++i) ::raise(SIGUSR1);
    CHECK(handler.dispatch() == signal_set(one));
    CHECK(calls == 1);
}

TEST_CASE("one function may serve several signals, and is told which: never one that it was not registered for") {
    std::vector<signal_number> seen;
    auto handler = on_signal({other, one, signal_number::alarm}, [&](signal_number number) { seen.push_back(number); }).value();
    ::raise(SIGUSR2);
    ::raise(SIGALRM);
    ::raise(SIGUSR1);
    CHECK(handler.dispatch() == signal_set{one, other, signal_number::alarm});
    CHECK(seen == std::vector{one, other, signal_number::alarm});    // by number
}

TEST_CASE("handlers for different signals, and nested ones for the same, each have their own") {
    std::string seen;
    auto outer = on_signal(one, [&] { seen += 'o'; }).value();
    auto beside = on_signal(other, [&] { seen += 'b'; }).value();
    {
        auto inner = on_signal(one, [&] { seen += 'i'; }).value();
        ::raise(SIGUSR1);
        ::raise(SIGUSR2);
        CHECK(outer.dispatch().empty());
        CHECK_FALSE(inner.dispatch().empty());
        CHECK_FALSE(beside.dispatch().empty());
    }
    ::raise(SIGUSR1);
    CHECK_FALSE(outer.dispatch().empty());
    CHECK(seen == "ibo");
}

TEST_CASE("what the function throws comes through, and the signals after it are kept") {
    std::string seen;
    auto handler = on_signal({one, other}, [&](signal_number number) {
                       seen += number == one ? '1' : '2';
                       if (number == one) throw std::runtime_error("no");
                   }).value();
    ::raise(SIGUSR1);
    ::raise(SIGUSR2);
    CHECK_THROWS_AS((void)handler.dispatch(), std::runtime_error);
    CHECK(seen == "1");
    CHECK(handler.dispatch() == signal_set(other));
    CHECK(seen == "12");
}

TEST_CASE("a handler may be moved, and another may come and go on top of it") {
    int first = 0, second = 0;
    auto handler = on_signal(one, [&] { ++first; }).value();
    auto moved = std::move(handler);
    ::raise(SIGUSR1);
    CHECK(moved.dispatch() == signal_set(one));
    {
        auto inner = on_signal(one, [&] { ++second; }).value();
        ::raise(SIGUSR1);
        CHECK(inner.dispatch() == signal_set(one));
    }
    CHECK(first == 1);
    CHECK(second == 1);
}

TEST_CASE("a wait ends with a signal from another process, and calls the function in the thread that waits") {
    std::thread::id called_in;
    auto handler = on_signal(one, [&] { called_in = std::this_thread::get_id(); }).value();
    auto sender = send_to_sleeper(one);
    CHECK(handler.wait().value() == signal_set(one));
    CHECK(called_in == std::this_thread::get_id());
}

TEST_CASE("a signal that has come already ends a wait at once, even one that may not wait") {
    auto handler = on_signal(one, [] {}).value();
    ::raise(SIGUSR1);
    CHECK(handler.wait(within(0s)).value() == signal_set(one));
    CHECK(handler.wait(within(0s)).error() == condition::timed_out);
    CHECK(handler.wait(within(0s)).error().operation() == verb::signal);
}

TEST_CASE("a wait keeps its deadline under a storm of other signals") {
    auto handler = on_signal(one, [] {}).value();
    support::storm storm;
    auto start = os::native::now();
    CHECK(handler.wait(within(60ms)).error() == condition::timed_out);
    auto took = os::native::now() - start;
    CHECK(took >= 60ms);
    CHECK(took < 2s);
    CHECK(storm.count() > 0);
}

TEST_CASE("a wait ends when a stop is requested in another thread") {
    auto handler = on_signal(one, [] {}).value();
    stop_source source;
    std::jthread other_thread([&source, sleeper = ::gettid()] {
        wait_until_asleep(sleeper);
        source.request_stop();
    });
    CHECK(handler.wait(source.token()).error() == condition::cancelled);
}

TEST_CASE("the handle of a handler is readable when there is something to dispatch, and not afterwards") {
    auto handler = on_signal(one, [] {}).value();
    auto readable = [&] {
        os::watch watch{.target = handler.native_handle()};
        return os::native::wait(std::span(&watch, 1), os::native::now(), nullptr).value() == 1;
    };
    CHECK_FALSE(readable());
    ::raise(SIGUSR1);
    CHECK(readable());
    (void)handler.dispatch();
    CHECK_FALSE(readable());
}

TEST_CASE("a function may print and allocate, though signals come in the middle of allocations all the time") {
    std::size_t calls = 0;
    std::string text;
    auto handler = on_signal(signal_number::alarm, [&] {
                       text = std::string(1000 + calls % 100, 'x');
                       std::printf("%s", text.substr(0, 0).c_str());
                       ++calls;
                   }).value();
    itimerval each{{0, 500}, {0, 500}}, none{};
    ::setitimer(ITIMER_REAL, &each, nullptr);
    for (auto until = os::native::now() + 100ms; os::native::now() < until;) {
        for (std::size_t i = 0; i < 200; ++i) std::vector<char>(i * 10).swap(*std::vector<std::vector<char>>(1).begin());
        (void)handler.dispatch();
    }
    ::setitimer(ITIMER_REAL, &none, nullptr);
    CHECK(calls > 10);
}

TEST_CASE("neither fault nor unstoppable signal can be had, and nothing stays open") {
    auto open = support::count_descriptors();
    CHECK(on_signal(signal_number::kill, [] {}).error() == std::errc::invalid_argument);
    CHECK(on_signal(signal_number::segmentation_fault, [] {}).error() == std::errc::invalid_argument);
    CHECK(stop_on({signal_number::stop}).error().message() == "signal: Invalid argument");
    CHECK(ignore_signals(signal_number::kill).error() == std::errc::invalid_argument);
    CHECK(support::count_descriptors() == open);
}

TEST_CASE("ignored signals are ignored as long as that lives") {
    const auto before = action_of(one);
    {
        auto ignored = ignore_signals({one, other}).value();
        ::raise(SIGUSR1);    // would end us
        CHECK((action_of(other).sa_handler == SIG_IGN));
    }
    CHECK(same(before, action_of(one)));
}

TEST_CASE("a signal requests the stop, of a new source or of one that is given") {
    stop_source given;
    auto stop = stop_on({one, other}).value();
    auto of_given = stop_on(signal_number::alarm, given).value();
    auto token = stop.token();
    CHECK_FALSE(stop.stop_requested());
    ::raise(SIGUSR2);
    CHECK(stop.stop_requested());
    CHECK(token.stop_requested());
    CHECK(stop.came() == signal_set(other));
    ::raise(SIGUSR1);
    CHECK(stop.came() == signal_set{one, other});
    CHECK(of_given.came().empty());
    CHECK_FALSE(given.stop_requested());
    ::raise(SIGALRM);
    CHECK(given.stop_requested());
    CHECK(of_given.token().stop_requested());
}

TEST_CASE("after a stop's end the signal does what it did before, and the tokens still know") {
    const auto before = action_of(one);
    stop_token token;
    {
        auto stop = stop_on({one}).value();
        token = stop.token();
        ::raise(SIGUSR1);
    }
    CHECK(token.stop_requested());
    CHECK(same(before, action_of(one)));
    CHECK(support::in_child([] {
              ::signal(SIGTERM, SIG_DFL);
              { auto stop = stop_on({signal_number::terminate}).value(); }
              ::raise(SIGTERM);
              return "still there";
          }) == " (wait status 15)");
}

TEST_CASE("kill -TERM ends a blocking accept, read and sleep by a stop") {
    CHECK(support::in_child([]() -> std::string {
              auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
              auto client = tcp::connect(server.local_endpoint().value()).value();
              auto peer = server.accept().value();
              std::array<std::byte, 8> buffer;
              std::string ends;
              auto wait = [&](auto blocked) {
                  auto stop = stop_on({signal_number::interrupt, signal_number::terminate}).value();
                  std::jthread sender([us = ::getpid()] {
                      wait_until_asleep(us);
                      (void)!std::system(("kill -TERM " + std::to_string(us)).c_str());
                  });
                  ends += blocked(stop.token()) == condition::cancelled ? "cancelled " : "otherwise ";
              };
              wait([&](const stop_token& stop) { return server.accept(stop).error(); });
              wait([&](const stop_token& stop) { return peer.read(buffer, stop).error(); });
              wait([&](const stop_token& stop) { return tcp::sleep_for(1h, stop).error(); });
              return ends;
          }) == "cancelled cancelled cancelled ");
}

TEST_CASE("the end of a child neither interrupts an accept nor is reported as its failure") {
    int reaped = 0;
    auto children = on_signal(signal_number::child, [&] { while (::waitpid(-1, nullptr, WNOHANG) > 0) ++reaped; }).value();
    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    std::jthread other_thread([at = server.local_endpoint().value(), sleeper = ::gettid()] {
        wait_until_asleep(sleeper);
        for (int i = 0; i < 50; ++i)
            if (::fork() == 0) ::_exit(0);
        (void)tcp::connect(at).value();
    });
    CHECK(server.accept());
    while (reaped < 50) CHECK(children.wait(within(10s)));    // one signal may stand for many children
    CHECK(reaped == 50);
}

TEST_CASE("a copy that fork has made does not wake its parent") {
    auto handler = on_signal(one, [] {}).value();
    auto child = ::fork();
    if (child == 0) {
        ::raise(SIGUSR1);    // ends it
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    os::watch watch{.target = handler.native_handle()};
    CHECK(os::native::wait(std::span(&watch, 1), os::native::now(), nullptr).value() == 0);
    CHECK(handler.dispatch().empty());
}

TEST_CASE("a stop token goes on working in a child that process::fork has made, and none of it reaches the parent") {
    stop_source source;
    os::watch ours{.target = source.token().waker()->open().value()};
    auto child = process::fork([source, number = ours.target]() mutable {
                     int ends[2];    // what the parent waits on is closed here, and its number is something else
                     if (::pipe(ends) != 0) return 1;
                     auto reader = ::fcntl(ends[0], F_DUPFD, 100);
                     if (number != ends[1]) ::dup2(ends[1], number);
                     ::fcntl(reader, F_SETFL, O_NONBLOCK);
                     if (!sleep_for(60ms, source.token())) return 2;
                     if (std::clock() > CLOCKS_PER_SEC / 30) return 3;    // it slept
                     std::jthread later([&] { source.request_stop(); });
                     if (sleep_for(10s, source.token()).error() != condition::cancelled) return 4;
                     char none;
                     return ::read(reader, &none, 1) == -1 ? 0 : 5;    // nobody wrote there
                 }).value();
    CHECK(child.wait().value().code() == 0);
    CHECK(os::native::wait(std::span(&ours, 1), os::native::now(), nullptr).value() == 0);
    CHECK(sleep_for(1ms, source.token()));
    source.request_stop();
    CHECK(sleep_for(10s, source.token()).error() == condition::cancelled);
}

TEST_CASE("a child may claim signals though another thread was about to at the moment of the fork") {
    std::atomic over = false;
    std::jthread busy([&] {
        while (!over) (void)stop_on({one, other}).value();
    });
    for (int round = 0, last = 0; round < (support::is_sanitized ? 50 : 300) && last == 0; ++round) {
        auto child = process::fork([] {
            ::alarm(20);
            return stop_on(one).has_value();
        });
        last = child.value().wait().value().code();
        CHECK(last == 0);
    }
    over = true;
}

TEST_CASE("signals that come while many threads wait in calls make none of them fail") {
    int calls = 0;
    auto handler = on_signal(one, [&] { ++calls; }).value();
    std::vector<pipe_writer> writers;
    os::atomic<int> heard{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        auto ends = pipe().value();
        writers.push_back(std::move(ends.writer));
        threads.emplace_back([&heard, reader = std::move(ends.reader)]() mutable {
            std::array<std::byte, 1> buffer;
            heard.add(reader.read(buffer, within(60s)).has_value());
        });
    }
    auto quiet = block_signals(one);    // the threads handle it, not this one
    for (int i = 0; i < 200; ++i) {
        ::kill(::getpid(), SIGUSR1);
        if (!handler.wait(within(10s))) break;
    }
    for (auto& each : writers) each.write_all("x").value();
    threads.clear();
    CHECK(calls == 200);
    CHECK(heard.load() == 8);
}

TEST_CASE("sleeps and alarms keep their time under a storm of signals, with and without SA_RESTART") {
    auto keeps_time = [](auto wait) {
        auto start = os::native::now();
        auto well = wait();
        auto took = os::native::now() - start;
        return well && took >= 100ms && took < 1s;
    };
    auto sleep = [] { return sleep_for(100ms).has_value(); };
    auto alarm = [] { return alarm_clock::once(100ms).value().wait().has_value(); };
    {
        support::storm storm;
        CHECK(keeps_time(sleep));
        CHECK(keeps_time(alarm));
        CHECK(storm.count() > 0);
    }
    auto handler = on_signal(signal_number::alarm, [] {}).value();    // which is set with SA_RESTART
    itimerval each{{0, 1000}, {0, 1000}}, none{};
    ::setitimer(ITIMER_REAL, &each, nullptr);
    CHECK(keeps_time(sleep));
    CHECK(keeps_time(alarm));
    ::setitimer(ITIMER_REAL, &none, nullptr);
    CHECK_FALSE(handler.dispatch().empty());
}

TEST_CASE("the process's own alarm(2) and an alarm of ours know nothing of each other") {
    CHECK(::alarm(100) == 0);
    auto ours = alarm_clock::once(1ms).value();
    CHECK(ours.wait());
    CHECK_FALSE(support::is_pending(signal_number::alarm));
    CHECK(::alarm(0) > 90);
}

TEST_CASE("nothing is installed unasked: sockets, children, pipes, alarms and sleeps leave every action and the mask alone") {
    struct sigaction before[65];
    for (int number = 1; number <= 64; ++number) before[number] = action_of(static_cast<signal_number>(number));
    sigset_t mask_before, mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);

    auto server = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto client = tcp::connect(server.local_endpoint().value(), within(10s)).value();
    CHECK(server.accept(within(10s)));
    auto ends = pipe().value();
    ends.reader.close();
    CHECK(ends.writer.write("x").error() == std::errc::broken_pipe);
    CHECK(process::run({"cat"}, {.input = "heard"}).value().output == "heard");
    CHECK(process::fork([] { return 0; }).value().wait());
    CHECK(alarm_clock::once(1ms).value().wait());
    CHECK(sleep_for(1ms, within(10s)));

    for (int number = 1; number <= 64; ++number) CHECK(same(before[number], action_of(static_cast<signal_number>(number))));
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    for (int number = 1; number <= 64; ++number) CHECK(support::is_in(mask, number) == support::is_in(mask_before, number));
}
