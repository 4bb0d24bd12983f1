// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/posix/socket.hpp>

#include <plumb/os/file.hpp>
#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;
using os::interest;
using os::waiting;

// What the contract's own tests cannot see: flags of descriptors, signals, and what Linux does beyond the contract.

namespace {

using os::native;
using place = socket_address<endpoint>;
using local_place = socket_address<local_address>;

constexpr auto for_ever = (instant::max)();

struct owned {
    os::handle handle;
    explicit owned(result<os::handle> made) : handle(made.value()) {}
    owned(owned&& other) noexcept : handle(std::exchange(other.handle, os::none)) {}
    ~owned() {
        if (handle != os::none) native::close(handle);
    }
    operator os::handle() const { return handle; }
    void close() { native::close(std::exchange(handle, os::none)); }
};

owned bound(int type) {
    owned made(native::open(AF_INET, type, 0));
    native::bind(made, to_sockaddr(endpoint::parse("127.0.0.1:0").value()).value()).value();
    return made;
}

struct connection {
    owned listener = bound(SOCK_STREAM);
    owned client{native::open(AF_INET, SOCK_STREAM, 0)};
    owned server;
    connection() : server(meet()) {}
    result<os::handle> meet() {
        native::listen(listener, 8).value();
        native::connect(client, native::local<place>(listener).value(), waiting::yes).value();
        return native::accept(listener, waiting::yes, static_cast<place*>(nullptr));
    }
};

bool closes_on_exec(int descriptor) { return ::fcntl(descriptor, F_GETFD) & FD_CLOEXEC; }
bool is_non_blocking(int descriptor) { return ::fcntl(descriptor, F_GETFL) & O_NONBLOCK; }

void await(os::handle socket, interest awaited) {
    os::watch one{socket, awaited};
    while (native::wait({&one, 1}, for_ever, nullptr).value() == 0) {}
}

volatile std::sig_atomic_t caught;

error error_of(const auto& outcome) { return outcome ? error(verb::none, std::errc{}) : outcome.error(); }

// Takes a signal's action over, and gives it back.
struct catching {
    int number;
    struct sigaction before;
    explicit catching(int signal, void (*handler)(int) = [](int) { caught = caught + 1; }) : number(signal) {
        struct sigaction action {};
        action.sa_handler = handler;
        ::sigaction(number, &action, &before);    // without SA_RESTART
        caught = 0;
    }
    ~catching() { ::sigaction(number, &before, nullptr); }
};

}  // namespace

TEST_CASE("no program that is started inherits a socket of ours") {
    connection both;
    auto pair = native::pair(AF_UNIX, SOCK_STREAM, 0).value();
    owned one(pair[0]), other(pair[1]), twin(native::duplicate(one));
    os::waker sleeper;
    for (int descriptor : {both.listener.handle, both.client.handle, both.server.handle, one.handle, other.handle,
                           twin.handle, sleeper.open().value()}) {
        CHECK(descriptor > 2);
        CHECK(closes_on_exec(descriptor));
    }
}

TEST_CASE("no call but accept without waiting changes the mode that a descriptor shares with others") {
    connection both;
    std::array<std::byte, 4> buffer{};
    (void)native::receive(both.client, mutable_bytes(buffer), waiting::no);
    (void)native::send(both.client, bytes(buffer), waiting::no);
    CHECK_FALSE(is_non_blocking(both.client));
    CHECK_FALSE(is_non_blocking(both.server));
    owned fresh(native::open(AF_INET, SOCK_STREAM, 0));
    (void)native::connect(fresh, native::local<place>(both.listener).value(), waiting::no);
    CHECK_FALSE(is_non_blocking(fresh));
    CHECK_FALSE(is_non_blocking(both.listener));
    owned server(native::accept(both.listener, waiting::yes, static_cast<place*>(nullptr)));
    CHECK_FALSE(is_non_blocking(both.listener));
    CHECK_FALSE(native::accept(both.listener, waiting::no, static_cast<place*>(nullptr)));
    CHECK(is_non_blocking(both.listener));
}

TEST_CASE("writing to a peer that has gone raises no SIGPIPE") {
    catching pipe(SIGPIPE);
    for (int way = 0; way < 3; ++way) {
        CAPTURE(way);
        auto pair = native::pair(AF_UNIX, SOCK_STREAM, 0).value();
        owned one(pair[0]), other(pair[1]);
        other.close();
        std::array<bytes, 2> list{bytes("x"), bytes("y")};
        result<std::size_t> outcome;
        if (way == 0) outcome = native::send(one, bytes("x"), waiting::yes);
        if (way == 1) outcome = native::send(one, list, waiting::yes);
        if (way == 2) outcome = native::send_to(one, static_cast<const place*>(nullptr), bytes("x"), waiting::yes);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == std::errc::broken_pipe);
    }
    CHECK(caught == 0);
    sigset_t pending;
    ::sigpending(&pending);
    CHECK_FALSE(::sigismember(&pending, SIGPIPE));
}

