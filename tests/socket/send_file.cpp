// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "loopback.hpp"
#include "storm.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::connected, support::time_of, support::weather;

#define STREAMS tcp, local::stream, faulty<tcp>, faulty<local::stream>

namespace {

// A file of so many bytes that goes when the test does.
struct temporary {
    std::string path = "/tmp/plumb-send-XXXXXX", content;
    explicit temporary(std::size_t size) : content(size, ' ') {
        auto number = ::mkstemp(path.data());
        REQUIRE(number != -1);
        ::close(number);
        for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>('a' + i * i % 23);
        std::ofstream(path, std::ios::binary) << content;
    }
    temporary(const temporary&) = delete;
    ~temporary() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE_TEMPLATE("a whole file arrives, with limits and without", P, STREAMS) {
    for (auto size : {std::size_t{0}, std::size_t{1}, std::size_t{10} << 20}) {
        if (weather<P>::cuts() && size > 1) size = 300'000;    // by the thousand bytes
        temporary source(size);
        for (auto timed : {false, true}) {
            auto [ours, theirs] = connected<P>();
            std::thread other([&, &socket = ours] {
                weather<P> bad;
                auto sent = timed ? socket.send_file(source.path, within(30s)) : socket.send_file(source.path);
                CHECK(sent.value() == size);
                socket.shutdown(direction::write).value();
            });
            CHECK(theirs.template read_to_end<std::string>().value() == source.content);
            other.join();
        }
    }
}

TEST_CASE("a file is sent from where it stands, and stands at its end then") {
    temporary source(1000);
    for (auto timed : {false, true}) {
        auto [ours, theirs] = connected<tcp>();
        auto from = file::open(source.path).value();
        from.seek(900).value();
        CHECK((timed ? ours.send_file(from, within(5s)) : ours.send_file(from)).value() == 100);
        CHECK((timed ? ours.send_file(from, within(5s)) : ours.send_file(from)).value() == 0);
        ours.close();
        CHECK(theirs.read_to_end<std::string>().value() == source.content.substr(900));
    }
}

TEST_CASE("no more of a file is sent than was asked for") {
    temporary source(1000);
    for (auto timed : {false, true}) {
        auto [ours, theirs] = connected<tcp>();
        auto from = file::open(source.path).value();
        CHECK((timed ? ours.send_file(from, 300, within(5s)) : ours.send_file(from, 300)).value() == 300);
        CHECK((timed ? ours.send_file(from, 0, within(5s)) : ours.send_file(from, 0)).value() == 0);
        CHECK((timed ? ours.send_file(from, 900, within(5s)) : ours.send_file(from, 900)).value() == 700);
        ours.close();
        CHECK(theirs.read_to_end<std::string>().value() == source.content);
    }
}

TEST_CASE("what the kernel cannot send by itself is sent through a buffer") {
    auto [ours, theirs] = connected<tcp>();
    support::folder in;
    auto path = in / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::thread writer([&] {
        auto into = file::open(path, file_mode::append).value();
        into.write_all(std::string(200'000, 'p')).value();
    });
    std::thread reader([&, &socket = theirs] {
        auto all = socket.read_to_end<std::string>().value();
        CHECK(all.substr(0, 200'000) == std::string(200'000, 'p'));
        CHECK(all.find("MemTotal") != all.npos);
    });
    CHECK(ours.send_file(path).value() == 200'000);
    CHECK(ours.send_file("/proc/meminfo").value() > 100);    // a file without a size
    ours.close();
    writer.join();
    reader.join();
}

TEST_CASE("a file that cannot be read says why, as of send_file") {
    auto [ours, theirs] = connected<tcp>();
    CHECK(ours.send_file("/nowhere/at/all").error() == error(verb::send_file, std::errc::no_such_file_or_directory));
    CHECK(ours.send_file("/tmp").error() == error(verb::send_file, std::errc::is_a_directory));
    CHECK(ours.send_file("/tmp", within(1s)).error() == error(verb::send_file, std::errc::is_a_directory));
    CHECK(ours.send_file(std::string_view("/etc/passwd\0x", 13)).error() == std::errc::invalid_argument);
    file closed;
    CHECK(ours.send_file(closed).error() == error(verb::send_file, std::errc::bad_file_descriptor));
    CHECK(ours.write("x").has_value());
}

TEST_CASE_TEMPLATE("a reader that is gone is an error with the count, and no signal", P, tcp, local::stream) {
    temporary source(30 << 20);
    for (auto timed : {false, true}) {
        auto [ours, theirs] = connected<P>();
        std::thread other([&, &socket = theirs] {
            std::string some(100'000, ' ');
            CHECK(socket.read_exact(some).has_value());
            socket.close();
        });
        auto sent = timed ? ours.send_file(source.path, within(30s)) : ours.send_file(source.path);
        other.join();
        CHECK(sent.error().operation() == verb::send_file);
        CHECK((sent.error() == std::errc::broken_pipe || sent.error() == std::errc::connection_reset));
        CHECK(sent.error().detail() >= 100'000);
        CHECK(sent.error().detail() < source.content.size());
    }
}

TEST_CASE("a SIGPIPE that was pending before stays pending, and the mask stays as it was") {
    auto [ours, theirs] = connected<local::stream>();
    theirs.close();
    sigset_t only, before, pending;
    sigemptyset(&only);
    sigaddset(&only, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &only, &before);
    CHECK(ours.send_file("/etc/passwd").error() == std::errc::broken_pipe);
    ::sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 0);    // ours was taken away
    ::pthread_kill(::pthread_self(), SIGPIPE);
    CHECK(ours.send_file("/etc/passwd").error() == std::errc::broken_pipe);
    ::sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 1);    // this one is not ours
    timespec at_once{};
    CHECK(::sigtimedwait(&only, nullptr, &at_once) == SIGPIPE);
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, &before, &after);
    CHECK(sigismember(&after, SIGPIPE) == 1);
}

TEST_CASE_TEMPLATE("a reader that does not read ends it by the deadline or by a stop, with the true count", P, tcp, faulty<local::stream>) {
    temporary source(30 << 20);
    auto [ours, theirs] = connected<P>();
    auto cut = ours.send_file(source.path, within(100ms));
    CHECK(cut.error() == condition::timed_out);
    stop_source stop;
    stop.request_stop();
    auto stopped = ours.send_file(source.path, stop.token());
    CHECK(stopped.error() == condition::cancelled);
    ours.shutdown(direction::write).value();
    auto all = theirs.template read_to_end<std::string>().value();
    CHECK(all.size() == std::size_t{cut.error().detail()} + stopped.error().detail());
    CHECK(all.substr(0, cut.error().detail()) == source.content.substr(0, cut.error().detail()));
}

TEST_CASE("signals do not tear a file") {
    temporary source(8 << 20);
    auto [ours, theirs] = connected<local::stream>();
    std::string all;
    std::thread other([&, &socket = theirs] {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        std::string some(100'000, ' ');
        while (auto size = socket.read(some).value()) {
            all.append(some, 0, size);
            std::this_thread::sleep_for(1ms);
        }
    });
    support::storm signals;
    CHECK(ours.send_file(source.path).value() == source.content.size());
    ours.close();
    other.join();
    CHECK(all == source.content);
}
