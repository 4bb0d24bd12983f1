// SPDX-License-Identifier: BSL-1.0
// What a loop does where memory runs out, be it for one allocation or for good, and whichever it is: it says so, nothing of it is
// left over, no byte and no connection is lost that it had not told of, and with memory all goes on.
#include <plumb/loop/loop.hpp>

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/async_buffered.hpp>
#include <plumb/loop/async_message.hpp>
#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/channel.hpp>
#include <plumb/loop/interval.hpp>
#include <plumb/loop/run_loops.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/socket/udp.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "failing_memory.hpp"
#include "loopback.hpp"
#include "pattern.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace plumb;
using namespace std::literals;
using support::failing_memory, support::with_ever_more_memory;

namespace {

// Whether something went well, or for want of memory did not.
bool is_fair(const auto& outcome) { return outcome || outcome.error() == std::errc::not_enough_memory; }

void check_lack(failing_memory& scarce, const auto& outcome) {
    scarce.end();
    CHECK(outcome.error() == std::errc::not_enough_memory);
}

// Runs a task, whatever becomes of it; false where it throws for want of memory.
bool run(loop& in, auto begin) {
    try {
        in.run(begin());
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

constexpr auto soon = within(10s);

}  // namespace

TEST_CASE("a loop is made or is not, and so are its tasks, posts, sleeps and ticks; another loop drives it all the same") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        stop_source stop;
        bool is_right = true;
        int called = 0, posted = 0;
        auto post = [&] {
            try {
                in.post([&] { ++called; });
                ++posted;
            } catch (const std::bad_alloc&) {}
        };
        auto work = [&]() -> task<> {
            post();
            auto slept = co_await in.sleep_for(1us);
            is_right &= is_fair(slept);
            slept = co_await in.sleep_for(1us, stop.token());
            is_right &= is_fair(slept);
            interval every(in, 1us);
            for (int i = 0; i < 3; ++i) {
                auto ticks = co_await every.tick(stop.token(), soon);
                is_right &= is_fair(ticks);
            }
            post();
        };
        run(in, work);
        post();
        in.poll();
        scarce.end();
        run(in, work);
        for (auto last = in.now() + 10s; called < posted && in.now() < last;) in.poll();
        CHECK(is_right);
        CHECK(called == posted);
        CHECK(posted >= 2);
    });
}

TEST_CASE("many timers are set or are not, and those that are ring") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        bool is_right = true;
        int slept = 0;
        auto nap = [&]() -> task<> {
            auto outcome = co_await in.sleep_for(1us);
            is_right &= is_fair(outcome);
            slept += outcome.has_value();
        };
        int begun = 0;
        scope sleepers(in);
        try {
            for (; begun < 40; ++begun) sleepers.spawn(nap());
        } catch (const std::bad_alloc&) {}
        scarce.end();
        auto join = [&]() -> task<> { (co_await sleepers.join()).value(); };
        in.run(join());
        CHECK(is_right);
        CHECK(slept <= begun);
    });
}

TEST_CASE("a connection is accepted, or closed, or still waits for it; and one is made, or nothing is left of it") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        stop_source stop;
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0});
        if (!server) return check_lack(scarce, server);
        const auto at = server->local_endpoint().value();
        std::array<tcp::socket, 3> clients;
        for (auto& each : clients) each = tcp::connect(at, soon).value();
        bool is_right = true;
        auto serve = [&](auto& peer) {
            is_right &= is_fair(peer);
            if (peer) (void)peer->release().socket.write_all("x");
        };
        auto accept = [&]() -> task<> {
            auto peer = co_await server->accept(soon);
            serve(peer);
            auto other = co_await server->accept(soon, stop.token());
            serve(other);
        };
        auto connect = [&]() -> task<> {
            auto peer = co_await tcp::connect(in, at, soon, stop.token());
            is_right &= is_fair(peer);
        };
        run(in, accept);
        run(in, connect);
        scarce.end();
        CHECK(is_right);
        auto serve_the_rest = [&]() -> task<> {
            for (auto& each : clients) {
                char got[1];
                auto heard = each.read(got, within(0s));
                for (auto last = in.now() + 10s; !heard && heard.error() == condition::timed_out && in.now() < last; heard = each.read(got, within(0s))) {
                    auto peer = co_await server->accept(within(1ms));
                    if (peer) serve(peer);
                }
                CHECK((heard || heard.error() == std::errc::connection_reset));    // nobody is forgotten
            }
        };
        in.run(serve_the_rest());
    });
}