TEST_CASE("a signal interrupts a call that waits: trying again is for those above") {
    catching alarm(SIGALRM);
    connection both;
    std::array<std::byte, 4> buffer{};
    std::array<mutable_bytes, 1> list{mutable_bytes(buffer)};
    os::watch watch{both.client, interest::readable};
    itimerval storm{{0, 5'000}, {0, 5'000}}, calm{};
    ::setitimer(ITIMER_REAL, &storm, nullptr);
    auto outcomes = {
        error_of(native::receive(both.client, mutable_bytes(buffer), waiting::yes)),
        error_of(native::receive(both.client, list, waiting::yes)),
        error_of(native::wait({&watch, 1}, for_ever, nullptr)),
    };
    ::setitimer(ITIMER_REAL, &calm, nullptr);
    for (auto& outcome : outcomes) CHECK(outcome == std::errc::interrupted);
    CHECK(caught >= 3);
}

TEST_CASE("a reset is an error on the call that it hits") {
    connection both;
    linger at_once{1, 0};
    ::setsockopt(both.server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    both.server.close();
    await(both.client, interest::readable);
    std::array<std::byte, 4> buffer{};
    auto outcome = native::receive(both.client, mutable_bytes(buffer), waiting::yes);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::connection_reset);
}

TEST_CASE("take_error takes the error away") {
    auto nobody = bound(SOCK_STREAM);
    owned client(native::open(AF_INET, SOCK_STREAM, 0));
    auto outcome = native::connect(client, native::local<place>(nobody).value(), waiting::no);
    if (!outcome && outcome.error() == std::errc::operation_in_progress) {
        await(client, interest::writable);
        outcome = native::take_error(client);
    }
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::connection_refused);
    CHECK(native::take_error(client));
}

TEST_CASE("a connected datagram socket learns when nobody is there, once") {
    auto one = bound(SOCK_DGRAM), other = bound(SOCK_DGRAM);
    REQUIRE(native::connect(one, native::local<place>(other).value(), waiting::yes));
    other.close();
    CHECK(native::send_to(one, static_cast<const place*>(nullptr), bytes("still there?"), waiting::yes) == 12u);
    await(one, interest::readable);
    std::array<std::byte, 4> buffer{};
    auto outcome = native::receive_from(one, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::no);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::connection_refused);
    outcome = native::receive_from(one, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::no);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::resource_unavailable_try_again);
}

TEST_CASE("a cut datagram is told with its full size") {
    auto one = bound(SOCK_DGRAM), other = bound(SOCK_DGRAM);
    auto to = native::local<place>(other).value();
    std::array<std::byte, 3> buffer{};
    std::array<mutable_bytes, 1> list{mutable_bytes(buffer)};
    for (int i = 0; i < 2; ++i) REQUIRE(native::send_to(one, &to, bytes("18 bytes in there!"), waiting::yes));
    CHECK(native::receive_from(other, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 18u);
    CHECK(native::receive_from(other, static_cast<place*>(nullptr), list, waiting::yes) == 18u);
}

TEST_CASE("local sockets meet by path and by abstract name, and tell both") {
    auto folder = std::filesystem::temp_directory_path() / ("plumb-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    auto path = local_address::path((folder / "sock").string()).value();
    auto abstract = local_address::abstract_name(std::string("plumb\0", 6) + std::to_string(::getpid())).value();
    for (auto& address : {path, abstract}) {
        owned listener(native::open(AF_UNIX, SOCK_STREAM, 0)), client(native::open(AF_UNIX, SOCK_STREAM, 0));
        REQUIRE(native::bind(listener, to_sockaddr(address).value()));
        REQUIRE(native::listen(listener, 8));
        CHECK(native::local<local_place>(listener)->endpoint() == address);
        CHECK(native::local<local_place>(client)->endpoint() == local_address());
        REQUIRE(native::connect(client, to_sockaddr(address).value(), waiting::yes));
        local_place remote;
        owned server(native::accept(listener, waiting::yes, &remote));
        CHECK(remote.endpoint() == local_address());
        CHECK(native::remote<local_place>(client)->endpoint() == address);
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("pairs of datagrams and of records keep the boundaries") {
    for (auto type : {socket_type::datagram, socket_type::record}) {
        auto pair = native::pair(os::number_of(family::local), os::number_of(type), 0).value();
        owned one(pair[0]), other(pair[1]);
        for (auto text : {"a", "bcd"})
            REQUIRE(native::send_to(one, static_cast<const local_place*>(nullptr), bytes(std::string_view(text)), waiting::yes));
        std::array<std::byte, 8> buffer{};
        CHECK(native::receive_from(other, static_cast<local_place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 1u);
        CHECK(native::receive_from(other, static_cast<local_place*>(nullptr), mutable_bytes(buffer), waiting::yes) == 3u);
    }
}

TEST_CASE("where no descriptor is left every maker says so") {
    rlimit before;
    ::getrlimit(RLIMIT_NOFILE, &before);
    connection both;
    rlimit none{0, before.rlim_max};
    os::waker sleeper;
    ::setrlimit(RLIMIT_NOFILE, &none);
    error outcomes[] = {
        error_of(native::open(AF_INET, SOCK_STREAM, 0)),
        error_of(native::duplicate(both.client)),
        error_of(native::pair(AF_UNIX, SOCK_STREAM, 0)),
        error_of(sleeper.open()),
        error_of(native::wait({}, for_ever, &sleeper)),
    };
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(outcomes[0] == std::errc::too_many_files_open);
    CHECK(outcomes[1] == std::errc::invalid_argument);    // F_DUPFD itself is out of range
    CHECK(outcomes[2] == std::errc::too_many_files_open);
    CHECK(outcomes[3] == std::errc::too_many_files_open);
    CHECK(outcomes[4] == std::errc::too_many_files_open);
}
