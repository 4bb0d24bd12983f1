// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_copy.hpp>

#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/testing/faulty.hpp>
#include <plumb/testing/traced.hpp>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"
#include "pattern.hpp"

#include <chrono>
#include <fcntl.h>
#include <string>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver, support::pattern, support::folder;

namespace {

template <class P>
std::pair<async_socket<P>, async_socket<P>> attached(loop& in) {
    auto [ours, theirs] = support::connected<P>();
    return {in.attach(std::move(ours)).value(), in.attach(std::move(theirs)).value()};
}

std::pair<async_pipe_reader, async_pipe_writer> attached_pipe(loop& in) {
    auto [reader, writer] = pipe().value();
    return {in.attach(std::move(reader)).value(), in.attach(std::move(writer)).value()};
}

task<> feed(auto& to, const std::string& text) {
    auto fed = co_await to.write_all(text);
    CHECK(fed.has_value());
    to.close();
}

task<std::string> drain(auto& from) {
    auto got = co_await from.template read_to_end<std::string>();
    co_return got.value();
}

// Copies and closes the target, so that who reads it sees the end.
task<> copy_and_close(auto& from, auto& to, std::uint64_t size) {
    auto moved = co_await copy(from, to, within(30s));
    CHECK(moved.value() == size);
    to.close();
}

}  // namespace

TEST_CASE_TEMPLATE("a whole file arrives, by its path and from where it stands", P, tcp, local::stream, faulty<tcp>, faulty<local::stream>) {
    on_every_driver([](loop& in) -> task<> {
        support::weather<P> bad;
        for (auto size : {0, 1, 65'536, 65'537, 10 << 20}) {
            if (bad.cuts() && size > 65'537) size = 300'000;    // by the thousand bytes
            folder at;
            auto text = pattern(static_cast<std::size_t>(size));
            auto path = at.put("from", text);
            auto [ours, theirs] = attached<P>(in);
            auto send = [&, &to = ours]() -> task<> {
                auto from = file::open(path).value();
                auto by_path = co_await to.send_file(path);
                auto by_file = co_await to.send_file(from, within(30s));
                auto at_end = co_await to.send_file(from);
                CHECK(by_path.value() == text.size());
                CHECK(by_file.value() == text.size());
                CHECK(at_end.value() == 0);
                to.close();
            };
            auto [none, got] = co_await when_all(send(), drain(theirs));
            CHECK((got == text + text));
        }
    });
}

TEST_CASE("no more of a file is sent than was asked for") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        auto text = pattern(1 << 20);
        auto from = file::open(at.put("from", text)).value();
        auto [ours, theirs] = attached<tcp>(in);
        auto send = [&, &to = ours]() -> task<> {
            CHECK((co_await to.send_file(from, 0)).value() == 0);
            CHECK((co_await to.send_file(from, 100)).value() == 100);
            CHECK((co_await to.send_file(from, 500'000, within(30s))).value() == 500'000);
            CHECK((co_await copy(from, to, 100)).value() == 100);
            CHECK((co_await to.send_file(from, 1 << 30)).value() == text.size() - 500'200);
            to.close();
        };
        auto [none, got] = co_await when_all(send(), drain(theirs));
        CHECK((got == text));
    });
}

TEST_CASE("connections, pipes and files are copied into each other") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        auto text = pattern(300'000);
        at.put("from", text);
        {
            auto [client, front] = attached<tcp>(in);
            auto [back, server] = attached<local::stream>(in);
            auto [a, b, got] = co_await when_all(feed(client, text), copy_and_close(front, back, text.size()), drain(server));
            CHECK((got == text));
        }
        {
            auto [client, front] = attached<tcp>(in);
            auto [reader, writer] = attached_pipe(in);
            auto [a, b, got] = co_await when_all(feed(client, text), copy_and_close(front, writer, text.size()), drain(reader));
            CHECK((got == text));
        }
        {
            auto [reader, writer] = attached_pipe(in);
            auto [back, server] = attached<tcp>(in);
            auto [a, b, got] = co_await when_all(feed(writer, text), copy_and_close(reader, back, text.size()), drain(server));
            CHECK((got == text));
        }
        {
            auto from = file::open(at / "from").value();
            auto [reader, writer] = attached_pipe(in);
            auto [a, got] = co_await when_all(copy_and_close(from, writer, text.size()), drain(reader));
            CHECK((got == text));
        }
        {
            auto to = file::open(at / "to", file_mode::create).value();
            auto [client, front] = attached<tcp>(in);
            co_await when_all(feed(client, text), copy_and_close(front, to, text.size()));
            CHECK((at.get("to") == text));
        }
        {
            auto to = file::open(at / "to", file_mode::append).value();
            auto [reader, writer] = attached_pipe(in);
            co_await when_all(feed(writer, text), copy_and_close(reader, to, text.size()));
            CHECK((at.get("to") == text + text));
        }
    });
}

