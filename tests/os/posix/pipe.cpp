// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/pipe.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "old_kernel.hpp"
#include "storm.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

using pipes = os::native_pipes;

struct ends {
    std::array<os::handle, 2> both = pipes::pair().value();
    os::handle reader = both[0], writer = both[1];
    ends() = default;
    ends(const ends&) = delete;
    ~ends() {
        if (reader != os::none) pipes::close(reader);
        if (writer != os::none) pipes::close(writer);
    }
    void close_reader() { pipes::close(std::exchange(reader, os::none)); }
    void close_writer() { pipes::close(std::exchange(writer, os::none)); }
};

bool is_pending() {
    sigset_t pending;
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGPIPE) == 1;
}

// Everything that a pipe does which differs between kernels. Gives what did not hold, or nothing.
std::string all_of_it() {
    std::string wrong;
    auto must = [&](bool holds, const char* what) {
        if (!holds) wrong += std::string(what) + "; ";
    };
    {
        ends pipe;
        char text[8];
        must(pipes::read(pipe.reader, text, within(0s)).error() == condition::timed_out, "an empty pipe: time out at once");
        must(pipes::read(pipe.reader, text, within(5ms)).error() == condition::timed_out, "an empty pipe: time out");
        must(pipes::write(pipe.writer, "abc", within(1s)) == 3u, "a write with a deadline");
        std::array<bytes, 2> parts{bytes("de"), bytes("f")};
        auto taken = pipes::write(pipe.writer, parts, within(1s));
        must(taken == 3u || taken == 2u, "several buffers with a deadline");
        must(pipes::write(pipe.writer, parts) == 3u, "several buffers");
        std::array<mutable_bytes, 2> rooms{mutable_bytes(text, 2), mutable_bytes(text + 2, 2)};
        must(pipes::read(pipe.reader, rooms, within(1s)) == 4u && std::string(text, 4) == "abcd", "a scattered read");
        must(pipes::read(pipe.reader, mutable_bytes(text, 0), within(1s)) == 0u, "a read of nothing");
        must(pipes::read(pipe.reader, text, within(1s)) == *taken + 3 - 1, "the rest");
        must(pipes::write(pipe.writer, bytes(), within(1s)) == 0u, "a write of nothing");
        pipe.close_writer();
        must(pipes::read(pipe.reader, text, within(1s)) == 0u, "the end");
    }
    {
        ends pipe;
        std::string much(1 << 20, 'x');
        std::size_t all = 0;
        for (;;) {
            auto more = pipes::write(pipe.writer, much, within(0s));
            if (!more) {
                must(more.error() == error(verb::write, condition::timed_out), "a full pipe: time out");
                break;
            }
            all += *more;
        }
        must(all == pipes::capacity(pipe.writer).value(), "a write that does not wait fills the pipe");
        stop_source stop;
        stop.request_stop();
        must(pipes::write(pipe.writer, much, stop.token()).error() == condition::cancelled, "a full pipe: stop");
        std::string some(4096, ' ');
        must(pipes::read(pipe.reader, some, within(1s)) == 4096u, "a page of it");
        must(pipes::write(pipe.writer, much, within(5s)) == 4096u, "room for a page takes a page");
    }
    for (auto timed : {false, true}) {
        ends pipe;
        pipe.close_reader();
        auto outcome = timed ? pipes::write(pipe.writer, "x", within(1s)) : pipes::write(pipe.writer, "x");
        must(!outcome && outcome.error() == error(verb::write, std::errc::broken_pipe), "no reader: an error");
        must(!is_pending(), "no reader: no signal");
        std::array<bytes, 2> parts{bytes("de"), bytes("f")};
        auto gathered = timed ? pipes::write(pipe.writer, parts, within(1s)) : pipes::write(pipe.writer, parts);
        must(!gathered && gathered.error() == std::errc::broken_pipe, "no reader of several buffers: an error");
        must(!is_pending(), "no reader of several buffers: no signal");
    }
    {
        sigset_t only, before, after;
        ::sigemptyset(&only);
        ::sigaddset(&only, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &only, &before);
        ends pipe;
        pipe.close_reader();
        (void)pipes::write(pipe.writer, "x");
        must(!is_pending(), "the signal blocked: none is left behind");
        ::pthread_kill(::pthread_self(), SIGPIPE);
        (void)pipes::write(pipe.writer, "x");
        (void)pipes::write(pipe.writer, "x", within(1s));
        must(is_pending(), "what was pending before is pending still");
        timespec at_once{};
        ::sigtimedwait(&only, nullptr, &at_once);
        ::pthread_sigmask(SIG_SETMASK, &before, &after);
        must(::sigismember(&after, SIGPIPE) == 1, "the mask is as it was");
    }
    return wrong;
}

}  // namespace

