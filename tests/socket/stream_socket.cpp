// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"
#include "pattern.hpp"
#include "storm.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::connected, support::reset_on_close, support::time_of, support::weather, support::pattern;

#define STREAMS tcp, local::stream, faulty<tcp>, faulty<local::stream>

// A result is no number: -1 cannot be taken for a count, nor an error for "go on".
static_assert(!std::is_convertible_v<result<std::size_t>, long> && !std::is_convertible_v<result<std::size_t>, bool>);
static_assert(std::is_same_v<decltype(std::declval<tcp::socket&>().read(std::declval<mutable_bytes>())), result<std::size_t>>);
static_assert(sizeof(tcp::socket) == sizeof(int) && sizeof(local::stream::socket) == sizeof(int));
static_assert(readable_stream<tcp::socket> && writable_stream<tcp::socket> && readable_stream<faulty<local::stream>::socket>);

TEST_CASE_TEMPLATE("bytes arrive in order, whole, both ways at once", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto there = pattern(P::system::now().time_since_epoch().count() > 0 && weather<P>::cuts() ? 100'000 : 4'000'000);
    auto back = pattern(there.size() / 2);
    std::thread other([&, &socket = theirs] {
        weather<P> bad;
        std::thread answer([&] {
            weather<P> as_bad;
            socket.write_all(back).value();
            socket.shutdown(direction::write).value();
        });
        CHECK(socket.template read_to_end<std::string>().value() == there);
        answer.join();
    });
    weather<P> bad;
    std::string arrived(back.size(), ' ');
    std::thread reading([&, &socket = ours] {
        weather<P> as_bad;
        socket.read_exact(arrived).value();
    });
    ours.write_all(there).value();
    ours.shutdown(direction::write).value();
    reading.join();
    other.join();
    CHECK(arrived == back);
}

TEST_CASE_TEMPLATE("a stream has no boundaries: what was written at once is read in pieces, and the reverse", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    weather<P> bad;
    ours.write_all("one").value();
    ours.write_all("two").value();
    std::string first(4, ' '), second(2, ' ');
    theirs.read_exact(first).value();
    theirs.read_exact(second).value();
    CHECK(first + second == "onetwo");
}

TEST_CASE_TEMPLATE("after the end of the stream a read gives 0, and the other way still works", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    weather<P> bad;
    ours.write_all("that is all").value();
    ours.shutdown(direction::write).value();
    CHECK(theirs.template read_to_end<std::string>().value() == "that is all");
    char buffer[1];
    CHECK(theirs.read(buffer).value() == 0);
    CHECK(theirs.read(buffer, within(1s)).value() == 0);
    theirs.write_all("thanks").value();
    std::string thanks(6, ' ');
    ours.read_exact(thanks).value();
    CHECK(thanks == "thanks");
    CHECK(ours.write("more").error() == std::errc::broken_pipe);    // and no SIGPIPE
    ours.shutdown(direction::write).value();                         // twice is fine
}

TEST_CASE_TEMPLATE("what was written before a close still arrives", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    weather<P> bad;
    ours.write_all("parting words").value();
    ours.close();
    CHECK(theirs.template read_to_end<std::string>().value() == "parting words");
}

TEST_CASE_TEMPLATE("an exact read that meets the end says how much did arrive", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    weather<P> bad;
    ours.write_all("1234567").value();
    ours.close();
    std::string into(10, ' ');
    CHECK(theirs.read_exact(into).error() == error(verb::read, condition::end_of_stream, 7));
    CHECK(into == "1234567   ");
}

TEST_CASE_TEMPLATE("an empty read or write is no end", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    CHECK(ours.write("").value() == 0);
    ours.write_all("").value();
    ours.write_all("x").value();
    char buffer[1];
    CHECK(theirs.read(buffer, within(1s)).value() == 1);
    theirs.read_exact(mutable_bytes()).value();
}

TEST_CASE_TEMPLATE("several buffers go out and come in as one", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    {
        weather<P> bad;
        ours.write_all({"", "head", "", "er: ", "body"}).value();
        ours.shutdown(direction::write).value();
        CHECK(theirs.template read_to_end<std::string>().value() == "header: body");
    }
    theirs.write_all("abcdefgh").value();
    char first[2], none[1], rest[8] = {};
    const mutable_bytes into[] = {mutable_bytes(none, 0), first, mutable_bytes(none, 0), rest};
    CHECK(ours.read(into).value() == 8);
    CHECK(std::string_view(first, 2) == "ab");
    CHECK(std::string_view(rest, 6) == "cdefgh");
}

TEST_CASE_TEMPLATE("more buffers than one call takes are written all the same, empty ones skipped", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    std::vector<bytes> many(5'000, bytes());
    std::string expected;
    for (std::size_t i = 3'000; i < many.size(); ++i) {    // the first 3,000 are empty: more than one call can list
        many[i] = "abc";
        expected += "abc";
    }
    std::thread writing([&, &socket = ours] {
        weather<P> bad;
        CHECK(socket.write(std::span<const bytes>(many).first(3'001)).value() > 0);
        socket.write_all(many).value();
        socket.shutdown(direction::write).value();
    });
    auto all = theirs.template read_to_end<std::string>().value();
    writing.join();
    CHECK(all.substr(all.size() - expected.size()) == expected);
    theirs.write_all("xy").value();
    char x[1], y[1];
    std::vector<mutable_bytes> into(3'000, mutable_bytes());
    into[2'000] = x;
    into[2'999] = y;
    CHECK(ours.read(into).value() == 2);    // and not 0, which would be the end
    CHECK(y[0] == 'y');
}

TEST_CASE_TEMPLATE("a read with a deadline ends then, and nothing is lost", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    weather<P> bad;
    char buffer[8];
    CHECK(time_of([&, &socket = theirs] { CHECK(socket.read(buffer, within(60ms)).error() == error(verb::read, condition::timed_out)); }) >= 60ms);
    CHECK(theirs.read(buffer, within(0s)).error() == condition::timed_out);
    ours.write_all("hey").value();
    std::string into(5, ' ');
    auto cut = theirs.read_exact(into, within(60ms));
    CHECK(cut.error() == error(verb::read, condition::timed_out, 3));
    CHECK(into == "hey  ");
    ours.write_all("!").value();
    CHECK(theirs.read_exact(std::span(into).first(1), within(10s)).has_value());
    ours.write_all("!").value();
    CHECK(theirs.read(buffer, until(P::now() + 10s)).value() == 1);
}

TEST_CASE_TEMPLATE("a slow reader holds the writer back, up to its deadline", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    std::string much(64'000'000, 'x');
    std::size_t gone = 0;
    {
        weather<P> bad;
        auto took = time_of([&, &socket = ours] {
            auto cut = socket.write_all(much, within(weather<P>::cuts() ? 200ms : 500ms));
            CHECK(cut.error() == condition::timed_out);
            gone = cut.error().detail();
        });
        CHECK(took >= 200ms);
        CHECK(took < 5s);
    }
    CHECK(gone > 0);
    CHECK(gone < much.size());
    ours.shutdown(direction::write).value();
    CHECK(theirs.template read_to_end<std::string>().value().size() == gone);    // the count is the truth
}

TEST_CASE_TEMPLATE("a stop from another thread ends a read and a write", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    stop_source reading, writing;
    auto stopper = std::thread([&] {
        std::this_thread::sleep_for(30ms);
        reading.request_stop();
        std::this_thread::sleep_for(100ms);
        writing.request_stop();
    });
    weather<P> bad;
    char buffer[1];
    CHECK(ours.read(buffer, reading.token(), within(30s)).error() == error(verb::read, condition::cancelled));
    auto cut = ours.write_all(std::string(64'000'000, 'x'), writing.token(), within(30s));
    CHECK(cut.error() == condition::cancelled);
    CHECK(cut.error().detail() > 0);
    stopper.join();
    CHECK(theirs.read(buffer, writing.token()).value() == 1);    // what is there is given all the same
}

TEST_CASE_TEMPLATE("a shutdown from another thread ends a read", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto stopper = std::thread([&, &socket = ours] {
        std::this_thread::sleep_for(30ms);
        CHECK(socket.shutdown(direction::both).has_value());
    });
    char buffer[1];
    CHECK(ours.read(buffer).value() == 0);
    CHECK(ours.read(buffer, within(30s)).value() == 0);
    stopper.join();
}

TEST_CASE_TEMPLATE("a thousand signals a second are not noticed, and do not lengthen a deadline", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto text = pattern(200'000);
    std::thread other([&, &socket = theirs] {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);    // the storm is for the other thread
        for (std::size_t done = 0; done < text.size(); done += 20'000) {
            std::this_thread::sleep_for(10ms);
            socket.write_all(std::string_view(text).substr(done, 20'000)).value();
        }
    });
    support::storm signals;
    std::string into(text.size(), ' ');
    CHECK(ours.read_exact(into).has_value());
    CHECK(into == text);
    char buffer[1];
    auto took = time_of([&, &socket = ours] { CHECK(socket.read(buffer, within(300ms)).error() == condition::timed_out); });
    CHECK(took >= 300ms);
    CHECK(took < 5s);
    other.join();
    CHECK(support::storm::count() > 0);
}

TEST_CASE_TEMPLATE("a write in a storm continues at the exact byte", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto text = pattern(3'000'000);
    std::string arrived(text.size(), ' ');
    std::thread other([&, &socket = theirs] {
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarms, nullptr);
        for (std::size_t done = 0; done < arrived.size(); done += 300'000) {    // slowly, so that the writer must wait
            std::this_thread::sleep_for(10ms);
            socket.read_exact(std::span(arrived).subspan(done, 300'000)).value();
        }
    });
    support::storm signals;
    CHECK(ours.write_all(text).has_value());
    other.join();
    CHECK(arrived == text);
}

TEST_CASE_TEMPLATE("a socket that was moved from is empty, and everything on it is an error at once", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto number = ours.native_handle();
    auto owner = std::move(ours);
    CHECK(owner.native_handle() == number);
    CHECK_FALSE(ours.is_open());
    char buffer[1];
    const bytes out[] = {"a", "b"};
    const mutable_bytes into[] = {buffer};
    stop_source source;
    auto nowhere = [&] {
        if constexpr (requires { P::pair(); }) return local_address::path("/nowhere").value();
        else return endpoint(ipv4_address::loopback(), 1);
    }();
    auto expect = [](const auto& outcome) { CHECK(outcome.error() == std::errc::bad_file_descriptor); };
    expect(ours.read(buffer));
    expect(ours.read(buffer, within(1h)));
    expect(ours.read(buffer, source.token()));
    expect(ours.read(into));
    expect(ours.read(into, within(1h)));
    expect(ours.read_exact(buffer, within(1h)));
    expect(ours.template read_to_end<std::string>());
    expect(ours.write("x"));
    expect(ours.write("x", within(1h)));
    expect(ours.write(out));
    expect(ours.write_all(out, source.token()));
    expect(ours.send_file("/dev/zero", within(1h)));
    expect(ours.shutdown(direction::both));
    expect(ours.bind(nowhere));
    expect(ours.connect(nowhere));
    expect(ours.connect(nowhere, within(1h)));
    expect(ours.local_endpoint());
    expect(ours.peer_endpoint());
    expect(ours.duplicate());
    ours.close();    // nothing to close
    CHECK(owner.write("x").value() == 1);
    ours = std::move(owner);
    CHECK(ours.write("y").value() == 1);
}

TEST_CASE_TEMPLATE("a duplicate is another owner of the same connection", P, STREAMS) {
    auto [ours, theirs] = connected<P>();
    auto twin = ours.duplicate().value();
    CHECK(twin.native_handle() != ours.native_handle());
    ours.close();
    char buffer[1];
    CHECK(theirs.read(buffer, within(20ms)).error() == condition::timed_out);    // no end while the twin lives
    twin.write_all("t").value();
    CHECK(theirs.read(buffer).value() == 1);
    twin.shutdown(direction::both).value();    // the end of the connection, whoever holds it
    CHECK(theirs.read(buffer).value() == 0);
}

TEST_CASE_TEMPLATE("a write to a peer that is gone is an error, and no signal is sent or hidden", P, tcp, local::stream) {
    struct sigaction before, after;
    sigset_t mask_before, mask_after;
    ::sigaction(SIGPIPE, nullptr, &before);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
    CHECK((before.sa_handler == SIG_DFL));    // a SIGPIPE would kill this test
    for (int way = 0; way < 4; ++way) {
        auto [ours, theirs] = connected<P>();
        theirs.close();
        const bytes out[] = {"a", "b"};
        result<void> outcome;
        for (int tries = 0; outcome && tries < 100; ++tries) {
            if (tries > 0) std::this_thread::sleep_for(1ms);    // the answer of TCP takes a moment
            if (way == 0) outcome = ours.write_all("x");
            if (way == 1) outcome = ours.write_all(out);
            if (way == 2) outcome = ours.write_all("x", within(1s));
            if (way == 3) {
                auto sent = ours.send_file("/etc/passwd");
                if (!sent) outcome = failure(sent.error());
            }
        }
        CHECK((outcome.error() == std::errc::broken_pipe || outcome.error() == std::errc::connection_reset));
    }
    ::sigaction(SIGPIPE, nullptr, &after);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
    CHECK((after.sa_handler == SIG_DFL));
    CHECK(sigismember(&mask_after, SIGPIPE) == sigismember(&mask_before, SIGPIPE));
    sigset_t pending;
    ::sigpending(&pending);
    CHECK(sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE_TEMPLATE("what was not read at a close tells the peer by a reset", P, tcp, local::stream) {
    auto [ours, theirs] = connected<P>();
    ours.write_all("never read").value();
    CHECK(theirs.read(mutable_bytes()).has_value());
    pollfd arrived{theirs.native_handle(), POLLIN, 0};
    REQUIRE(::poll(&arrived, 1, 5'000) == 1);
    theirs.close();
    char buffer[1];
    CHECK(ours.read(buffer, within(5s)).error() == error(verb::read, std::errc::connection_reset));
    CHECK(ours.read(buffer, within(5s)).value() == 0);    // the kernel tells it once
}

TEST_CASE_TEMPLATE("data that came before a reset is given first", P, tcp, faulty<tcp>) {
    auto [ours, theirs] = connected<P>();
    ours.write_all("last words").value();
    pollfd arrived{theirs.native_handle(), POLLIN, 0};
    REQUIRE(::poll(&arrived, 1, 5'000) == 1);
    reset_on_close(ours.native_handle());
    ours.close();
    std::string heard;
    auto cut = theirs.read_to_end(heard);
    CHECK(cut.error() == error(verb::read, std::errc::connection_reset, 10));
    CHECK(heard == "last words");
}

TEST_CASE("a reset stops an exact read with the count, and a loop over read()") {
    for (int way = 0; way < 2; ++way) {
        auto [ours, theirs] = connected<tcp>();
        ours.write_all("abc").value();
        pollfd arrived{theirs.native_handle(), POLLIN, 0};
        REQUIRE(::poll(&arrived, 1, 5'000) == 1);
        reset_on_close(ours.native_handle());
        ours.close();
        char buffer[10];
        if (way == 0) {
            CHECK(theirs.read_exact(buffer).error() == error(verb::read, std::errc::connection_reset, 3));
        } else {
            std::size_t all = 0;
            auto size = theirs.read(buffer);
            for (; size && *size > 0; size = theirs.read(buffer)) all += *size;    // in C: while (read(...) != 0)
            CHECK(all == 3);
            CHECK(size.error() == std::errc::connection_reset);
        }
    }
}

TEST_CASE("urgent data do not disturb the others") {
    auto [ours, theirs] = connected<tcp>();
    ours.write_all("ab").value();
    REQUIRE(::send(ours.native_handle(), "!", 1, MSG_OOB) == 1);
    ours.write_all("cd").value();
    std::string into(4, ' ');
    theirs.read_exact(into, within(5s)).value();
    CHECK(into == "abcd");
    char buffer[1];
    CHECK(time_of([&, &socket = theirs] { CHECK(socket.read(buffer, within(50ms)).error() == condition::timed_out); }) >= 50ms);
}

TEST_CASE("a length beyond 4 GiB is a length") {
    if constexpr (sizeof(std::size_t) > 4) {
        constexpr std::size_t size = (std::size_t{4} << 30) + 1;    // as an int: 1
        auto huge = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        REQUIRE(huge != MAP_FAILED);
        auto [ours, theirs] = connected<local::stream>();
        auto took = ours.write(bytes(huge, size), within(0s)).value();
        CHECK(took > 1);
        auto cut = ours.write_all(bytes(huge, size), within(50ms));
        CHECK(cut.error() == condition::timed_out);
        const bytes twice[] = {bytes(huge, size), bytes(huge, size)};
        CHECK(ours.write_all(twice, within(10ms)).error() == condition::timed_out);
        ::munmap(huge, size);
    }
}

TEST_CASE("descriptors beyond those that select() can hold wait like any other") {
    auto [ours, theirs] = connected<tcp>();
    auto high = ::fcntl(ours.native_handle(), F_DUPFD_CLOEXEC, 3'000);
    if (high == -1) return;    // the limit of this process is lower
    auto socket = tcp::adopt(high).value();
    char buffer[1];
    CHECK(socket.read(buffer, within(20ms)).error() == condition::timed_out);
    stop_source source;
    source.request_stop();
    CHECK(socket.read(buffer, source.token()).error() == condition::cancelled);
    theirs.write_all("x").value();
    CHECK(socket.read(buffer, within(5s)).value() == 1);
}

TEST_CASE("a non-blocking descriptor that was adopted waits like any other") {
    auto [ours, theirs] = connected<tcp>();
    auto raw = ours.release();
    REQUIRE(::fcntl(raw, F_SETFL, O_NONBLOCK) == 0);
    auto adopted = tcp::adopt(raw).value();
    std::thread other([&, &socket = theirs] {
        std::this_thread::sleep_for(30ms);
        socket.write_all("late").value();
        socket.shutdown(direction::write).value();
    });
    CHECK(adopted.read_to_end<std::string>().value() == "late");
    other.join();
}
