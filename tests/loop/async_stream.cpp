// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/async_stream.hpp>

#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/socket/local.hpp>

#include <doctest/doctest.h>

#include "half_attached.hpp"
#include "in_loop.hpp"
#include "loopback.hpp"
#include "pattern.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::on_every_driver, support::pattern;

namespace {

// Both ends in a loop.
template <class P>
std::pair<async_socket<P>, async_socket<P>> attached(loop& in) {
    auto [ours, theirs] = support::connected<P>();
    return {in.attach(std::move(ours)).value(), in.attach(std::move(theirs)).value()};
}

// A few MiB of memory that stand in the address space over and over, until they are as many bytes as are wanted.
class repeated_memory {
public:
    static constexpr std::size_t once = 4 << 20;

    explicit repeated_memory(std::size_t size) : size_((size + once - 1) / once * once), memory_(::memfd_create("plumb", MFD_CLOEXEC)) {
        REQUIRE(::ftruncate(memory_, once) == 0);
        first_ = static_cast<char*>(::mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        for (std::size_t at = 0; at < size_; at += once)
            REQUIRE(::mmap(first_ + at, once, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory_, 0) == first_ + at);
    }
    repeated_memory(const repeated_memory&) = delete;
    ~repeated_memory() {
        ::munmap(first_, size_);
        ::close(memory_);
    }
    [[nodiscard]] char* data() const { return first_; }

private:
    std::size_t size_;
    int memory_;
    char* first_;
};

template <class P>
task<> echo(typename P::async_socket peer) {
    while (auto chunk = co_await peer.receive())
        if (chunk->empty() || !co_await peer.write_all(*chunk)) break;
}

template <class P>
task<> round_trips(loop& in) {
    auto [ours, theirs] = support::connected<P>();
    scope beside(in);
    beside.spawn(echo<P>(in.attach(std::move(theirs)).value()));
    auto client = in.attach(std::move(ours)).value();
    for (std::size_t size : {1u, 64u, 5'000u}) {
        auto message = pattern(size);
        std::string back(size, ' ');
        auto written = co_await client.write_all(message);
        auto read = co_await client.read_exact(back);
        CHECK((written && read));
        CHECK(back == message);
    }
    client.close();
    auto joined = co_await beside.join();
    CHECK(joined.has_value());
}

template <class P>
task<> left_unread(loop& in) {
    for (auto waits : {false, true}) {
        support::half<P> ends(in);
        auto& ours = ends.ours;
        auto written = co_await ours.write_all("unread");
        CHECK(written.has_value());
        auto leave = [&]() -> task<> {
            auto slept = co_await in.sleep_for(waits ? 1ms : 0ms);
            CHECK(slept.has_value());
            ends.theirs.close();
        };
        auto both = co_await when_all(ours.receive(within(5s)), leave());
        auto& told = std::get<0>(both);
        CHECK(told.error() == error(verb::read, std::errc::connection_reset));
        auto next = co_await ours.receive(within(5s));
        CHECK(next.value().empty());
        auto late = co_await ours.write_all("x");
        CHECK(late.error() == error(verb::write, std::errc::broken_pipe, 0));
    }
}

}  // namespace

TEST_CASE_TEMPLATE("what is written comes back, on every kind of stream", P, tcp, local::stream, faulty<tcp>, traced<tcp>) {
    support::weather<P> bad;
    on_every_driver(round_trips<P>);
}

TEST_CASE_TEMPLATE("megabytes go both ways at once", P, tcp, local::stream) {
    on_every_driver([](loop& in) -> task<> {
        auto both = attached<P>(in);
        auto& [ours, theirs] = both;
        auto data = pattern(3 << 20);
        std::string at_us(data.size(), ' '), at_them(data.size(), ' ');
        auto [a, b, c, d] = co_await when_all(ours.write_all(data), theirs.write_all(data), ours.read_exact(at_us), theirs.read_exact(at_them));
        CHECK((a && b && c && d));
        CHECK(at_us == data);
        CHECK(at_them == data);
    });
}

TEST_CASE("more than 2 GiB are one write and one read") {
    if constexpr (sizeof(std::size_t) > 4) {
        constexpr std::size_t size = (std::size_t{2} << 30) + 12'345;
        const repeated_memory from(size), to(size);
        const auto block = pattern(repeated_memory::once);
        std::ranges::copy(block, from.data());
        on_every_driver([&](loop& in) -> task<> {
            std::fill_n(to.data(), repeated_memory::once, '-');
            auto [ours, theirs] = attached<local::stream>(in);
            ours.set(send_buffer_size{2 << 20}).value();
            auto [sent, got] = co_await when_all(ours.write_all(bytes(from.data(), size)), theirs.read_exact(mutable_bytes(to.data(), size)));
            CHECK((sent && got));
            CHECK(std::string_view(to.data(), repeated_memory::once) == block);
            char more;
            CHECK((co_await theirs.read(mutable_bytes(&more, 1), within(0s))).error() == condition::timed_out);
        });
    }
}

TEST_CASE("more buffers than one call takes are written in turn, and read into as far as a call goes") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = attached<tcp>(in);
        const auto data = pattern(3'000);
        std::vector<bytes> from;
        for (auto& one : data) from.push_back(bytes(&one, 1));
        (co_await in.sleep_for(1ms)).value();    // a first event is over, and no other need come
        CHECK((co_await ours.write(std::span<const bytes>(from).first(1'025))).value() == 1'024);    // IOV_MAX: writev(2)
        (co_await ours.write_all(std::span<const bytes>(from).subspan(1'024), within(5s))).value();
        std::string heard(data.size(), ' ');
        std::vector<mutable_bytes> into;
        for (auto& one : heard) into.push_back(mutable_bytes(&one, 1));
        for (std::size_t read = 0; read < data.size();) {
            auto size = co_await theirs.read(std::span<const mutable_bytes>(into).subspan(read), within(5s));
            REQUIRE(size.value_or(0) > 0);
            read += *size;
        }
        CHECK(heard == data);
    });
}

TEST_CASE("several buffers are read and written in turn, however they are cut") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = attached<tcp>(in);
        auto big = pattern(1 << 20);
        std::array<bytes, 5> parts{bytes("head"), bytes(), bytes(big), bytes("tail"), bytes()};
        std::string back(big.size() + 8, ' ');
        auto [sent, got] = co_await when_all(ours.write_all(std::span<const bytes>(parts)), theirs.read_exact(back));
        CHECK((sent && got));
        CHECK(back == "head" + big + "tail");
        (co_await ours.write_all("abcdef")).value();
        char one[2], two[8];
        std::array<mutable_bytes, 2> into{mutable_bytes(one), mutable_bytes(two)};
        CHECK((co_await theirs.read(std::span<const mutable_bytes>(into))).value() == 6);
        CHECK(std::string_view(one, 2) == "ab");
        CHECK(std::string_view(two, 4) == "cdef");
        CHECK((co_await ours.write(std::span<const bytes>(parts).first(2))).value() == 4);
        CHECK((co_await theirs.receive()).value().text() == "head");
        (co_await ours.write_all(bytes())).value();
        (co_await ours.read_exact(mutable_bytes())).value();
    });
}

TEST_CASE_TEMPLATE("several buffers stand in braces, as in the blocking verb, and live for as long as the write waits", P, tcp, faulty<tcp>) {
    on_every_driver([](loop& in) -> task<> {
        support::weather<P> bad;
        auto [ours, theirs] = attached<P>(in);
        auto big = pattern(1 << 20);
        auto number = [](int value) { return std::to_string(value) + std::string(40, '.'); };    // longer than what a string holds in itself
        std::string back(big.size() + 90, ' ');
        auto [sent, got] = co_await when_all(ours.write_all({"head", number(1), big, number(2), "tail"}, within(10s)), theirs.read_exact(back));
        CHECK((sent && got));
        CHECK(back == "head" + number(1) + big + number(2) + "tail");
        theirs.close();
        auto refused = co_await ours.write_all({big, big, big, big});
        CHECK_FALSE(refused.has_value());
    });
}

TEST_CASE("the end of the stream is seen, also when it came together with the last bytes") {
    on_every_driver([](loop& in) -> task<> {
        for (auto wait : {false, true}) {
            auto [ours, theirs] = support::half<tcp>(in);
            theirs.write_all("last").value();
            theirs.close();
            if (wait) (co_await in.sleep_for(1ms)).value();    // both are there before we look
            CHECK((co_await ours.receive()).value().text() == "last");
            CHECK((co_await ours.receive(within(5s))).value().empty());
            char more[1];
            CHECK((co_await ours.read(more, within(5s))).value() == 0);
            CHECK((co_await ours.read_exact(more, within(5s))).error() == condition::end_of_stream);
        }
        auto [ours, theirs] = support::half<tcp>(in);
        theirs.write_all("123").value();
        theirs.close();
        char five[5];
        auto cut = co_await ours.read_exact(five);
        CHECK(cut.error() == error(verb::read, condition::end_of_stream, 3));
    });
}

TEST_CASE("what lies behind an urgent byte is read without waiting for more") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        theirs.write_all("one").value();
        REQUIRE(::send(theirs.native_handle(), "!", 1, MSG_OOB) == 1);
        theirs.write_all("two").value();
        (co_await in.sleep_for(1ms)).value();
        std::string got;
        while (got.size() < 6) got += (co_await ours.receive(within(5s))).value().text();
        CHECK(got == "onetwo");
    });
}

