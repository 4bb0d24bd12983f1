// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket/local_verbs.hpp>

#include <plumb/socket.hpp>
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "descriptors.hpp"
#include "folder.hpp"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using support::folder;

namespace {

[[nodiscard]] local_address at(const std::string& path) { return local_address::path(path).value(); }

// Makes the owner of a path: an acceptor, or a socket of messages.
template <class P>
[[nodiscard]] auto start(const local_address& where, const auto&... extras) {
    if constexpr (connection_protocol<P>) return P::listen(where, extras...);
    else return P::bind(where, extras...);
}

// Leaves the file of a socket behind.
void leave(const std::string& path) {
    (void)local::stream::listen(at(path)).value();
    REQUIRE(std::filesystem::is_socket(path));
}

constexpr error in_use(verb::bind, std::errc::address_in_use);

}  // namespace

#define EVERY_KIND local::stream, local::seqpacket, local::datagram, faulty<local::stream>, faulty<local::datagram>

TEST_CASE_TEMPLATE("a file that was left behind is replaced, where that is asked for", P, EVERY_KIND) {
    folder in;
    auto path = in / "socket";
    auto before = support::count_descriptors();
    for (int round = 0; round < 3; ++round) {
        auto first = start<P>(at(path), replace_stale_file{true}).value();
        CHECK(first.local_endpoint().value() == at(path));
        CHECK(std::filesystem::is_socket(path));
    }
    CHECK(start<P>(at(path)).error() == in_use);
    CHECK(start<P>(at(path), replace_stale_file{false}).error() == in_use);
    auto owner = start<P>(at(path), within(10s), replace_stale_file{true}, send_buffer_size{4096}, stop_token()).value();
    auto peer = local::datagram::open().value();
    if constexpr (connection_protocol<P>) CHECK(P::connect(at(path)).has_value());
    else CHECK(peer.connect(at(path)).has_value());
    peer.close();
    owner.close();
    CHECK(support::count_descriptors() == before);
}

TEST_CASE_TEMPLATE("a socket that connects has a path of its own, too", P, local::stream, local::seqpacket) {
    folder in;
    leave(in / "client");
    auto server = P::listen(at(in / "server")).value();
    auto client = P::bind(at(in / "client"), replace_stale_file{true}).value();
    client.connect(at(in / "server")).value();
    CHECK(server.accept_from().value().peer == at(in / "client"));
}

TEST_CASE("a path in the current folder is replaced there") {
    folder in;
    leave(in / "socket");
    auto there = std::filesystem::current_path();
    std::filesystem::current_path(in.path());
    CHECK(local::stream::listen(at("socket"), replace_stale_file{true}).has_value());
    std::filesystem::current_path(there);
}

TEST_CASE_TEMPLATE("whoever has the path bound keeps it, and is not disturbed", P, EVERY_KIND) {
    folder in;
    auto path = in / "socket";
    auto before = support::count_descriptors();
    auto refuses = [&] {
        CHECK(start<P>(at(path), replace_stale_file{true}).error() == in_use);
        CHECK(std::filesystem::is_socket(path));
    };
    auto frees = [&] { std::filesystem::remove(path); };
    {
        auto listening = local::stream::listen(at(path)).value();
        refuses();
        CHECK(listening.accept(within(0s)).error() == condition::timed_out);    // nobody knocked
        frees();
    }
    {
        auto not_yet = local::stream::bind(at(path)).value();    // between bind and listen
        refuses();
        frees();
    }
    {
        auto raw = local::seqpacket::bind(at(path)).value();    // of another type than ours, for most of us
        REQUIRE(os::native::listen(raw.native_handle(), 0).has_value());
        std::vector<local::seqpacket::socket> waiting;
        for (;;) {
            auto next = local::seqpacket::connect(at(path), within(10ms));
            if (!next) break;
            waiting.push_back(*std::move(next));
        }
        REQUIRE(waiting.size() == 1);    // its queue is full
        refuses();
        frees();
    }
    {
        auto receiving = local::datagram::bind(at(path)).value();
        refuses();
        auto other = local::datagram::bind(at(in / "other")).value();
        receiving.connect(at(in / "other")).value();    // takes messages of nobody else
        refuses();
        char buffer[1];
        CHECK(receiving.receive(buffer, within(0s)).error() == condition::timed_out);
    }
    CHECK(support::count_descriptors() == before);
}

