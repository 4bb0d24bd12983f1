// SPDX-License-Identifier: BSL-1.0
#include <plumb/process.hpp>
#include <plumb/serve.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "gate.hpp"
#include "loopback.hpp"
#include "serving.hpp"

#include <set>
#include <stdexcept>

using namespace plumb;
using namespace std::chrono_literals;
using serve::happening;
using support::answer, support::beside, support::client_of, support::echo, support::ends, support::listener;

TEST_CASE_TEMPLATE("connections are served at once, each by the handler that every model takes", P, CONNECTION_PROTOCOLS) {
    support::check_serving_at_once<P>([](auto& server) { return serve::threaded(server, echo, {.threads = 4, .end_after = 4}); });
}

TEST_CASE("there are no more threads than allowed, and they are used again") {
    auto server = listener<tcp>();
    std::mutex mutex;
    std::set<std::thread::id> threads;
    beside serving([&] {
        auto handler = [&](tcp::socket peer) {
            {
                std::lock_guard held(mutex);
                threads.insert(std::this_thread::get_id());
            }
            return echo(std::move(peer));
        };
        return serve::threaded(server, handler, {.threads = 3, .end_after = 60});
    });
    for (int i = 0; i < 20; ++i) {
        auto one = client_of(server), two = client_of(server), three = client_of(server);
        for (auto client : {&three, &one, &two}) CHECK(answer(*client, "x") == "x");
    }
    CHECK(serving.get().value().accepted == 60);
    CHECK(threads.size() <= 3);
}

TEST_CASE_TEMPLATE("one connection after the other needs one thread, and ends with its handler", P, tcp, support::nameless<tcp>) {
    auto server = listener<P>();
    std::set<std::thread::id> threads;    // of one thread, or there is a race
    support::notes notes;
    beside serving([&] {
        return serve::threaded(server, [&](typename P::socket) { threads.insert(std::this_thread::get_id()); },
                               {.threads = 8, .end_after = 10, .observer = notes.taker()});
    });
    for (int i = 1; i <= 10; ++i) {
        auto client = client_of(server);
        notes.await(happening::ended, i);
        CHECK(ends(client));
    }
    CHECK(serving.get().value().accepted == 10);
    CHECK(threads.size() <= 2);    // the one before may not yet be idle when the next comes
}

