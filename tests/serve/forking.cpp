// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve.hpp>

#include <plumb/process.hpp>
#include <plumb/stream.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "loopback.hpp"
#include "serving.hpp"

#include <csignal>
#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <grp.h>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using serve::happening;
using support::answer, support::beside, support::client_of, support::echo, support::ends, support::listener;

namespace {

// The children of this process, zombies included, as /proc has them.
int count_children() {
    auto count = 0;
    auto folder = ::opendir("/proc");
    while (auto entry = ::readdir(folder)) {
        if (std::atoi(entry->d_name) == 0) continue;
        std::ifstream status(std::string("/proc/") + entry->d_name + "/status");
        for (std::string line; std::getline(status, line);)
            if (line == "PPid:\t" + std::to_string(::getpid())) ++count;
    }
    ::closedir(folder);
    return count;
}

// What a child says to nobody.
void be_silent() { (void)::freopen("/dev/null", "w", stderr); }

}  // namespace

TEST_CASE_TEMPLATE("connections are served at once, each by the handler that every model takes", P, CONNECTION_PROTOCOLS) {
    auto before = support::open_descriptors();
    support::check_serving_at_once<P>([](auto& server) { return serve::forking(server, echo, {.max_children = 4, .end_after = 4}); });
    CHECK(count_children() == 0);
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a handle to keep that is none ends each connection, and is told of it") {
    auto server = listener<tcp>();
    beside serving([&] {
        file none;
        return serve::forking(server, echo, {.end_after = 2, .keep = {none}});
    });
    for (int i = 0; i < 2; ++i) {
        auto client = client_of(server);
        CHECK(ends(client));
    }
    auto report = serving.get().value();
    CHECK(report.failed == 2);
    CHECK(count_children() == 0);
}

TEST_CASE("a child holds its connection, the standard streams and what it is to keep, and nothing else of ours") {
    auto server = listener<tcp>();
    auto [reader, writer] = pipe().value();
    auto lists = [&](tcp::socket peer) -> result<void> {
        auto held = support::open_descriptors();
        std::string said = std::to_string(held.size());
        said += held.contains(peer.native_handle()) ? " peer" : "";
        said += held.contains(server.native_handle()) ? " acceptor" : "";
        said += held.contains(writer.native_handle()) ? " pipe" : "";
        if (auto sent = writer.write_all("."); !sent) return sent;
        if (auto sent = peer.write_all(said + "\n"); !sent) return sent;
        char none[1];
        return peer.read(none) ? result<void>() : failure(verb::read, std::errc::io_error);
    };
    beside serving([&] { return serve::forking(server, lists, {.end_after = 3, .keep = {writer}}); });
    std::vector<buffered<tcp::socket>> clients;
    for (int i = 0; i < 3; ++i) clients.emplace_back(client_of(server));
    for (auto& client : clients) CHECK(std::string(client.read_line(within(20s)).value()) == "5 peer pipe");
    clients.clear();    // until then all of them run
    CHECK(serving.get().value().failed == 0);
    writer.close();
    CHECK(reader.read_to_end<std::string>().value() == "...");    // nobody else holds the pipe
}