TEST_CASE("what lies behind bytes that came with descriptors is read without waiting for more") {
    on_every_driver([](loop& in) -> task<> {
        for (auto lent : {false, true}) {
            auto [ours, theirs] = support::half<local::stream>(in);
            for (auto text : {"one", "two", "six"}) theirs.send_descriptors(std::string_view(text), {theirs}).value();
            theirs.write_all("end").value();
            (co_await in.sleep_for(1ms)).value();    // all of it is there, and told of once
            std::string got;
            char room[64];
            while (got.size() < 12) {
                if (lent) got += (co_await ours.receive(within(5s))).value().text();
                else got.append(room, (co_await ours.read(mutable_bytes(room), within(5s))).value());
            }
            CHECK(got == "onetwosixend");
        }
    });
}

TEST_CASE("a reset is an error of the operation that it hits, and of one that waits") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        support::reset_on_close(theirs.native_handle());
        auto reset = [&, &end = theirs]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            end.close();
        };
        auto [read, none] = co_await when_all(ours.receive(), reset());
        CHECK(read.error() == error(verb::read, std::errc::connection_reset));
        auto written = co_await ours.write_all("x");
        CHECK(written.error() == std::errc::broken_pipe);
        CHECK(written.error().operation() == verb::write);
    });
}

TEST_CASE("what a peer said before it reset the connection is heard, then the reset, and then the end") {
    on_every_driver([](loop& in) -> task<> {
        for (auto waits : {false, true}) {
            auto [ours, theirs] = support::half_attached(in);
            auto speak = [&, &end = theirs]() -> task<> {
                if (waits) (co_await in.sleep_for(1ms)).value();    // somebody listens already
                end.write_all("last words").value();
                support::reset_on_close(end.native_handle());
                end.close();
            };
            char first[4];
            auto [read, none] = co_await when_all(ours.read_exact(first, within(5s)), speak());
            CHECK(read.has_value());
            CHECK(std::string_view(first, 4) == "last");
            CHECK((co_await ours.receive(within(5s))).value().text() == " words");
            CHECK((co_await ours.receive(within(5s))).error() == error(verb::read, std::errc::connection_reset));
            CHECK((co_await ours.receive(within(5s))).value().empty());
        }
    });
}

