// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/pipe.hpp>
#include <plumb/process/process.hpp>
#include <plumb/stream/buffered.hpp>
#include <plumb/stream/file.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "sanitized.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

process_status ended(result<process> started) { return started.value().wait().value(); }

// A pipe whose read end tells what a child has written.
struct witness {
    int ends[2];
    witness() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
    ~witness() {
        ::close(ends[0]);
        if (ends[1] != -1) ::close(ends[1]);
    }
    os::handle native_handle() const { return ends[1]; }
    std::string heard() {
        ::close(std::exchange(ends[1], -1));
        std::string text;
        char chunk[4096];
        for (ssize_t size; (size = ::read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(size));
        return text;
    }
};

bool say(int to, std::string_view text) { return ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size()); }

// Runs the function in a child whose error output comes back as text.
template <class Function>
std::pair<process_status, std::string> with_errors(Function function) {
    witness errors;
    auto status = ended(process::fork({.keep = {errors}}, [&] {
        ::dup2(errors.native_handle(), STDERR_FILENO);
        return function();
    }));
    return {status, errors.heard()};
}

file opened_null() { return file::open("/dev/null", file_mode::update).value(); }

}  // namespace

TEST_CASE("a child ends with what its function gives") {
    CHECK(ended(process::fork([] {})).code() == 0);
    CHECK(ended(process::fork([] { return true; })).code() == 0);
    CHECK(ended(process::fork([] { return false; })).code() == 1);
    for (int code : {0, 1, 127, 128, 255}) CHECK(ended(process::fork([=] { return code; })).code() == code);
    for (int code : {256, 512, -1, -256, 1 << 30}) CHECK(ended(process::fork([=] { return code; })).code() == 255);    // never 0
    CHECK(ended(process::fork([] { return process_status(os::ending{.code = 9}); })).code() == 9);
    CHECK(ended(process::fork([] { return process_status(os::ending{.signal = SIGTERM}); })).code() == 143);
    CHECK(ended(process::fork([] { return result<void>(); })).code() == 0);
    CHECK(ended(process::fork([] { return result<int>(5); })).code() == 5);
}

TEST_CASE("an error and an exception are an exit code and a line that says why") {
    auto [failed, why] = with_errors([]() -> result<void> { return failure(verb::bind, std::errc::address_in_use); });
    CHECK(failed.code() == 1);
    CHECK(why == "bind: Address already in use\n");
    auto [thrown, what] = with_errors([]() -> int { throw std::runtime_error("out of tea"); });
    CHECK(thrown.code() == 1);
    CHECK(what == "out of tea\n");
    auto [odd, said] = with_errors([]() -> int { throw 42; });
    CHECK(odd.code() == 1);
    CHECK(said == "an exception of unknown type\n");
    auto [uncaught, sentence] = with_errors([] { (void)file::open("/no/such").value(); });
    CHECK(uncaught.code() == 1);
    CHECK(sentence == "open: No such file or directory\n");
}

TEST_CASE("a child never comes back into its caller, runs no exit handler and no destructor outside of its function") {
    witness heard;
    auto mine = ::getpid();
    struct talker {
        int to;
        ~talker() { say(to, "destroyed "); }
    } outside{heard.native_handle()};
    {
        static int ear;
        ear = heard.native_handle();
        std::atexit([] { say(ear, "at exit "); });
    }
    auto started = process::fork({.keep = {heard}}, [&] { say(heard.native_handle(), "run "); });
    REQUIRE(::getpid() == mine);
    CHECK(started.value().wait()->code() == 0);
    CHECK(heard.heard() == "run ");
    outside.to = -1;
}