TEST_CASE("no more is read of a connection than is to be copied") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        auto to = file::open(at / "to", file_mode::create).value();
        auto [ours, theirs] = attached<tcp>(in);
        auto text = pattern(200'000);
        auto take = [&, &from = theirs]() -> task<> {
            CHECK((co_await copy(from, to, 150'000)).value() == 150'000);
            std::string next(100, ' ');
            (co_await from.read_exact(next)).value();
            CHECK(next == text.substr(150'000, 100));
            CHECK((co_await copy(from, to)).value() == text.size() - 150'100);
        };
        co_await when_all(feed(ours, text), take());
        CHECK((at.get("to") == text.substr(0, 150'000) + text.substr(150'100)));
    });
}

TEST_CASE("a longer file goes by the kernel alone, what it cannot send through the program") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        at.put("from", pattern(300'000));
        at.put("short", pattern(60'000));
        auto [ours, theirs] = attached<traced<tcp>>(in);
        auto send = [&, &to = ours]() -> task<> {
            call_trace trace;
            CHECK((co_await to.send_file(at / "short")).value() == 60'000);
            CHECK(trace.count("transfer") == 0);
            CHECK((co_await to.send_file(at / "from")).value() == 300'000);
            CHECK(trace.count("transfer") > 0);
            auto zeros = file::open("/dev/zero").value();
            CHECK((co_await to.send_file(zeros, 200'000)).value() == 200'000);
            CHECK((co_await to.send_file("/proc/self/status")).value() > 100);
            to.close();
        };
        auto [none, got] = co_await when_all(send(), drain(theirs));
        CHECK((got.substr(0, 360'000) == pattern(60'000) + pattern(300'000)));
        CHECK((got.substr(360'000, 200'000) == std::string(200'000, '\0')));
        CHECK(got.substr(560'000, 5) == "Name:");
    });
}

TEST_CASE("a connection waits or does not wait after a file as it did before") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        auto text = pattern(1 << 20);
        at.put("from", text);
        for (auto extra : {0, O_NONBLOCK}) {
            auto [ours, theirs] = attached<tcp>(in);
            auto handle = ours.native_handle();
            REQUIRE(::fcntl(handle, F_SETFL, ::fcntl(handle, F_GETFL) | extra) == 0);
            auto before = ::fcntl(handle, F_GETFL);
            auto send = [&, &to = ours]() -> task<> {
                CHECK((co_await to.send_file(at / "from")).value() == text.size());
                CHECK(::fcntl(handle, F_GETFL) == before);
                to.close();
            };
            auto [none, got] = co_await when_all(send(), drain(theirs));
            CHECK((got == text));
        }
    });
}

TEST_CASE("a limit in the middle tells the count, and the file stands there") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        auto text = pattern(24 << 20);
        auto from = file::open(at.put("from", text)).value();
        auto [ours, theirs] = support::connected<tcp>();
        auto to = in.attach(std::move(ours)).value();
        auto timed_out = co_await to.send_file(from, within(20ms));
        CHECK(timed_out.error() == error(verb::send_file, condition::timed_out, timed_out.error().detail()));
        std::uint64_t moved = timed_out.error().detail();
        CHECK(moved > 65'536);
        stop_source source;
        auto stop = [&]() -> task<> {
            (co_await in.sleep_for(5ms)).value();
            source.request_stop();
        };
        auto [stopped, none] = co_await when_all(copy(from, to, source.token()), stop());
        CHECK(stopped.error() == error(verb::copy, condition::cancelled, stopped.error().detail()));
        moved += stopped.error().detail();
        std::string next(100, ' ');
        from.read_exact(next).value();
        CHECK(next == text.substr(moved, 100));
        to.close();
        CHECK((theirs.read_to_end<std::string>().value() == text.substr(0, moved)));
    });
}

TEST_CASE("a stop of the task, and closing the connection, end what is being sent; a task may go at any time") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        at.put("from", pattern(24 << 20));
        auto [ours, theirs] = attached<tcp>(in);
        auto [winner, gave] = co_await when_any(ours.send_file(at / "from"), in.sleep_for(5ms));
        CHECK(winner == 1);
        CHECK(std::get<0>(gave).error() == condition::cancelled);
        CHECK(std::get<0>(gave).error().operation() == verb::send_file);
        {
            scope sending(in);
            auto send = [&, &to = ours]() -> task<> { (void)co_await to.send_file(at / "from"); };
            sending.spawn(send());
            (co_await in.sleep_for(1ms)).value();
        }
        auto close = [&, &to = ours]() -> task<> {
            (co_await in.sleep_for(5ms)).value();
            to.close();
        };
        auto [cut, none] = co_await when_all(ours.send_file(at / "from"), close());
        CHECK(cut.error() == condition::cancelled);
        auto after = co_await ours.send_file(at / "from");
        CHECK(after.error() == error(verb::send_file, std::errc::bad_file_descriptor, 0));
    });
}

TEST_CASE("a peer that goes away ends what is being sent with an error, and no signal") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        at.put("from", pattern(24 << 20));
        auto [ours, theirs] = attached<tcp>(in);
        auto leave = [&, &end = theirs]() -> task<> {
            char some[1000];
            (co_await end.read(some)).value();
            (co_await in.sleep_for(5ms)).value();
            end.close();
        };
        auto [cut, none] = co_await when_all(ours.send_file(at / "from"), leave());
        CHECK((cut.error() == std::errc::connection_reset || cut.error() == std::errc::broken_pipe));
        CHECK(cut.error().detail() > 0);
        CHECK((co_await ours.send_file(at / "from")).error() == std::errc::broken_pipe);
        CHECK((co_await ours.send_file(at / "missing")).error() == error(verb::send_file, std::errc::no_such_file_or_directory));
        CHECK((co_await ours.send_file(at.path())).error() == std::errc::is_a_directory);
    });
}

TEST_CASE("while a long file is sent to who reads fast, others go on") {
    on_every_driver([](loop& in) -> task<> {
        folder at;
        at.put("from", pattern(24 << 20));
        auto [ours, theirs] = attached<local::stream>(in);
        auto [hers, his] = attached<tcp>(in);
        auto done = false;
        int words = 0, words_while_sending = 0;
        auto send = [&, &to = ours]() -> task<> {
            (co_await to.send_file(at / "from")).value();
            words_while_sending = words;
            to.close();
        };
        auto swallow = [&, &from = theirs]() -> task<> {
            for (;;) {
                auto chunk = co_await from.receive();
                if (chunk.value().empty()) break;
            }
            done = true;
        };
        auto talk = [&, &one = hers, &other = his]() -> task<> {
            char word[4];
            for (;;) {
                (co_await one.write_all("word")).value();
                (co_await other.read_exact(word)).value();
                ++words;
                if (done) break;
            }
        };
        co_await when_all(send(), swallow(), talk());
        CHECK(words_while_sending >= 10);
    });
}