TEST_CASE("on this kernel, and on older ones, pipes keep deadlines and raise no signal") {
    struct { std::uint32_t forgotten; const char* reason; } rows[] = {
        {0, "this kernel"},
        {0x100, "no RWF_NOSIGNAL: before 6.18"},
        {0x100 | RWF_NOWAIT, "nor RWF_NOWAIT on pipes: before 6.4"},
        {RWF_NOWAIT, "a pipe that is a name in a file system"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        CHECK(support::in_child([&] { return support::forget_flags(row.forgotten) ? all_of_it() : "no seccomp here"; }) == "");
    }
}

TEST_CASE("a reader that goes in the middle of a write ends it, and no signal is left, on every kernel") {
    for (std::uint32_t forgotten : {0u, 0x100u, 0x100u | RWF_NOWAIT})
        for (auto timed : {false, true}) {
            auto wrong = support::in_child([&]() -> std::string {
                if (!support::forget_flags(forgotten)) return "no seccomp here";
                ends pipe;
                std::thread reader([&] {
                    char some[4096];
                    (void)pipes::read(pipe.reader, some).value();
                    pipe.close_reader();
                });
                std::string much(1 << 20, 'x');
                std::size_t all = 0;
                result<std::size_t> last = 0;
                while (last) {
                    last = timed ? pipes::write(pipe.writer, much, within(20s)) : pipes::write(pipe.writer, much);
                    if (last) all += *last;
                }
                reader.join();
                if (is_pending()) return "a signal is pending";
                if (all < 4096 || all >= much.size()) return "took " + std::to_string(all);
                return last.error() == std::errc::broken_pipe ? "" : last.error().message();
            });
            CHECK(wrong == "");
        }
}

TEST_CASE("a storm of signals tears nothing, on every kernel") {
    for (std::uint32_t forgotten : {0u, 0x100u, 0x100u | RWF_NOWAIT})
        for (auto timed : {false, true}) {
            auto wrong = support::in_child([&]() -> std::string {
                if (!support::forget_flags(forgotten)) return "no seccomp here";
                ends pipe;
                std::string much(500'000, ' '), got;
                for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>('a' + i * i % 23);
                std::thread writer([&] {    // slowly, so that the reader waits as well
                    for (bytes left = much; !left.empty();) {
                        auto part = left.first(std::min<std::size_t>(left.size(), 20'000));
                        left = left.subspan((timed ? pipes::write(pipe.writer, part, within(20s)) : pipes::write(pipe.writer, part)).value());
                        ::usleep(500);
                    }
                    pipe.close_writer();
                });
                support::storm signals;
                std::string some(10'000, ' ');
                while (auto size = (timed ? pipes::read(pipe.reader, some, within(20s)) : pipes::read(pipe.reader, some)).value())
                    got.append(some, 0, size);
                writer.join();
                return got != much ? "torn" : support::storm::count() == 0 ? "no signal came" : "";
            });
            CHECK(wrong == "");
        }
}

TEST_CASE("no program that is started inherits an end, from its first moment") {
    ends pipe;
    auto twin = pipes::duplicate(pipe.reader).value();
    for (auto end : {pipe.reader, pipe.writer, twin}) CHECK((::fcntl(end, F_GETFD) & FD_CLOEXEC) != 0);
    pipes::close(twin);
}

TEST_CASE("a deadline leaves the pipe as blocking as it was, for everybody who has it") {
    ends pipe;
    char one[1];
    CHECK_FALSE(pipes::read(pipe.reader, one, within(1ms)));
    CHECK(pipes::write(pipe.writer, "x", within(1s)));
    for (auto end : {pipe.reader, pipe.writer}) CHECK((::fcntl(end, F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a named pipe that has lost its writer waits for the next one") {
    std::string path = "/tmp/plumb-fifo-" + std::to_string(::getpid());
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    auto reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    auto writer = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    CHECK(pipes::expect(reader, os::pipe_end::reader));
    CHECK(pipes::expect(writer, os::pipe_end::writer));
    auto both = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    CHECK(pipes::expect(both, os::pipe_end::reader).error() == condition::wrong_descriptor);
    pipes::close(both);
    char text[8];
    CHECK(pipes::read(reader, text, within(1ms)).error() == condition::timed_out);
    CHECK(pipes::write(writer, "again", within(1s)).value() == 5);
    CHECK(pipes::read(reader, text, within(1s)).value() == 5);
    pipes::close(reader);
    pipes::close(writer);
    ::unlink(path.c_str());
}

TEST_CASE("the capacity that was asked for is rounded up, and refused where there is more in the pipe") {
    ends pipe;
    CHECK(pipes::set_capacity(pipe.reader, 100'000).value() == 131'072);
    CHECK(pipes::capacity(pipe.writer).value() == 131'072);
    CHECK(pipes::set_capacity(pipe.writer, 1).value() == static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
    CHECK(pipes::write(pipe.writer, "x"));
    CHECK(pipes::set_capacity(pipe.writer, 65'536).value() == 65'536);
    CHECK(pipes::write(pipe.writer, std::string(50'000, 'x')));
    CHECK(pipes::set_capacity(pipe.writer, 4096).error() == error(verb::set, std::errc::device_or_resource_busy));
    CHECK(pipes::set_capacity(pipe.writer, std::size_t{1} << 40).error().operation() == verb::set);
}

TEST_CASE("more buffers than one call takes are taken as far as it goes") {
    ends pipe;
    std::vector<bytes> parts(1500, bytes("x"));
    CHECK(pipes::write(pipe.writer, parts).value() == 1024);
    CHECK(pipes::write(pipe.writer, parts, within(1s)).value() >= 1);
    std::string one(1500, ' ');
    std::vector<mutable_bytes> rooms;
    for (auto& c : one) rooms.emplace_back(&c, 1);
    CHECK(pipes::read(pipe.reader, rooms).value() == 1024);
}