TEST_CASE_TEMPLATE("what is no socket is never removed", P, EVERY_KIND) {
    folder in;
    auto before = support::count_descriptors();
    std::ofstream(in / "file") << "precious";
    std::filesystem::create_directory(in / "folder");
    leave(in / "stale");
    std::filesystem::create_symlink("stale", in / "link");
    std::filesystem::create_symlink("nowhere", in / "dangling");
    for (auto name : {"file", "folder", "link", "dangling", "folder/..", "."}) {
        CAPTURE(name);
        CHECK(start<P>(at(in / name), replace_stale_file{true}).error() == in_use);
        CHECK(std::filesystem::symlink_status(in / name).type() != std::filesystem::file_type::not_found);
    }
    std::string content;
    std::ifstream(in / "file") >> content;
    CHECK(content == "precious");
    CHECK(std::filesystem::is_socket(in / "stale"));
    CHECK(start<P>(at(in / "nowhere/socket"), replace_stale_file{true}).error() == error(verb::bind, std::errc::no_such_file_or_directory));
    CHECK(start<P>(at(in / "file/socket"), replace_stale_file{true}).error() == error(verb::bind, std::errc::not_a_directory));
    CHECK(support::count_descriptors() == before);
}

TEST_CASE("where it cannot be known whether somebody is there, the file stays") {
    folder in;
    leave(in / "socket");
    for (auto cause : {std::errc::permission_denied, std::errc::wrong_protocol_type, std::errc::not_enough_memory}) {
        fault_plan plan{fault::failed(faulty_call::connect, cause)};
        CHECK(faulty<local::stream>::listen(at(in / "socket"), replace_stale_file{true}).error() == in_use);
        CHECK(plan.hits() == 1);
        CHECK(std::filesystem::is_socket(in / "socket"));
    }
    fault_plan plan{fault::failed(faulty_call::connect, std::errc::interrupted)};
    CHECK(faulty<local::stream>::listen(at(in / "socket"), replace_stale_file{true}).has_value());
    CHECK(plan.calls(faulty_call::connect) == 2);
}

TEST_CASE("the file of somebody else stays, and the error says why") {
    if (::geteuid() != 0) {
        MESSAGE("needs root, who makes files for others");
        return;
    }
    folder in;
    leave(in / "socket");
    leave(in / "closed");
    std::filesystem::permissions(in.path(), std::filesystem::perms::all | std::filesystem::perms::sticky_bit);    // as /tmp
    std::filesystem::permissions(in / "socket", std::filesystem::perms::all);
    std::filesystem::permissions(in / "closed", std::filesystem::perms::none);
    auto told = support::in_child([&] {
        if (::setresuid(65534, 65534, 65534) != 0) return std::string("still root");
        std::string text;
        for (auto name : {"socket", "closed"})
            text += local::stream::listen(at(in / name), replace_stale_file{true}).error().message() + "; ";
        auto mine = local::stream::listen(at(in / "mine")).value();
        mine.close();
        std::filesystem::permissions(in / "mine", std::filesystem::perms::none);
        text += local::stream::listen(at(in / "mine"), replace_stale_file{true}).error().message();
        return text;
    });
    CHECK(told == "bind: Operation not permitted; bind: Address already in use; bind: Address already in use");
    for (auto name : {"socket", "closed", "mine"}) CHECK(std::filesystem::is_socket(in / name));
}

TEST_CASE("without a descriptor to ask with, the file stays, and the error says why") {
    folder in;
    leave(in / "socket");
    auto told = support::in_child([&] {
        auto refused = 0;
        for (rlim_t most = 4;; ++most) {
            rlimit few{most, 4096};
            ::setrlimit(RLIMIT_NOFILE, &few);
            auto made = local::stream::listen(at(in / "socket"), replace_stale_file{true});
            if (made) break;
            refused += std::filesystem::is_socket(in / "socket");
            if (made.error() != std::errc::too_many_files_open) return std::string("another error");    // to print it takes a descriptor of sanitizers
        }
        return std::string(refused >= 3 ? "listens at last" : "was never without");    // the socket, the folder, the question
    });
    CHECK(told == "listens at last");
}

