// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "folder.hpp"
#include "loopback.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace plumb;
using support::folder;

TEST_CASE_TEMPLATE("a path is listened at and connected to", P, local::stream, local::seqpacket, faulty<local::stream>) {
    folder in;
    auto at = local_address::path(in / "socket").value();
    auto acceptor = P::listen(at).value();
    CHECK(std::filesystem::is_socket(std::string(at.file_name())));
    CHECK(acceptor.local_endpoint().value() == at);
    auto client = P::connect(at).value();
    auto peer = acceptor.accept_from().value();
    CHECK(client.peer_endpoint().value() == at);
    CHECK(peer.peer.endpoint().is_unnamed());
    CHECK(client.local_endpoint().value().is_unnamed());
}

TEST_CASE("a socket file that was left behind is in the way, and tells that nobody is there") {
    folder in;
    auto at = local_address::path(in / "socket").value();
    (void)local::stream::listen(at).value();    // closed again; the file stays
    CHECK(local::stream::listen(at).error() == error(verb::bind, std::errc::address_in_use));
    CHECK(local::stream::connect(at).error() == error(verb::connect, std::errc::connection_refused));
    std::filesystem::remove(std::string(at.file_name()));
    CHECK(local::stream::connect(at).error() == error(verb::connect, std::errc::no_such_file_or_directory));
    CHECK(local::stream::listen(at).has_value());
}

TEST_CASE("abstract names keep every byte") {
    using namespace std::string_view_literals;
    for (auto name : {"plumb test"sv, "plumb\0test"sv, "plumb test\0"sv, "\0plumb test"sv}) {
        auto at = local_address::abstract_name(name).value();
        auto acceptor = local::stream::listen(at).value();
        CHECK(acceptor.local_endpoint().value() == at);
        auto client = local::stream::connect(at).value();
        CHECK(client.peer_endpoint().value().name() == name);
    }
}

TEST_CASE("the system finds a name when it is given none") {
    auto acceptor = local::stream::listen(local_address()).value();
    auto at = acceptor.local_endpoint().value();
    CHECK(at.is_abstract());
    CHECK(at.name().size() == 5);    // unix(7), "Autobind feature"
}

TEST_CASE("the longest names work, and one byte more never reaches the kernel") {
    folder in;
    auto longest = in / "";
    longest.resize(107, 'x');
    auto at = local_address::path(longest).value();
    auto acceptor = local::stream::listen(at).value();
    CHECK(acceptor.local_endpoint().value() == at);
    CHECK(std::filesystem::is_socket(longest));
    CHECK(local::stream::connect(at).has_value());
    CHECK(local_address::path(longest + "x").error() == condition::too_long);
    auto name = local_address::abstract_name(std::string(107, 'y')).value();
    auto other = local::stream::listen(name).value();
    CHECK(other.local_endpoint().value() == name);
    CHECK(local_address::abstract_name(std::string(108, 'y')).error() == condition::too_long);
}

TEST_CASE("a path of 108 bytes without a NUL, made by somebody else, is no trap") {
    folder in;
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    std::memset(un.sun_path, 'x', sizeof un.sun_path);
    auto begin = in / "";
    std::memcpy(un.sun_path, begin.data(), begin.size());
    auto raw = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(raw, reinterpret_cast<sockaddr*>(&un), sizeof un) == 0);
    REQUIRE(::listen(raw, 1) == 0);
    auto acceptor = local::stream::adopt_acceptor(raw).value();
    auto at = acceptor.local_endpoint();    // the kernel gives 111 bytes for a structure of 110
    CHECK(at.error() == condition::too_long);
}

TEST_CASE("a message between programs tells who sent it, if he has a name") {
    auto server = local::datagram::bind(local_address()).value();
    auto named = local::datagram::bind(local_address::abstract_name("plumb test sender").value()).value();
    auto unnamed = local::datagram::open().value();
    auto at = server.local_endpoint().value();
    named.send_to("a", at).value();
    unnamed.send_to("b", at).value();
    unnamed.send_to("", at).value();
    char buffer[10];
    auto first = server.receive_from(buffer).value();
    CHECK(first.sender == named.local_endpoint().value());
    server.send_to("back", first.sender).value();
    CHECK(named.receive(buffer).value().size == 4);
    CHECK(server.receive_from(buffer).value().sender.endpoint().is_unnamed());
    CHECK(server.receive_from(buffer).value().size == 0);
    unnamed.connect(at).value();
    CHECK(unnamed.send("c").has_value());
    server.close();
    CHECK(unnamed.send("d").error() == std::errc::connection_refused);
    CHECK(unnamed.send_to("e", local_address::path("/nowhere").value()).error() == error(verb::send, std::errc::no_such_file_or_directory));
}