TEST_CASE("two hundred clients at once, some of which crash and some of which never read") {
    auto server = listener<tcp>();
    stop_source stop;
    support::notes notes;
    beside serving([&] {
        return serve::threaded(server, echo, {.threads = 64, .stop = stop.token(), .drain = within(50ms), .observer = notes.taker()});
    });
    std::string great(100'000, 'x'), heard(great.size(), ' ');
    std::vector<tcp::socket> deaf, good;
    for (int i = 0; i < 200; ++i) {
        auto client = client_of(server);
        if (i % 20 == 0) {
            (void)client.write(great, within(0s));
            deaf.push_back(std::move(client));    // ten of them keep ten threads
        } else if (i % 4 == 1) {
            client.write_all("lost").value();
            support::reset_on_close(client.native_handle());
        } else {
            good.push_back(std::move(client));
        }
    }
    for (auto& client : good) {
        CHECK(answer(client, "still there") == "still there");
        client.close();
    }
    notes.await_rest(200, 10);
    stop.request_stop();
    auto report = serving.get().value();
    CHECK(report.accepted == 200);
    CHECK(report.failed <= 60);     // a reset may come before the first read, or after the last
    CHECK(report.cut == 10);
}

TEST_CASE_TEMPLATE("after a stop what runs may go on until the drain has passed, and is then shut down", P, CONNECTION_PROTOCOLS) {
    for (auto drain : {60s, 0s}) {
        auto server = listener<P>();
        stop_source stop;
        beside serving([&] { return serve::threaded(server, echo, {.stop = stop.token(), .drain = within(drain)}); });
        auto client = client_of(server);
        CHECK(answer(client, "now") == "now");
        stop.request_stop();
        if (drain > 0s) CHECK(answer(client, "still") == "still");
        if (drain > 0s) client.close();
        else CHECK(ends(client));
        auto report = serving.get().value();
        CHECK(report.why == serve::ending::stopped);
        CHECK(report.accepted == 1);
        CHECK(report.cut == (drain > 0s ? 0u : 1u));
    }
}

TEST_CASE("what runs after a stop is not shut down before the drain has passed") {
    constexpr auto drain = 120ms;
    auto server = listener<tcp>();
    stop_source stop;
    beside serving([&] { return serve::threaded(server, echo, {.stop = stop.token(), .drain = within(drain)}); });
    auto idle = client_of(server);
    CHECK(answer(idle, "now") == "now");
    auto start = tcp::now();
    stop.request_stop();
    CHECK(ends(idle));
    CHECK(tcp::now() - start >= drain);
    CHECK(serving.get().value().cut == 1);
}

TEST_CASE("a handler that waits elsewhere may take a stop_token, which stops when the drain has passed and no earlier") {
    auto server = listener<tcp>();
    stop_source stop;
    support::notes notes;
    auto handler = [](tcp::socket peer, stop_token over) -> result<void> {
        auto [reader, writer] = pipe().value();
        (void)peer.write_all("x", over);
        char none[1];
        auto heard = reader.read(none, over);
        return heard ? result<void>() : failure(heard.error());
    };
    beside serving([&] {
        return serve::threaded(server, handler, {.stop = stop.token(), .drain = within(60ms), .observer = notes.taker()});
    });
    auto one = client_of(server), two = client_of(server);
    char heard[1];
    CHECK(one.read_exact(heard).has_value());
    CHECK(two.read_exact(heard).has_value());
    auto took = support::time_of([&] {
        stop.request_stop();
        notes.await(happening::failed, 2);
    });
    CHECK(took > 50ms);
    CHECK(serving.get().value().cut == 2);
    CHECK(notes.cause() == condition::cancelled);
}

TEST_CASE("a handler may end what works for it by a stop_source of its connection alone") {
    auto server = listener<tcp>();
    auto handler = [](tcp::socket peer, stop_source over) -> result<void> {
        result<void> helped;
        std::jthread helper([&, token = over.token()] { helped = sleep_for(1h, token); });
        char heard[1];
        auto asked = peer.read_exact(heard);
        over.request_stop();
        helper.join();
        return asked && helped.error() == condition::cancelled ? peer.write_all("x") : failure(verb::none, std::errc::io_error);
    };
    beside serving([&] { return serve::threaded(server, handler, {.threads = 1, .end_after = 2}); });
    for (int i = 0; i < 2; ++i) {
        auto client = client_of(server);
        CHECK(answer(client, "x") == "x");
    }
    CHECK(serving.get().value().failed == 0);
}

TEST_CASE("an idle thread keeps nothing open of the stop of its last connection") {
    auto server = listener<tcp>();
    auto handler = [](tcp::socket, stop_token over) { (void)sleep_for(1ms, over); };
    auto before = support::count_descriptors();
    beside serving([&] { return serve::threaded(server, handler, {.end_after = 2}); });
    auto one = client_of(server);
    CHECK(ends(one));
    one.close();
    auto latest = std::chrono::steady_clock::now() + 20s;    // the thread is idle a little after its connection has ended
    while (support::count_descriptors() > before && std::chrono::steady_clock::now() < latest) std::this_thread::yield();
    CHECK(support::count_descriptors() <= before);
    auto last = client_of(server);
    CHECK(ends(last));
    CHECK(serving.get().value().accepted == 2);
}

TEST_CASE("a stop is seen while every thread is busy and more connections wait") {
    auto server = listener<tcp>();
    stop_source stop;
    support::notes notes;
    beside serving([&] {
        return serve::threaded(server, echo, {.threads = 1, .stop = stop.token(), .drain = within(0s), .observer = notes.taker()});
    });
    auto one = client_of(server), two = client_of(server);
    notes.await(happening::accepted, 1);
    stop.request_stop();
    CHECK(ends(one));
    CHECK(serving.get().value().accepted == 1);
}

TEST_CASE("an acceptor that was given away is closed before the drain, one that was lent can be served from again") {
    support::check_refusal_while_draining([](tcp::acceptor server, stop_token stop) {
        return serve::threaded(std::move(server), echo, {.stop = stop, .drain = within(60s)});
    });
    auto server = support::listener<tcp>();
    stop_source stop;
    stop.request_stop();
    CHECK(serve::threaded(server, echo, {.stop = stop.token()}).value().accepted == 0);
    auto client = support::client_of(server);
    client.shutdown(direction::write).value();
    CHECK(serve::threaded(server, echo, {.end_after = 1}).value().accepted == 1);
}

#if !defined(PLUMB_OS_WINDOWS)    // where shutting an acceptor down wakes nobody
TEST_CASE_TEMPLATE("shutting the acceptor down drains as a stop does, while every thread is busy as well", P, CONNECTION_PROTOCOLS) {
    for (auto threads : {1u, 2u}) {
        auto server = listener<P>();
        beside serving([&] { return serve::threaded(server, echo, {.threads = threads, .drain = within(0s)}); });
        auto client = client_of(server);
        CHECK(answer(client, "x") == "x");
        server.shutdown().value();
        CHECK(ends(client));
        auto report = serving.get().value();
        CHECK(report.why == serve::ending::shut_down);
        CHECK(report.cut == 1);
    }
}
#endif

TEST_CASE("having served as many connections as it was to does not hurry those that run") {
    auto server = listener<tcp>();
    beside serving([&] { return serve::threaded(server, echo, {.end_after = 1, .drain = within(0s)}); });
    auto slow = client_of(server);
    CHECK(answer(slow, "x") == "x");
    std::this_thread::sleep_for(120ms);    // longer than it takes to look for a stop
    CHECK(answer(slow, "x") == "x");
    CHECK_FALSE(serving.has_ended());
    slow.close();
    CHECK(serving.get().value().cut == 0);
}

TEST_CASE("a handler that closes its connection early does end it, and what takes its number is not cut") {
    auto server = listener<tcp>();
    stop_source stop;
    support::gate closed, checked;
    support::notes notes;
    stop.token().waker()->open().value();    // what is opened later could take the number
    auto is_reused = false, stranger_lives = false;
    auto handler = [&](tcp::socket peer) {
        [[maybe_unused]] auto number = peer.native_handle();
        peer.close();
#if defined(PLUMB_OS_WINDOWS)
        is_reused = true;
        closed.open(), checked.pass();
        stranger_lives = true;
#else
        auto [one, two] = local::stream::pair().value();
        is_reused = one.native_handle() == number;
        closed.open(), checked.pass();
        char heard[1];
        stranger_lives = one.write("x") && two.read(heard, within(5s)).value_or(0) == 1;
#endif
    };
    beside serving([&] {
        return serve::threaded(server, handler, {.stop = stop.token(), .drain = within(0s), .observer = notes.taker()});
    });
    auto client = client_of(server);
    closed.pass();
#if !defined(PLUMB_OS_WINDOWS)
    CHECK(ends(client));    // while the handler still runs
#endif
    stop.request_stop();
    notes.await(happening::cut, 1);
    checked.open();
    CHECK(serving.get().value().accepted == 1);
    CHECK(is_reused);
    CHECK(stranger_lives);
}

TEST_CASE("a handler that throws or fails takes its own connection down") {
    auto server = listener<tcp>();
    support::notes notes;
    beside serving([&] {
        auto handler = [](tcp::socket peer) -> result<void> {
            char heard[1];
            peer.read_exact(heard).value();    // throws where the peer says nothing
            if (heard[0] == 'f') return failure(verb::read, std::errc::io_error);
            return peer.write_all(std::span(heard));
        };
        return serve::threaded(server, handler, {.threads = 2, .end_after = 3, .observer = notes.taker()});
    });
    {
        auto silent = client_of(server);
        silent.shutdown(direction::write).value();
        CHECK(ends(silent));
    }
    auto failing = client_of(server);
    failing.write_all("f").value();
    CHECK(ends(failing));
    auto fine = client_of(server);
    CHECK(answer(fine, "x") == "x");
    auto report = serving.get().value();
    CHECK(report.crashed == 1);
    CHECK(report.failed == 1);
    CHECK(notes.reason() == "read: The stream ended early, after 0 bytes");
}

namespace {

// A system that cannot start threads at first.
struct scarce_system : os::native {
    static inline int refusals = 0;

    class thread : public os::native::thread {
    public:
        [[nodiscard]] static result<thread> start(auto function) {
            if (refusals-- > 0) return failure(verb::start_thread, std::errc::resource_unavailable_try_again);
            auto made = os::native::thread::start(std::move(function));
            if (!made) return failure(made.error());
            return thread(*std::move(made));
        }

    private:
        explicit thread(os::native::thread made) noexcept : os::native::thread(std::move(made)) {}
    };
};

struct scarce : tcp::on<scarce, scarce_system> {};

}  // namespace

TEST_CASE("a thread that cannot be started is waited for, and the connection with it") {
    scarce_system::refusals = 4;
    auto server = listener<scarce>();
    support::notes notes;
    beside serving([&] { return serve::threaded(server, echo, {.end_after = 1, .observer = notes.taker()}); });
    auto took = support::time_of([&] {
        auto client = client_of(server);
        CHECK(answer(client, "at last") == "at last");
    });
    CHECK(took > 30ms);    // 5 + 10 + 20 + 40, less what it took to connect
    CHECK(serving.get().value().accepted == 1);
    CHECK(notes.count(happening::starved) == 4);
}

TEST_CASE("a server that cannot start a thread still sees a stop") {
    scarce_system::refusals = 1'000'000;
    auto server = listener<scarce>();
    stop_source stop;
    support::notes notes;
    beside serving([&] { return serve::threaded(server, echo, {.stop = stop.token(), .observer = notes.taker()}); });
    notes.await(happening::starved, 3);
    stop.request_stop();
    CHECK(serving.get().value().accepted == 0);
    CHECK(notes.count(happening::starved) < 10);    // pauses, and does not spin
    scarce_system::refusals = 0;
}

TEST_CASE("no threads at all is an error, as is an acceptor that is none") {
    auto server = listener<tcp>();
    CHECK(serve::threaded(server, echo, {.threads = 0}).error() == error(verb::accept, std::errc::invalid_argument));
    auto taken = std::move(server);
    auto why = serve::threaded(server, echo).error();
    CHECK((why == std::errc::bad_file_descriptor || why == std::errc::not_a_socket));
}