TEST_CASE("an acceptor that leaves its loop takes what was accepted ahead along, or closes it") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0});
        if (!server) return check_lack(scarce, server);
        const auto at = server->local_endpoint().value();
        std::array<tcp::socket, 5> clients;
        for (auto& each : clients) each = tcp::connect(at, soon).value();
        auto accept = [&]() -> task<> { (void)co_await server->accept(soon); };
        run(in, accept);
        try {
            (void)server->release();
        } catch (const std::bad_alloc&) {}
        scarce.end();
        server->close();
        for (auto& each : clients) {
            char got[1];
            auto heard = each.read(got, soon);
            CHECK((heard ? *heard == 0 : heard.error() == std::errc::connection_reset));
        }
    });
}

TEST_CASE("no byte is lost by a read that there is no memory for, and none by a connection that leaves its loop") {
    static const auto words = support::pattern(300);
    constexpr std::size_t later = 20;
    const std::string_view said = words;
    with_ever_more_memory([&](driver on, failing_memory& scarce) {
        loop in(on);
        stop_source stop;
        auto [mine, theirs] = support::connected<tcp>();
        auto ours = in.attach(std::move(mine));
        if (!ours) return check_lack(scarce, ours);
        theirs.write_all(said.substr(0, later)).value();
        bool is_right = true;
        char heard[400];
        std::size_t size = 0;
        auto add = [&](const auto& got, std::size_t count) {
            is_right &= is_fair(got);
            size += got ? count : 0;
        };
        auto read = [&]() -> task<> {
            auto first = co_await ours->read(mutable_bytes(heard, 3), soon);
            add(first, first.value_or(0));
            auto chunk = co_await ours->receive(soon, stop.token());
            if (chunk) std::memcpy(heard + size, chunk->data(), chunk->size());
            add(chunk, chunk ? chunk->size() : 0);
            theirs.write_all(said.substr(later)).value();
            auto next = co_await ours->read(mutable_bytes(heard + size, 2), soon);
            add(next, next.value_or(0));
            std::array<mutable_bytes, 2> both{mutable_bytes(heard + size, 1), mutable_bytes(heard + size + 1, 2)};
            auto several = co_await ours->read(std::span<const mutable_bytes>(both), soon);
            add(several, several.value_or(0));
        };
        auto has_run = run(in, read);
        std::optional<released_stream<tcp>> released;
        try {
            released.emplace(ours->release());
        } catch (const std::bad_alloc&) {}
        scarce.end();
        if (!has_run) theirs.write_all(said.substr(later)).value();
        theirs.close();
        std::string all(heard, size);    // and what is not among it is still to come
        if (released) {
            all += released->ahead;
            all += released->socket.read_to_end<std::string>().value();
        } else {
            auto rest = [&]() -> task<> { all += (co_await ours->read_to_end<std::string>()).value(); };
            in.run(rest());
        }
        CHECK(is_right);
        CHECK(all == said);
    });
}

TEST_CASE("a write that there is no memory for has told of every byte that went") {
    static const std::string much(3 << 20, 'x');
    with_ever_more_memory([&](driver on, failing_memory& scarce) {
        loop in(on);
        stop_source stop;
        auto [mine, theirs] = support::connected<tcp>();
        auto ours = in.attach(std::move(mine));
        if (!ours) return check_lack(scarce, ours);
        std::size_t gone = 0;
        bool is_right = true;
        auto write = [&]() -> task<> {
            const std::array<bytes, 2> parts{"head"sv, "body"sv};
            auto head = co_await ours->write_all(std::span<const bytes>(parts), soon);
            is_right &= is_fair(head);
            gone += head ? 8 : head.error().detail();
            auto body = co_await ours->write_all(much, within(5ms), stop.token());
            is_right &= is_fair(body) || body.error() == condition::timed_out;    // nobody reads
            gone += body ? much.size() : body.error().detail();
        };
        run(in, write);
        scarce.end();
        ours->close();
        std::size_t came = 0;
        static char room[1 << 16];
        for (;;) {
            auto size = theirs.read(room);
            came += size.value_or(0);
            if (!size || *size == 0) break;
        }
        CHECK(is_right);
        CHECK(came == gone);
    });
}

