// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/socket_address.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>

using namespace plumb;

namespace {

using os::native;

// What to_sockaddr makes of an address, as the kernel would see it.
template <class Address>
std::string raw(const socket_address<Address>& native) {
    return std::string(reinterpret_cast<const char*>(native.data()), static_cast<std::size_t>(native.size()));
}

template <class Address>
socket_address<Address> made_of(std::string_view text) {
    socket_address<Address> native;
    std::memset(native.data(), 0, sizeof *native.data());
    std::memcpy(native.data(), text.data(), text.size());
    native.resize(text.size());
    return native;
}

}  // namespace

TEST_CASE("an endpoint comes back as it went in") {
    for (auto text : {"0.0.0.0:0", "127.0.0.1:80", "255.255.255.255:65535", "1.2.3.4:258", "[::]:0", "[::1]:443",
                      "[2001:db8::1:2]:65535", "[fe80::1%7]:1", "[::ffff:1.2.3.4]:513", "[fe80::1%4294967295]:9"}) {
        CAPTURE(text);
        auto place = endpoint::parse(text).value();
        auto native = to_sockaddr(place).value();
        CHECK(from_sockaddr(native) == place);
        CHECK(native.endpoint() == place);
        CHECK(native == place);
        CHECK(native.address() == place.address());
        CHECK(native.port() == place.port());
        endpoint by_itself = native;
        CHECK(by_itself == place);
    }
}

TEST_CASE("port and address lie in network order") {
    auto v4 = raw(to_sockaddr(endpoint::parse("1.2.3.4:258").value()).value());
    CHECK(v4.size() == 16);
    CHECK(v4.substr(2, 6) == "\1\2\1\2\3\4");
    auto v6 = raw(to_sockaddr(endpoint::parse("[102:304:506:708:90a:b0c:d0e:f10]:258").value()).value());
    CHECK(v6.size() == 28);
    CHECK(v6.substr(2, 2) == "\1\2");
    CHECK(v6.substr(8, 16) == "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20");
}

TEST_CASE("a scope that names no interface is no such device") {
    auto outcome = to_sockaddr(endpoint::parse("[fe80::1%nowhere]:1").value());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().operation() == verb::scope);
    CHECK(outcome.error() == std::errc::no_such_device);
}

TEST_CASE("the length is looked at before any field") {
    auto v4 = raw(to_sockaddr(endpoint::parse("1.2.3.4:5").value()).value());
    auto v6 = raw(to_sockaddr(endpoint::parse("[::1]:5").value()).value());
    struct { std::string bytes; std::errc cause; const char* reason; } rows[] = {
        {"", std::errc::address_family_not_supported, "nothing at all"},
        {v4.substr(0, 1), std::errc::address_family_not_supported, "half a family"},
        {v4.substr(0, 2), std::errc::invalid_argument, "IPv4, the family alone"},
        {v4.substr(0, 15), std::errc::invalid_argument, "IPv4, one byte short"},
        {v6.substr(0, 2), std::errc::invalid_argument, "IPv6, the family alone"},
        {v6.substr(0, 27), std::errc::invalid_argument, "IPv6, one byte short"},
        {std::string("\xfe\xfe") + v4.substr(2), std::errc::address_family_not_supported, "a family of nobody's"},
        {std::string("\0\0", 2) + v4.substr(2), std::errc::address_family_not_supported, "no family"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto native = made_of<endpoint>(row.bytes);
        auto outcome = from_sockaddr(native);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error() == row.cause);
        CHECK(native.endpoint() == endpoint());
    }
}

TEST_CASE("a length past the structure counts as its end") {
    socket_address<endpoint> native;
    native.resize(1'000'000);
    CHECK(static_cast<std::size_t>(native.size()) == sizeof *native.data());
}

TEST_CASE("the kernel understands what we write, and we what it writes") {
    for (auto text : {"127.0.0.1:0", "[::1]:0"}) {
        CAPTURE(text);
        auto wanted = endpoint::parse(text).value();
        auto kind = wanted.address().is_v4() ? family::ipv4 : family::ipv6;
        auto socket = native::open(os::number_of(kind), os::number_of(socket_type::datagram), 0).value();
        auto bound = native::bind(socket, to_sockaddr(wanted).value());
        auto real = native::local<socket_address<endpoint>>(socket);
        native::close(socket);
        if (!bound && bound.error() == std::errc::address_not_available) {
            MESSAGE("no such address on this machine");
            continue;
        }
        REQUIRE(bound);
        REQUIRE(real);
        CHECK(real->address() == wanted.address());
        CHECK(real->port().number() != 0);
    }
}

TEST_CASE("the path of a local socket comes back as it went in") {
    for (auto& text : {std::string("a"), std::string("/run/some.sock"), std::string(107, 'x'), std::string("./@not abstract")}) {
        CAPTURE(text);
        auto address = local_address::path(text).value();
        auto native = to_sockaddr(address).value();
        auto bytes = raw(native);
        CHECK(bytes.size() == 2 + text.size() + 1);
        CHECK(bytes.substr(2) == text + '\0');
        CHECK(from_sockaddr(native) == address);
    }
}

TEST_CASE("a local socket without a name has an unnamed address") {
    CHECK(from_sockaddr(to_sockaddr(local_address()).value()) == local_address());
    auto family = raw(to_sockaddr(local_address::path("x").value()).value()).substr(0, 2);
    CHECK(from_sockaddr(made_of<local_address>("")) == local_address());
    CHECK(from_sockaddr(made_of<local_address>(family)) == local_address());
}

TEST_CASE("a path ends at its NUL, and at the end of the structure") {
    auto family = raw(to_sockaddr(local_address::path("x").value()).value()).substr(0, 2);
    CHECK(from_sockaddr(made_of<local_address>(family + std::string("ab\0cd", 5))) == local_address::path("ab").value());
    CHECK(from_sockaddr(made_of<local_address>(family + "ab")) == local_address::path("ab").value());
    auto full = from_sockaddr(made_of<local_address>(family + std::string(108, 'p')));    // more than a path of ours holds
    REQUIRE_FALSE(full);
    CHECK(full.error() == condition::too_long);
}

TEST_CASE("an address of IP is none of a local socket") {
    auto ip = raw(to_sockaddr(endpoint::parse("1.2.3.4:5").value()).value());
    auto outcome = from_sockaddr(made_of<local_address>(ip));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == std::errc::address_family_not_supported);
}

TEST_CASE("any address can be carried as bytes") {
    auto ip = raw(to_sockaddr(endpoint::parse("[fe80::1%3]:5").value()).value());
    generic_address address{bytes(ip)};
    auto native = to_sockaddr(address).value();
    CHECK(raw(native) == ip);
    CHECK(from_sockaddr(native) == address);
    CHECK(from_sockaddr(to_sockaddr(generic_address()).value()) == generic_address());
}