TEST_CASE_TEMPLATE("a peer that goes without having read all that it was sent resets the connection", P, tcp, local::stream) {
    on_every_driver(left_unread<P>);
}

TEST_CASE("cancelling one operation leaves the others alone") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        stop_source source;
        char got[4], never[4];
        auto stop_and_write = [&, &end = theirs]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            source.request_stop();
            (co_await in.sleep_for(1ms)).value();
            end.write_all("data").value();
        };
        auto [stopped, read, done] = co_await when_all(ours.read(never, source.token()), ours.read_exact(got), stop_and_write());
        CHECK(stopped.error() == error(verb::read, condition::cancelled));
        CHECK(read.has_value());
        CHECK(std::string_view(got, 4) == "data");
    });
}

TEST_CASE("an operation that has a name may be awaited again, whatever became of it before") {
    on_every_driver([](loop& in) -> task<> {
        auto both = attached<tcp>(in);
        auto& [ours, theirs] = both;
        auto reading = ours.receive(within(2ms));
        {
            (co_await theirs.write_all("first")).value();
            auto first = co_await reading;
            CHECK(first.value().text() == "first");
            auto late = co_await reading;    // the buffer that it gave before is still lent
            CHECK(late.error() == error(verb::read, condition::timed_out));
            CHECK(first.value().text() == "first");
        }
        (co_await theirs.write_all("third")).value();
        auto third = co_await reading;
        CHECK(third.value().text() == "third");
        {
            auto wait_twice = [&, &end = ours]() -> task<> {
                auto one = end.receive();
                (void)co_await one;
                (void)co_await one;
            };
            auto dropped = wait_twice();
            dropped.start();
            (co_await theirs.write_all("fourth")).value();
            (co_await in.sleep_for(1ms)).value();
        }    // goes while it waits for the second time
        std::string much(8 << 20, 'x');
        auto writing = ours.write_all(much, within(2ms));
        auto cut = co_await writing;
        CHECK(cut.error() == condition::timed_out);
        auto listen = [&, &peer = theirs]() -> task<std::size_t> {
            std::size_t heard = 0;
            while (heard < much.size()) {
                auto chunk = co_await peer.receive(within(5s));
                if (!chunk || chunk->empty()) break;
                heard += chunk->size();
            }
            co_return heard;
        };
        auto go_on = [&]() -> task<bool> {
            auto& one = writing;    // g++ 12 copies what it awaits by a name of the lambda
            result<void> rest = failure(verb::write, condition::timed_out);
            while (!rest && rest.error() == condition::timed_out) rest = co_await one;
            co_return rest.has_value();
        };
        auto [heard, wrote] = co_await when_all(listen(), go_on());
        CHECK(heard == much.size());
        CHECK(wrote);
    });
}

