// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/inflow.hpp>

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/verbs.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "half_attached.hpp"
#include "in_loop.hpp"
#include "old_kernel.hpp"
#include "pattern.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::literals;
using support::half_attached;
using support::pattern;

namespace {

// Writes down which handles it was to receive from.
struct noting_ring {
    static constexpr unsigned most_buffers = 8;
    using completion = os::uring::completion;
    std::vector<os::handle> received_from;

    [[nodiscard]] bool shares_buffers() const { return true; }
    void provide(std::uint32_t, mutable_bytes) {}
    void receive_on(os::handle from, std::uint64_t) { received_from.push_back(from); }
    void accept_on(os::handle, std::uint64_t) {}
    void poll(os::handle, interest, std::uint64_t) {}
    void cancel(std::uint64_t) {}
};

// Waits to read, and never has enough.
class endless_reader final : public detail::operation {
public:
    explicit endless_reader(detail::inlet& target) : operation(target) { enter(std::coroutine_handle<>(std::noop_coroutine()), interest::readable); }
    ~endless_reader() { abandon(); }
    bool attempt() noexcept override { return false; }
    void give_up(error) noexcept override {}
};

// Writes until the other end takes no more, and says how much that was.
std::size_t fill(tcp::socket& full, std::string_view data) {
    std::size_t gone = 0;
    while (auto sent = full.write(data.substr(gone), within(50ms))) gone += *sent;
    return gone;
}

}  // namespace

TEST_CASE("what came ahead is read in order by whatever read comes next" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        auto& ours = connection.ours;
        auto data = pattern(200'000);
        connection.theirs.write_all(data.substr(0, 10)).value();
        std::string heard((co_await ours.receive()).value().text());
        connection.theirs.write_all(data.substr(10)).value();
        connection.theirs.close();
        (co_await here.sleep_for(1ms)).value();    // the flow has brought what it may
        std::string one(7, ' '), other(5, ' '), exact(100'000, ' ');
        auto size = (co_await ours.read(mutable_bytes(one))).value();
        CHECK(size == 7);
        heard += one;
        const mutable_bytes several[] = {mutable_bytes(one), mutable_bytes(other)};
        CHECK((co_await ours.read(several)).value() == 12);
        heard += one + other;
        (co_await ours.read_exact(mutable_bytes(exact))).value();
        heard += exact;
        for (;;) {
            auto chunk = (co_await ours.receive()).value();
            if (chunk.empty()) break;
            heard += chunk.text();
        }
        CHECK(heard == data);
        CHECK((co_await ours.receive()).value().empty());    // and the end stays the end
    }(in));
}

TEST_CASE("who reads what came ahead in small pieces lets others go on" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        constexpr std::size_t size = 20'000;
        std::size_t taken = 0, turns = 0;
        auto read = [&]() -> task<> {
            (co_await connection.ours.receive()).value();    // from then on it flows
            for (char one; taken < size; ++taken) (co_await connection.ours.read(mutable_bytes(&one, 1))).value();
        };
        auto look = [&]() -> task<> {
            connection.theirs.write_all("x"sv).value();
            (co_await here.sleep_for(1ms)).value();
            connection.theirs.write_all(std::string(size, 'x')).value();
            while (taken < size) {
                (co_await here.sleep_for(1ns)).value();
                ++turns;
            }
        };
        co_await when_all(look(), read());
        CHECK(turns > 50);
    }(in));
}

TEST_CASE("a peer that writes to nobody is held back, and nothing is lost" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        half_attached connection(here);
        connection.ours.set(receive_buffer_size{64 * 1024}).value();
        connection.theirs.set(send_buffer_size{64 * 1024}).value();
        auto data = pattern(16 << 20);
        connection.theirs.write_all(std::string_view(data).substr(0, 1)).value();
        (co_await connection.ours.receive()).value();
        std::size_t gone = 1;
        for (int turn = 0; turn < 3; ++turn) {
            gone += fill(connection.theirs, std::string_view(data).substr(gone));
            (co_await here.sleep_for(0ms)).value();
        }
        CHECK(gone < 2 << 20);
        std::thread writer([&] {
            connection.theirs.write_all(std::string_view(data).substr(gone)).value();
            connection.theirs.close();
        });
        std::string heard = data.substr(0, 1);
        for (;;) {
            auto chunk = (co_await connection.ours.receive()).value();
            if (chunk.empty()) break;
            heard += chunk.text();
        }
        writer.join();
        CHECK((heard == data));
    }(in));
}