TEST_CASE("what is moved in is open in the child, and closed here") {
    auto given = opened_null();
    auto number = given.native_handle();
    auto status = ended(process::fork([](file mine, int expected) {
        return mine.native_handle() == expected && mine.write("x").value() == 1;
    }, std::move(given), number));
    CHECK(status.succeeded());
    CHECK_FALSE(given.is_open());
    CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("the child has what it was given and no other descriptor of ours, with close-on-exec or without") {
    int leaks[2];
    REQUIRE(::pipe(leaks) == 0);    // without close-on-exec
    auto high = ::fcntl(leaks[0], F_DUPFD, 900);
    auto kept = opened_null(), given = opened_null(), other = opened_null();
    witness list;
    std::string expected;
    for (auto& [number, target] : support::open_descriptors())
        if (number <= 2 || number == kept.native_handle() || number == given.native_handle() || number == list.native_handle())
            expected += std::to_string(number) + " ";
    auto status = ended(process::fork({.keep = {kept, list}}, [&](const file&) {
        for (auto& [number, target] : support::open_descriptors()) say(list.native_handle(), std::to_string(number) + " ");
    }, std::move(given)));
    CHECK(status.succeeded());
    CHECK(list.heard() == expected);
    for (int one : {leaks[0], leaks[1], high}) ::close(one);
}

TEST_CASE("a stream that is captured, by reference or by value, is closed in the child: hand it over") {
    auto ours = opened_null();
    auto by_reference = ended(process::fork([&] { return ours.write("x").error() == std::errc::bad_file_descriptor; }));
    CHECK(by_reference.succeeded());
    CHECK(ours.write("x").value() == 1);    // and open here
    auto status = ended(process::fork([held = std::move(ours)]() mutable {
        return held.write("x").error() == std::errc::bad_file_descriptor;
    }));
    CHECK(status.succeeded());
}

TEST_CASE("streams made of other streams are handed over whole, and data go along") {
    auto [ours, theirs] = duplex_pipe().value();
    auto child = process::fork([](duplex_end peer, std::string greeting) {
        buffered lines(std::move(peer));
        greeting += lines.read_line().value();
        return lines.write_all(greeting);
    }, std::move(theirs), std::string("hello, ")).value();
    REQUIRE(ours.write_all("child\n").has_value());
    CHECK(ours.read_to_end<std::string>().value() == "hello, child");
    CHECK(child.wait()->succeeded());

    auto [reader, writer] = pipe().value();
    auto sum = process::fork([](buffered<pipe_reader> lines) {
        return static_cast<int>(lines.read_line()->size() + lines.read_line()->size());
    }, buffered(std::move(reader))).value();
    REQUIRE(writer.write_all("one\ntwenty\n").has_value());
    CHECK(sum.wait()->code() == 9);

    auto [left, right] = duplex_pipe().value();
    right.writer().close();    // half of it is closed already
    left.reader().close();
    CHECK(ended(process::fork([](duplex_end half) { return half.read_to_end<std::string>().value() == "all"; }, [&] {
        REQUIRE(left.write_all("all").has_value());
        left.close();
        return std::move(right);
    }())).succeeded());
}

TEST_CASE("a handle to keep that is none is an error, and nothing is started") {
    file closed;
    CHECK(process::fork({.keep = {closed}}, [] {}).error() == std::errc::bad_file_descriptor);
    CHECK(process::fork([](const file&) {}, file()).error().message() == "fork: Bad file descriptor");
}

TEST_CASE("what stdio has buffered is written once") {
    witness heard;
    auto stream = ::fdopen(::dup(heard.native_handle()), "w");
    std::fputs("once ", stream);    // in the buffer of both processes
    CHECK(ended(process::fork([] {})).succeeded());
    std::fclose(stream);
    CHECK(heard.heard() == "once ");
}

TEST_CASE("a child starts with no signal blocked, handled or ignored, unless that is asked for") {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto ignored = ::signal(SIGPIPE, SIG_IGN);
    auto handled = ::signal(SIGUSR2, [](int) {});
    auto seen = [] {
        sigset_t now;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
        struct sigaction pipe, user;
        ::sigaction(SIGPIPE, nullptr, &pipe);
        ::sigaction(SIGUSR2, nullptr, &user);
        return ::sigismember(&now, SIGUSR1) + 2 * (pipe.sa_handler == SIG_IGN) + 4 * (user.sa_handler != SIG_DFL);
    };
    CHECK(ended(process::fork(seen)).code() == 0);
    CHECK(ended(process::fork({.inherit_signals = true}, seen)).code() == 7);
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    CHECK(::sigismember(&after, SIGUSR1) == 1);    // ours is as it was
    CHECK(::sigismember(&after, SIGTERM) == 0);
    ::signal(SIGPIPE, ignored);
    ::signal(SIGUSR2, handled);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a child of a program with many threads allocates, prints and starts children of its own") {
    std::vector<std::thread> busy;
    os::atomic<bool> over{false};
    for (int i = 0; i < 4; ++i)
        busy.emplace_back([&] {
            while (!over.load()) {
                std::vector<std::string> churn(64, std::string(200, 'x'));
                std::fflush(nullptr);
            }
        });
    for (int round = 0; round < (support::is_sanitized ? 3 : 20); ++round) {
        auto status = ended(process::fork([] {
            std::vector<std::string> mine(100, std::string(1000, 'y'));
            return ended(process::fork([&] { return static_cast<int>(mine.size()); })).code();
        }));
        CHECK(status.code() == 100);
    }
    over.store(true);
    for (auto& each : busy) each.join();
}

TEST_CASE("a failing start is an error of the parent, and nobody takes it for a child") {
    auto status = ended(process::fork([] {
        rlimit none{0, 0};
        if (::setuid(65534) != 0 && ::getuid() == 0) return 77;
        ::setrlimit(RLIMIT_NPROC, &none);
        auto refused = process::fork([] {});
        return refused || refused.error() != std::errc::resource_unavailable_try_again ? 1 : 0;
    }));
    CHECK(status.code() == 0);
}