TEST_CASE("a write that is cancelled says how many bytes went, and those went") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        auto data = pattern(64 << 20);
        auto cut = co_await ours.write_all(data, within(5ms));
        REQUIRE(cut.error() == condition::timed_out);
        auto went = cut.error().detail();
        CHECK(went > 0);
        CHECK(went < data.size());
        ours.close();
        CHECK(theirs.read_to_end<std::string>().value() == data.substr(0, went));
    });
}

TEST_CASE("a deadline that passed before an operation started lets it try once") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        CHECK((co_await ours.receive(within(0s))).error() == condition::timed_out);
        theirs.write_all("x").value();
        CHECK((co_await ours.receive(within(5s))).value().text() == "x");
        (co_await ours.write_all("y", within(-1s))).value();
        stop_source source;
        source.request_stop();
        CHECK((co_await ours.receive(source.token())).error() == condition::cancelled);
        CHECK((co_await ours.receive(source.token(), within(-1s))).error() == condition::cancelled);
    });
}

TEST_CASE("a socket that is closed ends what waits in it, and an empty one does nothing") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        auto close = [&, &end = ours]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            end.close();
        };
        auto [read, none] = co_await when_all(ours.receive(), close());
        CHECK(read.error() == error(verb::read, condition::cancelled));
        CHECK((co_await ours.receive()).error() == error(verb::read, std::errc::bad_file_descriptor));
        CHECK((co_await ours.write_all("x")).error() == std::errc::bad_file_descriptor);
        CHECK_FALSE(ours.is_open());
        async_socket<tcp> empty;
        CHECK((co_await empty.receive(within(1s))).error() == std::errc::bad_file_descriptor);
    });
}