TEST_CASE("two hundred clients at once, some of which crash and some of which never read: no zombie, no descriptor is left") {
    auto server = listener<tcp>();
    stop_source stop;
    stop.token().waker()->open().value();
    auto before = support::count_descriptors();
    support::notes notes;
    beside serving([&] { return serve::forking(server, echo, {.stop = stop.token(), .drain = within(0s), .observer = notes.taker()}); });
    std::string great(100'000, 'x');
    std::vector<tcp::socket> deaf, silent, good;
    for (int i = 0; i < 200; ++i) {
        auto client = client_of(server);
        if (i % 20 == 0) {
            (void)client.write(great, within(0s));
            deaf.push_back(std::move(client));
        } else if (i % 20 == 1) {
            silent.push_back(std::move(client));
        } else if (i % 4 == 2) {
            client.write_all("lost").value();
            support::reset_on_close(client.native_handle());
        } else {
            good.push_back(std::move(client));
        }
    }
    for (auto& client : good) CHECK(answer(client, "still there") == "still there");
    notes.await(happening::accepted, 200);
    CHECK(count_children() >= 150);    // all but the fifty at most that were reset
    good.clear();
    notes.await(happening::ended, 130);
    while (notes.count(happening::ended) + notes.count(happening::failed) < 180) std::this_thread::yield();
    CHECK(count_children() == 20);    // each was collected as it ended, while others run
    stop.request_stop();
    for (auto& client : silent) CHECK(ends(client));
    auto report = serving.get().value();
    CHECK(report.accepted == 200);
    CHECK(report.failed <= 50);
    CHECK(report.crashed == 20);
    CHECK(report.cut == 20);
    CHECK(count_children() == 0);
    deaf.clear();
    silent.clear();
    CHECK(support::count_descriptors() == before);
}

TEST_CASE("what a handler gives comes back; a crash, an exit and an exception end their own connection alone") {
    auto server = listener<tcp>();
    std::vector<std::string> heard;
    auto handler = [](tcp::socket peer) -> result<void> {
        char wish[1];
        if (auto read = peer.read_exact(wish); !read) return read;
        switch (wish[0]) {
        case 'k': ::raise(SIGKILL); break;
        case 'x': ::_exit(3);
        case 'e': be_silent(); throw std::runtime_error("nobody hears this");
        case 'q': ::_exit(0);
        case 'f': return failure(verb::copy, std::errc::connection_reset, 17);
        }
        return {};
    };
    beside serving([&] {
        return serve::forking(server, handler, {.max_children = 1, .end_after = 7, .observer = [&](const serve::event& told) {
            if (told.what != happening::accepted) heard.push_back(to_string(told));
        }});
    });
    for (std::string_view wish : {"k", "x", "e", "q", "f", "", "o"}) {
        auto client = client_of(server);
        client.write_all(wish).value();
        client.shutdown(direction::write).value();
        CHECK(ends(client));
    }
    auto report = serving.get().value();
    CHECK(report.crashed == 3);
    CHECK(report.failed == 2);
    CHECK(heard == std::vector<std::string>{
        "crashed: ended by SIGKILL (0 running, 1 accepted)", "crashed: exited with 3 (0 running, 2 accepted)",
        "crashed: exited with 1 (0 running, 3 accepted)", "ended (0 running, 4 accepted)",
        "failed: copy: Connection reset by peer (0 running, 5 accepted)",
        "failed: read: The stream ended early, after 0 bytes (0 running, 6 accepted)", "ended (0 running, 7 accepted)"});
}

TEST_CASE("after a stop children may go on, and one that ends by itself before the drain has passed is not cut") {
    auto server = listener<tcp>();
    stop_source stop;
    beside serving([&] { return serve::forking(server, echo, {.stop = stop.token(), .drain = within(60s)}); });
    auto client = client_of(server);
    CHECK(answer(client, "hello") == "hello");
    stop.request_stop();
    CHECK(answer(client, "still") == "still");
    client.close();
    auto report = serving.get().value();
    CHECK(report.why == serve::ending::stopped);
    CHECK(report.cut + report.crashed == 0);
}

TEST_CASE("children that go on after the drain has passed are ended, by force if need be a second later") {
    constexpr auto drain = 150ms, grace = 1000ms;
    auto server = listener<tcp>();
    stop_source stop;
    support::notes notes;
    auto handler = [](tcp::socket peer) -> result<void> {
        char wish[1];
        if (auto read = peer.read_exact(wish); !read) return read;
        if (wish[0] == 's') ::signal(SIGTERM, SIG_IGN);    // stubborn
        if (auto sent = peer.write_all(std::span(wish)); !sent) return sent;
        return echo(std::move(peer));
    };
    beside serving([&] {
        return serve::forking(server, handler, {.stop = stop.token(), .drain = within(drain), .observer = notes.taker()});
    });
    auto idle = client_of(server), stubborn = client_of(server);
    CHECK(answer(idle, "i") == "i");
    CHECK(answer(stubborn, "s") == "s");
    auto start = tcp::now();
    stop.request_stop();
    CHECK(ends(idle));
    CHECK(tcp::now() - start >= drain);
    CHECK(ends(stubborn));
    CHECK(tcp::now() - start >= drain + grace);
    auto report = serving.get().value();
    CHECK(report.why == serve::ending::stopped);
    CHECK(report.cut == 2);
    CHECK(report.crashed == 2);
    CHECK(notes.reason() == "ended by SIGKILL");
    CHECK(count_children() == 0);
}

TEST_CASE("an acceptor that was given away is closed before the drain") {
    support::check_refusal_while_draining([](tcp::acceptor server, stop_token stop) {
        return serve::forking(std::move(server), echo, {.stop = stop, .drain = within(60s)});
    });
}

TEST_CASE("a handler may take a stop_token, which stops when the drain has passed: it ends by itself, and what it gives comes back") {
    auto server = listener<tcp>();
    stop_source stop;
    support::notes notes;
    auto handler = [](tcp::socket peer, stop_token over) -> result<void> {
        (void)peer.write_all("x");
        return sleep_for(1h, over);
    };
    beside serving([&] {
        return serve::forking(server, handler, {.stop = stop.token(), .drain = within(0s), .observer = notes.taker()});
    });
    auto client = client_of(server);
    char heard[1];
    CHECK(client.read_exact(heard).has_value());
    stop.request_stop();
    auto report = serving.get().value();
    CHECK(report.cut == 1);
    CHECK(report.failed == 1);
    CHECK(report.crashed == 0);
    CHECK(notes.cause() == condition::cancelled);
}

TEST_CASE("a child that has left its group is ended as well, by force if need be") {
    auto server = listener<tcp>();
    stop_source stop;
    auto handler = [](tcp::socket peer) {
        ::signal(SIGTERM, SIG_IGN);
        if (::setpgid(0, ::getpgid(::getppid())) != 0) return;
        (void)peer.write_all("x");
        for (;;) ::pause();
    };
    beside serving([&] { return serve::forking(server, handler, {.stop = stop.token(), .drain = within(0s)}); });
    auto client = client_of(server);
    char left[1];
    CHECK(client.read_exact(left).has_value());
    stop.request_stop();
    CHECK(ends(client));
    CHECK(serving.get().value().crashed == 1);
    CHECK(count_children() == 0);
}

TEST_CASE_TEMPLATE("a stop and a shutdown of the acceptor are seen while there is no room, and more connections wait", P, CONNECTION_PROTOCOLS) {
    for (auto by_stop : {true, false}) {
        auto server = listener<P>();
        stop_source stop;
        support::notes notes;
        beside serving([&] {
            return serve::forking(server, echo, {.max_children = 1, .stop = stop.token(), .drain = within(0s), .observer = notes.taker()});
        });
        auto one = client_of(server);
        notes.await(happening::accepted, 1);
        auto two = client_of(server);
        by_stop ? stop.request_stop() : server.shutdown().value();
        CHECK(ends(one));
        CHECK(serving.get().value().why == (by_stop ? serve::ending::stopped : serve::ending::shut_down));
    }
}

TEST_CASE("no children at all is an error, as is an acceptor that is none") {
    auto server = listener<tcp>();
    CHECK(serve::forking(server, echo, {.max_children = 0}).error() == error(verb::accept, std::errc::invalid_argument));
    auto taken = std::move(server);
    CHECK(serve::forking(server, echo).error() == error(verb::accept, std::errc::bad_file_descriptor));
}

TEST_CASE("a parent that ignores SIGCHLD, and one that handles it, serve the same") {
    for (auto action : {SIG_IGN, +[](int) {}}) {
        struct sigaction set {}, before;
        set.sa_handler = action;
        ::sigaction(SIGCHLD, &set, &before);
        auto server = listener<tcp>();
        beside serving([&] { return serve::forking(server, echo, {.end_after = 3}); });
        for (int i = 0; i < 3; ++i) {
            auto client = client_of(server);
            CHECK(answer(client, "x") == "x");
        }
        auto report = serving.get().value();
        CHECK(report.accepted == 3);
        CHECK(report.crashed + report.failed == 0);
        ::sigaction(SIGCHLD, &before, nullptr);
        CHECK(count_children() == 0);
    }
}

namespace {

// Runs a server of two connections in a process of its own, which `starve` makes short of something once the first has been
// served, and `feed` makes well again after six failures. Tells what was seen.
std::string through_a_shortage(auto starve, auto feed) {
    return support::in_child([&] {
        auto server = listener<tcp>();
        auto first = client_of(server), second = client_of(server);
        first.shutdown(direction::write).value();
        second.shutdown(direction::write).value();
        auto failures = 0;
        error cause(verb::none, std::errc{});    // spelled once there are descriptors again: sanitizers need some
        rusage before{}, after{};
        ::getrusage(RUSAGE_SELF, &before);
        result<serve::report> report;
        auto took = support::time_of([&] {
            report = serve::forking(server, echo, {.max_children = 1, .end_after = 2, .observer = [&](const serve::event& told) {
                if (told.what == happening::ended && told.accepted == 1) starve();
                if (told.what != happening::starved) return;
                cause = told.cause;
                if (++failures == 6) feed();
            }});
        });
        ::getrusage(RUSAGE_SELF, &after);
        auto seconds = [](timeval span) { return std::chrono::seconds(span.tv_sec) + std::chrono::microseconds(span.tv_usec); };
        auto busy = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
        return std::to_string(failures) + " x " + cause.message() + (took >= 315ms ? ", paused" : ", at once") +
               (busy < took / 10 ? ", idle" : ", busy") + (report && report->accepted == 2 && report->crashed == 0 ? ", served" : "");
    });
}

}  // namespace

TEST_CASE("without a descriptor left a server neither spins nor ends, and serves as soon as there is one") {
    (void)std::generic_category().message(EMFILE);    // a sanitizer looks at the category once, and needs descriptors for it
    rlimit plenty{};
    ::getrlimit(RLIMIT_NOFILE, &plenty);
    auto starve = [&] {
        auto none = plenty;
        none.rlim_cur = static_cast<rlim_t>(::dup(0));
        ::close(static_cast<int>(none.rlim_cur));
        ::setrlimit(RLIMIT_NOFILE, &none);
    };
    CHECK(through_a_shortage(starve, [&] { ::setrlimit(RLIMIT_NOFILE, &plenty); }) ==
          "6 x accept: Too many open files, paused, idle, served");
}

TEST_CASE("a child that cannot be started is waited for, and its connection with it") {
    rlimit plenty{};
    ::getrlimit(RLIMIT_NPROC, &plenty);
    auto starve = [&] {
        if (::getuid() == 0 && ::setresuid(54'321, 54'321, 54'321) != 0) std::abort();    // the limit is not for root
        auto none = plenty;
        none.rlim_cur = 1;
        ::setrlimit(RLIMIT_NPROC, &none);
    };
    CHECK(through_a_shortage(starve, [&] { ::setrlimit(RLIMIT_NPROC, &plenty); }) ==
          "6 x fork: Resource temporarily unavailable, paused, idle, served");
}