TEST_CASE("addresses that are no path have no file to replace") {
    auto name = local_address::abstract_name("plumb test stale").value();
    auto first = local::stream::listen(name, replace_stale_file{true}).value();
    CHECK(local::stream::listen(name, replace_stale_file{true}).error() == in_use);
    CHECK(local::stream::connect(name).has_value());
    CHECK(local::datagram::bind(local_address(), replace_stale_file{true}).value().local_endpoint().value().is_abstract());
}

TEST_CASE_TEMPLATE("waiting for who is replacing a file in this folder ends by the limits", P, local::stream, faulty<local::datagram>) {
    folder in;
    leave(in / "socket");
    auto before = support::count_descriptors();
    auto other = ::open(in.path().c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(other, LOCK_EX) == 0);
    CHECK(start<P>(at(in / "socket"), replace_stale_file{true}, within(30ms)).error() == error(verb::bind, condition::timed_out));
    stop_source stop;
    stop.request_stop();
    CHECK(start<P>(at(in / "socket"), stop.token(), replace_stale_file{true}).error() == error(verb::bind, condition::cancelled));
    CHECK(std::filesystem::is_socket(in / "socket"));
    CHECK(start<P>(at(in / "free"), replace_stale_file{true}, within(0s)).has_value());    // nothing to wait for
    std::thread unlocking([&] {
        std::this_thread::sleep_for(30ms);
        ::close(other);
    });
    CHECK(start<P>(at(in / "socket"), replace_stale_file{true}).has_value());
    unlocking.join();
    auto again = ::open(in.path().c_str(), O_RDONLY | O_CLOEXEC);
    CHECK(::flock(again, LOCK_EX | LOCK_NB) == 0);    // unlocked again
    ::close(again);
    CHECK(support::count_descriptors() == before);
}

namespace {

// A program that starts a server whenever it is told to, says how that went, and ends the server when it is told so.
class starter {
public:
    starter(const local_address& where) {
        int down[2], up[2];
        REQUIRE((::pipe2(down, O_CLOEXEC) == 0 && ::pipe2(up, O_CLOEXEC) == 0));
        child_ = ::fork();
        if (child_ == 0) {
            ::close(down[1]);
            for (char word; ::read(down[0], &word, 1) == 1;) {
                auto made = local::stream::listen(where, replace_stale_file{true});
                char answer = made ? 'w' : made.error() == in_use ? 'l' : '?';
                if (::write(up[1], &answer, 1) != 1 || ::read(down[0], &word, 1) != 1) break;
            }
            std::_Exit(0);
        }
        ::close(down[0]);
        ::close(up[1]);
        to_ = down[1], from_ = up[0];
    }
    starter(const starter&) = delete;
    ~starter() {
        ::close(to_);
        ::close(from_);
        ::waitpid(child_, nullptr, 0);
    }
    void go_on() const { REQUIRE(::write(to_, "x", 1) == 1); }
    [[nodiscard]] char outcome() const {
        char answer = '-';
        return ::read(from_, &answer, 1) == 1 ? answer : '!';
    }

private:
    pid_t child_;
    int to_, from_;
};

}  // namespace

TEST_CASE("of several that start at once over one file that was left behind, one gets the path and keeps it") {
    folder in;
    leave(in / "socket");
    const starter three[] = {at(in / "socket"), at(in / "socket"), at(in / "socket")};
    for (int round = 0; round < 500; ++round) {
        CAPTURE(round);
        for (auto& one : three) one.go_on();
        std::string outcomes;
        for (auto& one : three) outcomes += one.outcome();
        CHECK((outcomes == "wll" || outcomes == "lwl" || outcomes == "llw"));
        CHECK(local::stream::connect(at(in / "socket")).has_value());
        for (auto& one : three) one.go_on();    // the winner's file is left behind for the next round
    }
}