TEST_CASE("a number that is used again never sees what came for the one before it") {
    on_every_driver([](loop& in) -> task<> {
        // Both are ready in one turn; the first that goes on closes the other, and what is opened then has its number.
        auto [first, first_end] = support::half<tcp>(in);
        auto [second, second_end] = support::half<tcp>(in);
        auto [spare, spare_end] = support::connected<tcp>();
        int wrong = 0;
        auto number = 0;
        scope fresh(in);
        auto wait_in = [&](tcp::socket taken) -> task<> {
            auto attached = in.attach(std::move(taken)).value();
            if (attached.native_handle() != number) ++wrong;
            if ((co_await attached.receive(within(20ms))).has_value()) ++wrong;
        };
        auto take_over = [&](async_socket<tcp>& mine, async_socket<tcp>& other) -> task<> {
            if (!co_await mine.receive()) co_return;
            number = other.native_handle();
            other.close();
            REQUIRE(::dup2(spare.native_handle(), number) == number);
            fresh.spawn(wait_in(tcp::adopt(number).value()));
        };
        auto both = [&, &a = first_end, &b = second_end]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            a.write_all("x").value();
            b.write_all("x").value();
        };
        co_await when_all(take_over(first, second), take_over(second, first), both());
        (co_await fresh.join()).value();
        CHECK(wrong == 0);
    });
}

TEST_CASE("a duplicate that lives on does not keep events coming for the one that was closed") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::connected<tcp>();
        auto twin = ours.duplicate().value();
        { auto attached = in.attach(std::move(ours)).value(); }
        theirs.write_all("x").value();
        auto again = in.attach(std::move(twin)).value();
        CHECK((co_await again.receive(within(5s))).value().text() == "x");
        auto taken = again.release();
        theirs.write_all("y").value();
        char got;
        taken.socket.read_exact(std::span(&got, 1)).value();
        CHECK(got == 'y');
    });
}