TEST_CASE("letters, lookups, pipes, foreign descriptors, lines and channels say that there is no memory, or throw it, and leave nothing") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        auto [mine, theirs] = support::connected<tcp>();
        auto ends = pipe().value();
        ends.writer.write_all("x").value();
        auto foreign = ends.reader.native_handle();
        theirs.write_all("a line that is longer than a short string is\n").value();
        bool is_right = true;
        auto work = [&]() -> task<> {
            auto box = udp::bind(in, {ipv4_address::loopback(), 0});
            is_right &= is_fair(box);
            if (box) {
                auto sent = co_await box->send_to("letter", box->local_endpoint().value(), soon);
                is_right &= is_fair(sent);
                char room[10];
                auto came = co_await box->receive(room, sent ? soon : within(0s));
                is_right &= !sent || is_fair(came);
            }
            auto ready = co_await in.wait(foreign, interest::readable, soon);
            is_right &= is_fair(ready);
            auto [one, other] = co_await when_all(in.wait(foreign, interest::readable, soon), in.wait(foreign, interest::readable, soon));
            is_right &= is_fair(one) && is_fair(other);
            auto found = co_await resolve(in, "localhost", "80", soon);
            is_right &= is_fair(found);
            auto attached = in.attach(std::move(ends.reader));
            is_right &= is_fair(attached);
            char got[1];
            if (attached) {
                auto read = co_await attached->read(got, soon);
                is_right &= is_fair(read);
            }
            auto stream = in.attach(std::move(mine));
            is_right &= is_fair(stream);
            if (stream) {
                async_buffered<tcp::async_socket&> lines(*stream);
                auto line = co_await lines.read_line(soon);
                is_right &= is_fair(line);
            }
            channel<int> numbers(in, 2);
            (void)numbers.push(1);
            auto number = co_await numbers.pop(soon);
            is_right &= is_fair(number);
        };
        run(in, work);
        scarce.end();
        CHECK(is_right);
    });
}

TEST_CASE("tasks that run together, in scopes and with limits end all the same") {
    with_ever_more_memory([](driver on, failing_memory& scarce) {
        loop in(on);
        stop_source stop;
        bool is_right = true;
        auto nap = [&](timeline::duration span) -> task<result<void>> {
            auto slept = co_await in.sleep_for(span);
            co_return slept;
        };
        auto work = [&]() -> task<> {
            (void)co_await when_any(nap(1us), nap(10s));
            auto slept = co_await limited(in, nap(1us), soon, stop.token());
            is_right &= is_fair(slept);
            scope beside(in);
            auto quietly = [&]() -> task<> { (void)co_await nap(1us); };
            for (int i = 0; i < 5; ++i) beside.spawn(quietly());
            auto joined = co_await beside.join(soon);
            is_right &= is_fair(joined);
        };
        run(in, work);
        scarce.end();
        CHECK(is_right);
        CHECK(run(in, work));
    });
}

TEST_CASE("several loops begin together or not at all") {
    with_ever_more_memory([](driver on, failing_memory&) {
        stop_source stop;
        auto work = [&](loop& in, std::size_t) -> task<result<void>> {
            auto slept = co_await in.sleep_for(1us, stop.token());
            co_return is_fair(slept) || slept.error() == condition::cancelled ? result<void>() : failure(slept.error());
        };
        auto ended = run_loops(3, stop, work, on);
        CHECK(is_fair(ended));
    });
}

TEST_CASE("without memory for what it is told unasked a loop on io_uring ends the program, as it says" *
          doctest::skip(loop(driver::uring).current_driver() != driver::uring)) {
    auto told = support::in_child([]() -> std::string {
        std::set_terminate([] { std::_Exit(7); });
        loop in(driver::uring);
        auto server = tcp::listen(in, {ipv4_address::loopback(), 0}).value();
        const auto at = server.local_endpoint().value();
        std::vector<tcp::socket> clients;
        for (int i = 0; i < 200; ++i) clients.push_back(tcp::connect(at).value());
        auto accept = [&]() -> task<> { (void)co_await server.accept(); };
        failing_memory scarce(1, failing_memory::lack::for_good);    // the task's frame
        run(in, accept);
        return "it went on";
    });
    CHECK(told == " (wait status 1792)");
}