namespace {

constexpr std::size_t speakers = 400, speech = 20'000;

// That many connections say so much each, at once and two times: more than all buffers hold. Says how many bytes were heard of each.
template <class P>
std::string hear_many() {
    loop in(driver::uring);
    std::size_t least = 3 * speech;
    in.run([](loop& here, std::size_t& fewest) -> task<> {
        auto word = [](std::size_t number) { return std::string(speech, static_cast<char>('a' + number % 26)); };
        auto listen = [](async_socket<P>& from, std::string expected, std::size_t& heard_of_each) -> task<> {
            std::size_t heard = 0;
            for (;;) {
                auto chunk = co_await from.receive();
                if (chunk.value().empty()) break;
                for (auto left = chunk->text(); !left.empty(); left.remove_prefix(std::min(left.size(), speech)))
                    if (!expected.starts_with(left.substr(0, speech))) std::abort();
                heard += chunk->size();
            }
            heard_of_each = std::min(heard_of_each, heard);
        };
        std::vector<support::half<P>> connections;
        for (std::size_t i = 0; i < speakers; ++i) connections.emplace_back(here);
        scope beside(here);
        for (std::size_t i = 0; i < speakers; ++i) beside.spawn(listen(connections[i].ours, word(i), fewest));
        for (int round = 0; round < 2; ++round) {
            for (std::size_t i = 0; i < speakers; ++i) connections[i].theirs.write_all(word(i)).value();
            auto turn = co_await here.sleep_for(0ms);
            turn.value();
        }
        for (auto& one : connections) one.theirs.close();
        auto joined = co_await beside.join();
        joined.value();
    }(in, least));
    return std::to_string(least);
}

}  // namespace

TEST_CASE_TEMPLATE("connections may say more at once than all buffers hold, which the kernel shares or not" * doctest::skip(!support::has_uring()), P, tcp, local::stream) {
    CHECK(hear_many<P>() == std::to_string(2 * speech));
    CHECK(support::in_child([] { return support::forget_release() ? hear_many<P>() : "no old kernel"s; }) == std::to_string(2 * speech));
}

TEST_CASE("who asks for more comes behind those that found no buffer") {
    detail::loop_state here;
    noting_ring ring;
    detail::provision<noting_ring> buffers(ring);
    detail::aside<noting_ring> others(here, ring);
    detail::held_operations<noting_ring> held(ring, buffers, others);
    detail::inflow<noting_ring> flows(here, ring, buffers, others, held);
    auto &first = *flows.attach(1), &second = *flows.attach(2);
    endless_reader one(first), other(second);
    flows.start(one, first, false);
    REQUIRE(ring.received_from == std::vector<os::handle>{1});
    flows.take({.token = first.token(), .code = -ENOBUFS, .flags = 0}, false);
    flows.start(other, second, false);
    CHECK(ring.received_from.size() == 1);
    here.run_ready();
    CHECK(ring.received_from == std::vector<os::handle>{1, 1, 2});
}

TEST_CASE("of many connections that say more than all buffers hold none is left behind" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        constexpr std::size_t count = 16, size = 1 << 20;
        auto data = pattern(size);
        std::vector<half_attached> all;
        all.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            all.emplace_back(here);
            all.back().theirs.set(send_buffer_size{size}).value();
            all.back().theirs.write_all(data, within(10s)).value();    // it lies in the kernel
        }
        std::vector<std::size_t> heard(count);
        std::size_t least_when_one_had_all = 0;
        auto read = [&](std::size_t which) -> task<> {
            while (heard[which] < size) {
                auto chunk = co_await all[which].ours.receive(within(10s));
                if (!chunk || chunk->empty()) break;
                heard[which] += chunk->size();
                (co_await here.sleep_for(100us)).value();    // with the buffer
            }
            if (least_when_one_had_all == 0) least_when_one_had_all = *std::min_element(heard.begin(), heard.end());
        };
        scope readers(here);
        for (std::size_t i = 0; i < count; ++i) readers.spawn(read(i));
        (co_await readers.join()).value();
        CHECK(std::count(heard.begin(), heard.end(), size) == static_cast<std::ptrdiff_t>(count));
        CHECK(least_when_one_had_all >= size / 4);
    }(in));
}

TEST_CASE("connections that came ahead are accepted in turn, and closed with their acceptor" * doctest::skip(!support::has_uring())) {
    loop in(driver::uring);
    in.run([](loop& here) -> task<> {
        auto server = tcp::listen(here, {ipv4_address::loopback(), 0}).value();
        auto at = server.local_endpoint().value();
        auto first = tcp::connect(at).value();
        auto one = (co_await server.accept()).value();
        auto second = tcp::connect(at).value(), third = tcp::connect(at).value();
        (co_await here.sleep_for(1ms)).value();
        auto two = (co_await server.accept()).value();
        CHECK(two.peer_endpoint().value() == second.local_endpoint().value());
        server.close();
        auto left = third.read_to_end<std::string>(within(5s));
        CHECK((left ? left->empty() : left.error() == std::errc::connection_reset));
    }(in));
}

TEST_CASE("a loop that goes closes the connections that were accepted ahead, though their acceptor had gone" * doctest::skip(!support::has_uring())) {
    auto before = support::count_descriptors();
    {
        loop in(driver::uring);
        in.run([](loop& here) -> task<> {
            half_attached idle(here);
            auto server = tcp::listen(here, {ipv4_address::loopback(), 0}).value();
            std::vector<tcp::socket> clients;
            auto connect = [&]() -> task<> {
                (co_await here.sleep_for(1ms)).value();
                for (int i = 0; i < 5; ++i) clients.push_back(tcp::connect(server.local_endpoint().value()).value());
            };
            auto wait = [&]() -> task<> {
                char got;
                (void)co_await idle.ours.read(mutable_bytes(&got, 1));
            };
            scope connecting(here);
            connecting.spawn(connect());
            {
                scope waiting(here);
                waiting.spawn(wait());
                (co_await server.accept()).value();
            }    // the end of the read is waited for, and the other connections are set aside
        }(in));
    }
    CHECK(support::count_descriptors() == before);
}
