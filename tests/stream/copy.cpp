// SPDX-License-Identifier: BSL-1.0
#include <plumb/process.hpp>
#include <plumb/socket.hpp>
#include <plumb/stream.hpp>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "loopback.hpp"
#include "pattern.hpp"
#include "storm.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::connected, support::pattern, support::folder;

namespace {

// Something that gives a text, fed by a thread of its own where it must be, and then calls on what is to take it.
void from_each(const std::string& text, auto take) {
    folder at;
    {
        INFO("from a file");
        auto from = file::open(at.put("from", text)).value();
        take(from);
    }
    auto fed = [&](auto& into, auto& from) {
        std::thread feeder([&] {
            into.write_all(text).value();
            into.close();
        });
        take(from);
        feeder.join();
    };
    {
        INFO("from a pipe");
        auto [reader, writer] = pipe().value();
        fed(writer, reader);
    }
    {
        INFO("from a connection");
        auto [ours, theirs] = connected<tcp>();
        fed(theirs, ours);
    }
    {
        INFO("from a local connection");
        auto [ours, theirs] = connected<local::stream>();
        fed(theirs, ours);
    }
    {
        INFO("from a buffered pipe");
        auto [reader, writer] = pipe().value();
        buffered kept(std::move(reader));
        fed(writer, kept);
    }
    {
        INFO("from memory");
        memory_stream from(text, 10'000);
        take(from);
    }
}

// Something that takes a text, drained by a thread of its own where it must be; `give` fills it and says how.
void into_each(const std::string& text, auto give) {
    folder at;
    {
        INFO("into a file");
        auto to = file::open(at / "to", file_mode::create).value();
        give(to);
        CHECK((at.get("to") == text));
    }
    {
        INFO("into the end of a file");
        at.put("log", "before ");
        auto to = file::open(at / "log", file_mode::append).value();
        give(to);
        CHECK((at.get("log") == "before " + text));
    }
    auto drained = [&](auto& to, auto& from) {
        std::string got;
        std::thread drain([&] { got = from.template read_to_end<std::string>().value(); });
        give(to);
        to.close();
        drain.join();
        CHECK((got == text));
    };
    {
        INFO("into a pipe");
        auto [reader, writer] = pipe().value();
        drained(writer, reader);
    }
    {
        INFO("into a connection");
        auto [ours, theirs] = connected<tcp>();
        drained(ours, theirs);
    }
    {
        INFO("into a local connection");
        auto [ours, theirs] = connected<local::stream>();
        drained(ours, theirs);
    }
    {
        INFO("into memory");
        memory_stream to({}, 7777);
        give(to);
        CHECK((to.written().text() == text));
    }
}

// A connection with something about it: its bytes are not the kernel's alone.
struct counting : tcp::socket {
    std::size_t read_calls = 0, write_calls = 0;
    explicit counting(tcp::socket&& inner) : tcp::socket(std::move(inner)) {}
    result<std::size_t> read(mutable_bytes into, const limit auto&... limits) {
        ++read_calls;
        return tcp::socket::read(into, limits...);
    }
    result<std::size_t> write(bytes from, const limit auto&... limits) {
        ++write_calls;
        return tcp::socket::write(from, limits...);
    }
};

template <class Stream>
concept of_the_kernel = requires { typename kernel_stream<Stream>::system; };

// A clock that the test turns.
struct turned {
    static inline instant time{};
    static instant now() noexcept { return time; }
};

}  // namespace

TEST_CASE("every stream is copied into every other, with limits and without") {
    auto text = pattern(300'000);
    for (auto timed : {false, true})
        from_each(text, [&](auto& from) {
            memory_stream through;    // once around, and then on from the copy
            auto size = timed ? copy(from, through, within(20s)) : copy(from, through);
            CHECK(size.value() == text.size());
            CHECK((through.written().text() == text));
        });
    for (auto timed : {false, true})
        into_each(text, [&](auto& to) {
            folder at;
            auto from = file::open(at.put("from", text)).value();
            CHECK((timed ? copy(from, to, within(20s)) : copy(from, to)).value() == text.size());
        });
    for (auto timed : {false, true})
        into_each(text, [&](auto& to) {
            from_each(text.substr(0, 0), [&](auto& nothing) { CHECK(copy(nothing, to).value() == 0); });
            auto [reader, writer] = pipe().value();
            std::thread feeder([&text, in = std::move(writer)]() mutable { in.write_all(text).value(); });
            CHECK((timed ? copy(reader, to, within(20s)) : copy(reader, to)).value() == text.size());
            feeder.join();
        });
    for (auto timed : {false, true})
        into_each(text, [&](auto& to) {
            auto [ours, theirs] = connected<tcp>();
            std::thread feeder([&text, in = std::move(theirs)]() mutable { in.write_all(text).value(); });
            CHECK((timed ? copy(ours, to, within(20s)) : copy(ours, to)).value() == text.size());
            feeder.join();
        });
}

TEST_CASE("much of a file is copied right through every change of the way") {
    std::string text;
    for (char number = 1; number <= 72; ++number) text.append(1 << 20, number);
    folder at;
    auto from = file::open(at.put("from", text)).value();
    auto [ours, theirs] = connected<tcp>();
    std::string got;
    std::thread drain([&, &end = theirs] { got = end.read_to_end<std::string>().value(); });
    CHECK(copy(from, ours).value() == text.size());
    ours.close();
    drain.join();
    CHECK((got == text));
}

TEST_CASE("no more is copied than was asked for, and the rest is still to be read") {
    auto text = pattern(10'000);
    from_each(text, [&](auto& from) {
        folder at;
        auto to = file::open(at / "to", file_mode::create).value();
        CHECK(copy(from, to, 0).value() == 0);
        CHECK(copy(from, to, 4000).value() == 4000);
        CHECK(copy(from, to, 2000, within(20s)).value() == 2000);
        CHECK(copy(from, to, 9000).value() == 4000);
        CHECK((at.get("to") == text));
    });
}

TEST_CASE("temporary streams can be copied") {
    folder at;
    CHECK(copy(file::open(at.put("a", "text")).value(), file::open(at / "b", file_mode::create).value()).value() == 4);
    CHECK(at.get("b") == "text");
    CHECK(copy(file::open("/dev/zero").value(), file::open(at / "c", file_mode::create).value(), 5).value() == 5);
    CHECK(at.get("c") == std::string(5, '\0'));
    CHECK(copy(file::open("/proc/self/status").value(), file::open(at / "d", file_mode::create).value()).value() > 100);
    CHECK(at.get("d").starts_with("Name:"));
}

TEST_CASE("what wraps a connection is read and written, whatever it derives from") {
    auto [ours, theirs] = connected<tcp>();
    counting to(std::move(ours));
    folder at;
    auto from = file::open(at.put("from", pattern(100'000))).value();
    CHECK(copy(from, to).value() == 100'000);
    CHECK(to.write_calls >= 2);
    static_assert(of_the_kernel<tcp::socket> && !of_the_kernel<counting> && !of_the_kernel<buffered<tcp::socket>>);
    to.close();
    counting back(std::move(theirs));
    auto into = file::open(at / "to", file_mode::create).value();
    CHECK(copy(back, into).value() == 100'000);
    CHECK(back.read_calls >= 2);
}

TEST_CASE("a file goes into a connection by the kernel alone, unless there are limits that it could not keep") {
    folder at;
    at.put("from", pattern(200'000));
    for (auto timed : {false, true}) {
        auto [ours, theirs] = connected<traced<tcp>>();
        auto from = file::open(at / "from").value();
        call_trace trace;
        CHECK((timed ? copy(from, ours, within(20s)) : copy(from, ours)).value() == 200'000);
        CHECK((trace.count("transfer") == 0) == timed);
        CHECK((trace.count("send") == 0) == !timed);
        CHECK((timed ? ours.send_file(at / "from", within(20s)) : ours.send_file(at / "from")).value() == 200'000);
    }
}

TEST_CASE("one connection goes into another by the kernel alone, and through the program where there is no descriptor for a pipe") {
    auto text = pattern(200'000);
    for (auto most : {true, false}) {
        auto [from, feeding] = connected<traced<local::stream>>();
        auto [to, draining] = connected<traced<local::stream>>();
        std::thread feeder([&text, in = std::move(feeding)]() mutable { in.write_all(text).value(); });
        std::string got;
        std::thread drain([&got, out = std::move(draining)]() mutable { got = out.read_to_end<std::string>().value(); });
        rlimit before, none{0, 0};
        ::getrlimit(RLIMIT_NOFILE, &before);
        none.rlim_max = before.rlim_max;
        if (!most) ::setrlimit(RLIMIT_NOFILE, &none);
        call_trace trace;
        CHECK(copy(from, to).value() == text.size());
        ::setrlimit(RLIMIT_NOFILE, &before);
        CHECK((trace.count("transfer") > 0) == most);
        CHECK((trace.count("receive") == 0) == most);
        to.close();
        drain.join();
        feeder.join();
        CHECK((got == text));
    }
}

TEST_CASE("streams that somebody made non-blocking are copied all the same") {
    auto text = pattern(1 << 20);
    folder at;
    at.put("from", text);
    auto non_blocking = [](auto& stream) { ::fcntl(stream.native_handle(), F_SETFL, ::fcntl(stream.native_handle(), F_GETFL) | O_NONBLOCK); };
    into_each(text, [&](auto& to) {
        if constexpr (requires { to.native_handle(); }) non_blocking(to);
        auto from = file::open(at / "from").value();
        CHECK(copy(from, to).value() == text.size());
    });
    into_each(text, [&](auto& to) {
        auto [ours, theirs] = connected<local::stream>();
        non_blocking(ours);
        std::thread feeder([&text, in = std::move(theirs)]() mutable { in.write_all(text).value(); });
        CHECK(copy(ours, to).value() == text.size());
        feeder.join();
    });
}

TEST_CASE("a deadline in the middle tells the count, and nothing is lost that can be kept") {
    folder at;
    auto text = pattern(20 << 20);
    at.put("from", text);
    auto [reader, writer] = pipe().value();
    auto [ours, theirs] = connected<tcp>();
    auto from = file::open(at / "from").value();
    auto into_pipe = copy(from, writer, within(20ms));
    CHECK(into_pipe.error() == error(verb::copy, condition::timed_out, into_pipe.error().detail()));
    auto into_socket = copy(from, ours, within(20ms));
    CHECK(into_socket.error() == condition::timed_out);
    std::uint64_t moved = into_pipe.error().detail() + std::uint64_t{into_socket.error().detail()};
    CHECK(moved > 65'536);
    std::string next(100, ' ');
    from.read_exact(next).value();
    CHECK(next == text.substr(moved, 100));    // the file stands where the copies ended
    writer.close();
    CHECK((reader.read_to_end<std::string>().value() == text.substr(0, into_pipe.error().detail())));

    memory_stream memory(text);
    buffered kept(std::move(memory));
    auto cut = copy(kept, ours, within(20ms));
    CHECK(cut.error() == condition::timed_out);
    kept.read_exact(next).value();
    CHECK(next == text.substr(cut.error().detail(), 100));
}

TEST_CASE("an idle source ends by the deadline or by a stop, whatever the pair") {
    folder at;
    auto [reader, writer] = pipe().value();
    auto [ours, theirs] = connected<tcp>();
    auto to = file::open(at / "to", file_mode::create).value();
    auto [other, target] = pipe().value();
    memory_stream memory;
    stop_source stop;
    stop.request_stop();
    auto idle = [&](auto& from, auto& into) {
        CHECK(copy(from, into, within(5ms)).error() == error(verb::copy, condition::timed_out));
        CHECK(copy(from, into, stop.token()).error() == error(verb::copy, condition::cancelled));
    };
    idle(reader, to);
    idle(reader, target);
    idle(reader, ours);
    idle(reader, memory);
    idle(ours, target);
    idle(ours, to);
    idle(ours, theirs);
    writer.write_all("abc").value();
    auto some = copy(reader, target, within(20ms));
    CHECK(some.error() == error(verb::copy, condition::timed_out, 3));
    std::thread later([&] { stop.request_stop(); });
    later.join();
}

TEST_CASE("a reader that is gone is an error with the count, and no signal, by every way") {
    folder at;
    at.put("from", pattern(8 << 20));
    auto gone = [&](auto& to, auto& reader, const auto&... limits) {
        auto from = file::open(at / "from").value();
        std::thread other([&] {
            std::string some(100'000, ' ');
            CHECK(reader.read_exact(some).has_value());
            reader.close();
        });
        auto outcome = copy(from, to, limits...);
        other.join();
        CHECK(outcome.error().operation() == verb::copy);
        CHECK((outcome.error() == std::errc::broken_pipe || outcome.error() == std::errc::connection_reset));
        CHECK(outcome.error().detail() >= 100'000);
        CHECK(outcome.error().detail() < 8 << 20);
    };
    {
        auto [reader, writer] = pipe().value();
        gone(writer, reader);
    }
    {
        auto [reader, writer] = pipe().value();
        gone(writer, reader, within(20s));
    }
    {
        auto [ours, theirs] = connected<tcp>();
        gone(ours, theirs);
    }
    {
        auto [ours, theirs] = connected<local::stream>();
        gone(ours, theirs, within(20s));
    }
    sigset_t pending;
    ::sigpending(&pending);
    CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("a stream that fails says so, as of copy") {
    folder at;
    file closed;
    pipe_reader no_reader;
    pipe_writer no_writer;
    auto to = file::open(at / "to", file_mode::create).value();
    CHECK(copy(closed, to).error() == error(verb::copy, std::errc::bad_file_descriptor));
    CHECK(copy(no_reader, to).error() == error(verb::copy, std::errc::bad_file_descriptor));
    CHECK(copy(file::open(at.put("a", "x")).value(), no_writer).error() == error(verb::copy, std::errc::bad_file_descriptor));
    CHECK(copy(file::open(at.path()).value(), to).error() == error(verb::copy, std::errc::is_a_directory));
    CHECK(copy(file::open(at / "a").value(), file::open("/dev/full", file_mode::create).value()).error() ==
          error(verb::copy, std::errc::no_space_on_device));
    memory_stream broken("abc");
    broken.break_with(error(verb::read, std::errc::io_error));
    CHECK(copy(broken, to).error() == error(verb::copy, std::errc::io_error, 3));
}

TEST_CASE("faults and signals tear nothing") {
    folder at;
    auto text = pattern(300'000);
    at.put("from", text);
    {
        auto [ours, theirs] = connected<faulty<local::stream>>();
        std::thread writer([&, &end = ours] {
            support::weather<faulty<local::stream>> bad;
            auto from = file::open(at / "from").value();
            CHECK(copy(from, end).value() == text.size());
            from.seek(0).value();
            CHECK(copy(from, end, within(20s)).value() == text.size());
            end.close();
        });
        CHECK((theirs.read_to_end<std::string>().value() == text + text));
        writer.join();
    }
    auto [reader, writer] = pipe().value();
    std::string got;
    std::thread drain([&, &end = reader] {
        sigset_t alarms;
        ::sigemptyset(&alarms);
        ::sigaddset(&alarms, SIGALRM);
        ::pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        std::string some(10'000, ' ');
        while (auto size = end.read(some).value()) {
            got.append(some, 0, size);
            std::this_thread::sleep_for(1ms);
        }
    });
    {
        support::storm signals;
        auto from = file::open(at / "from").value();
        CHECK(copy(from, writer).value() == text.size());
    }
    writer.close();
    drain.join();
    CHECK((got == text));
}

TEST_CASE("of two ways into a socket the program's goes on where it is faster every time, else the kernel's, and they are tried again") {
    struct { int kernel[3], buffer[3]; bool kernel_wins; const char* reason; } rows[] = {
        {{1, 1, 1}, {2, 2, 2}, true, "the kernel is faster"},
        {{11, 11, 11}, {10, 10, 10}, true, "about equal"},
        {{12, 20, 12}, {10, 10, 10}, false, "the program is faster by more than an eighth, every time"},
        {{90, 90, 5}, {10, 10, 10}, true, "once it was not: something else came between"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        detail::contest<turned> both;
        auto piece = [&](int milliseconds) {
            (void)both.timed([&] {
                turned::time += std::chrono::milliseconds(milliseconds);
                return result<void>();
            });
        };
        CHECK(both.is_by_kernel());    // the start, which fills the buffers, does not count
        CHECK(both.piece() == 1 << 20);
        piece(1);
        for (int again = 0; again < 2; ++again) {
            for (int heat = 0; heat < 3; ++heat) {
                CHECK(both.is_by_kernel());
                piece(row.kernel[heat]);
                CHECK_FALSE(both.is_by_kernel());
                piece(row.buffer[heat]);
            }
            CHECK(both.piece() == 64 << 20);
            CHECK(both.is_by_kernel() == row.kernel_wins);
            piece(100);
        }
    }
}