TEST_CASE("a connection that leaves its loop takes every byte along, also those that came before anybody read them") {
    on_every_driver([](loop& in) -> task<> {
        auto data = pattern(1 << 20);
        for (auto waits : {false, true}) {
            auto [ours, theirs] = support::half<tcp>(in);
            auto write = [&, &end = theirs](std::size_t from, std::size_t to) { end.write_all(std::string_view(data).substr(from, to - from)).value(); };
            write(0, 1000);
            auto first = co_await ours.receive(within(5s));    // what comes from now on may come unasked
            REQUIRE(first.has_value());
            std::string got(first->text());
            write(1000, 100'000);
            for (int i = 0; waits && i < 3; ++i) (co_await in.sleep_for(1ms)).value();
            char few[10];
            (co_await ours.read_exact(few, within(5s))).value();    // a part of a buffer
            got.append(few, 10);
            write(100'000, 300'000);
            if (waits) (co_await in.sleep_for(1ms)).value();
            auto [socket, ahead, outcome] = ours.release();
            CHECK(outcome.has_value());
            CHECK_FALSE(ours.is_open());
            write(300'000, 400'000);
            theirs.shutdown(direction::write).value();
            got += ahead;
            socket.read_to_end(got).value();
            CHECK((got == data.substr(0, 400'000)));
        }
    });
}

TEST_CASE("an error that came ahead is handed over with what came before it") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        theirs.write_all("first").value();
        CHECK((co_await ours.receive(within(5s))).value().text() == "first");
        support::reset_on_close(theirs.native_handle());
        theirs.close();
        (co_await in.sleep_for(1ms)).value();
        (co_await in.sleep_for(1ms)).value();
        auto [socket, ahead, outcome] = ours.release();
        CHECK(ahead.empty());
        auto told = outcome ? socket.read_to_end<std::string>().error() : outcome.error();
        CHECK(told == error(verb::read, std::errc::connection_reset, 0));
    });
}

TEST_CASE("releasing ends who waits, and leaves others in the loop alone") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        auto [hers, his] = attached<tcp>(in);
        theirs.write_all("x").value();
        CHECK((co_await ours.receive(within(5s))).value().text() == "x");
        auto release = [&, &end = ours, &other = his]() -> task<> {
            (co_await in.sleep_for(1ms)).value();
            (co_await other.write_all("for her")).value();
            auto [socket, ahead, outcome] = end.release();
            CHECK(ahead.empty());
            CHECK(outcome.has_value());
            CHECK(socket.is_open());
        };
        char got[7];
        auto [waiting, heard, none] = co_await when_all(ours.receive(), hers.read_exact(got, within(5s)), release());
        CHECK(waiting.error() == error(verb::read, condition::cancelled));
        CHECK(heard.has_value());
        CHECK_FALSE(tcp::async_socket().release().socket.is_open());
    });
}

TEST_CASE("a connection that always has something to read lets the others go on") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = attached<tcp>(in);
        bool stop = false;
        auto data = pattern(100);
        auto flood = [&, &end = theirs]() -> task<> {
            while (!stop && co_await end.write_all(data)) {}
            end.close();
        };
        auto drain = [&, &end = ours]() -> task<> {
            while ((co_await end.receive()).value().size() > 0) {}
        };
        auto other = [&]() -> task<> {
            for (int i = 0; i < 5; ++i) (co_await in.sleep_for(1ms)).value();
            stop = true;
        };
        co_await when_all(flood(), drain(), other());
    });
}

TEST_CASE("what is there is read though the deadline has passed, and however often") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        theirs.write_all(pattern(1000)).value();
        std::byte one[1];
        (co_await ours.read_exact(one, within(5s))).value();
        for (int i = 1; i < 1000; ++i) (co_await ours.read_exact(one, until(instant()))).value();
        CHECK((co_await ours.read(one, until(instant()))).error() == condition::timed_out);
    });
}

TEST_CASE("a socket may be closed while an operation of it waits for its next share of time") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        theirs.write_all(pattern(100'000)).value();
        in.post([&, &end = ours] { end.close(); });
        char one;
        auto last = co_await ours.read(std::span(&one, 1));
        while (last && *last > 0) last = co_await ours.read(std::span(&one, 1));    // never short, so always tried at once
        // Where the kernel had already carried the last one out, it is the next that finds no socket.
        auto found_none = in.current_driver() == driver::uring && last.error() == std::errc::bad_file_descriptor;
        CHECK((found_none || last.error() == error(verb::read, condition::cancelled)));
    });
}

TEST_CASE("options and endpoints are those of the blocking socket") {
    on_every_driver([](loop& in) -> task<> {
        auto [ours, theirs] = support::half<tcp>(in);
        ours.set(no_delay{true}).value();
        CHECK(ours.template get<no_delay>().value());
        CHECK(ours.local_endpoint().value() == theirs.peer_endpoint().value());
        CHECK(ours.peer_endpoint().value() == theirs.local_endpoint().value());
        ours.shutdown(direction::write).value();
        CHECK(theirs.read_to_end<std::string>().value().empty());
        theirs.write_all("still").value();
        CHECK((co_await ours.receive()).value().text() == "still");
    });
}
