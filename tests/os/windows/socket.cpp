// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/windows/socket.hpp>

#include <plumb/os/file.hpp>
#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <utility>

using namespace plumb;
using os::interest;
using os::waiting;

// What the contract's own tests cannot see: flags of handles, foreign sockets, and Windows' numbers.

namespace {

using os::native;
using place = socket_address<endpoint>;

constexpr auto for_ever = (instant::max)();

struct owned {
    os::handle handle;
    explicit owned(result<os::handle> made) : handle(made.value()) {}
    ~owned() {
        if (handle != os::none) native::close(handle);
    }
    operator os::handle() const { return handle; }
};

bool is_inherited(os::handle socket) {
    DWORD flags = HANDLE_FLAG_INHERIT;
    REQUIRE(::GetHandleInformation(reinterpret_cast<HANDLE>(socket), &flags));
    return flags & HANDLE_FLAG_INHERIT;
}

place loopback() { return to_sockaddr(endpoint::parse("127.0.0.1:0").value()).value(); }

}  // namespace

TEST_CASE("no program that is started inherits a socket or a file of ours") {
    owned listener(native::open(AF_INET, SOCK_STREAM, 0)), client(native::open(AF_INET, SOCK_STREAM, 0));
    native::bind(listener, loopback()).value();
    native::listen(listener, 8).value();
    native::connect(client, native::local<place>(listener).value(), waiting::yes).value();
    owned server(native::accept(listener, waiting::yes, static_cast<place*>(nullptr)));
    auto pair = native::pair(AF_UNIX, SOCK_STREAM, 0).value();
    owned one(pair[0]), other(pair[1]), twin(native::duplicate(one));
    os::waker sleeper;
    for (auto socket : {listener.handle, client.handle, server.handle, one.handle, other.handle, twin.handle, sleeper.open().value()})
        CHECK_FALSE(is_inherited(socket));
    auto path = (std::filesystem::temp_directory_path() / "plumb-inherited").string();
    auto file = os::native_files::open(path, file_mode::create).value();
    CHECK_FALSE(is_inherited(file));
    os::native_files::close(file);
    std::filesystem::remove(path);
}

TEST_CASE("an error keeps the number of Windows and means what POSIX means") {
    auto outcome = native::open(250, SOCK_STREAM, 0);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().domain() == error_domain::windows);
    CHECK(outcome.error().cause() == WSAEAFNOSUPPORT);
    CHECK(outcome.error() == std::errc::address_family_not_supported);
}

TEST_CASE("a handle that is no socket is told from one that is nothing") {
    auto event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    auto handle = reinterpret_cast<os::handle>(event);
    CHECK(native::listen(handle, 1).error() == std::errc::not_a_socket);
    CHECK(native::describe(handle).error() == std::errc::not_a_socket);
    os::watch watch{handle, interest::readable};
    CHECK(native::wait({&watch, 1}, for_ever, nullptr).error() == std::errc::not_a_socket);
    ::CloseHandle(event);
    CHECK(native::listen(handle, 1).error() == std::errc::bad_file_descriptor);
}

TEST_CASE("a foreign socket that is taken over never waits where it may not") {
    auto foreign = ::socket(AF_INET, SOCK_DGRAM, 0);    // blocks, as every socket of Winsock's at first
    owned socket(foreign);
    native::bind(socket, loopback()).value();
    REQUIRE(native::take_over(socket));
    std::array<std::byte, 4> buffer{};
    auto outcome = native::receive_from(socket, static_cast<place*>(nullptr), mutable_bytes(buffer), waiting::no);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::resource_unavailable_try_again);
}

TEST_CASE("a socket that is to linger is closed all the same") {
    auto pair = native::pair(AF_UNIX, SOCK_STREAM, 0).value();
    owned other(pair[1]);
    linger patience{1, 5};
    REQUIRE(native::set_option(pair[0], SOL_SOCKET, SO_LINGER, bytes(&patience, sizeof patience)));
    REQUIRE(native::send(pair[0], bytes("last words"), waiting::yes));
    native::close(pair[0]);
    CHECK(native::listen(pair[0], 1).error() == std::errc::bad_file_descriptor);
    std::array<std::byte, 20> buffer{};
    CHECK(native::receive(other, mutable_bytes(buffer), waiting::yes) == 10u);
    CHECK(native::receive(other, mutable_bytes(buffer), waiting::yes) == 0u);
}

TEST_CASE("there are no pairs but of streams, no packet sockets and no abstract names") {
    auto pair = native::pair(AF_UNIX, SOCK_DGRAM, 0);
    REQUIRE_FALSE(pair);
    CHECK(pair.error() == std::errc::operation_not_supported);
    auto packets = native::open(os::number_of(family::packet), SOCK_RAW, 0);
    REQUIRE_FALSE(packets);
    CHECK(packets.error() == std::errc::address_family_not_supported);
    CHECK(to_sockaddr(link_address()).error() == std::errc::address_family_not_supported);
    CHECK(to_sockaddr(local_address::abstract_name("x").value()).error() == std::errc::not_supported);
}

TEST_CASE("the two ends of a pair know each other's port, so that no stranger stands between them") {
    auto pair = native::pair(AF_UNIX, SOCK_STREAM, 0).value();
    owned one(pair[0]), other(pair[1]);
    CHECK(native::local<place>(one)->endpoint() == native::remote<place>(other)->endpoint());
    CHECK(native::local<place>(other)->endpoint() == native::remote<place>(one)->endpoint());
    CHECK(native::local<place>(one)->endpoint().address().is_loopback());
}

TEST_CASE("a waker's handle hears nobody else's datagrams") {
    os::waker sleeper;
    auto handle = sleeper.open().value();
    owned stranger(native::open(AF_INET, SOCK_DGRAM, 0));
    auto to = native::local<place>(handle).value();
    REQUIRE(native::send_to(stranger, &to, bytes("boo"), waiting::yes));
    os::watch watch{handle, interest::readable};
    CHECK(native::wait({&watch, 1}, native::now() + std::chrono::milliseconds(50), nullptr) == 0u);
    sleeper.wake();
    CHECK(native::wait({&watch, 1}, for_ever, nullptr) == 1u);
}
