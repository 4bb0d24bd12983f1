// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "loopback.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

using namespace plumb;

#define SOCKETS tcp, udp, local::stream, local::datagram, local::seqpacket

static_assert(!std::is_copy_constructible_v<tcp::socket> && !std::is_copy_assignable_v<tcp::socket>);
static_assert(!std::is_copy_constructible_v<tcp::acceptor> && !std::is_copy_constructible_v<udp::socket>);
static_assert(std::is_nothrow_move_constructible_v<tcp::socket> && std::is_nothrow_move_assignable_v<tcp::acceptor>);
static_assert(std::is_default_constructible_v<udp::socket>);

namespace {

template <class P>
typename P::socket made() {
    if constexpr (!requires { P::only_family; }) return P::open(family::ipv4).value();
    else return P::open().value();
}

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

}  // namespace

TEST_CASE_TEMPLATE("a socket closes its descriptor once, when it goes", P, SOCKETS) {
    int number;
    {
        auto socket = made<P>();
        number = socket.native_handle();
        CHECK(socket.is_open());
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
    auto socket = made<P>();
    number = socket.native_handle();
    socket.close();
    CHECK_FALSE(socket.is_open());
    auto other = made<P>();    // takes the number over at once
    CHECK(other.native_handle() == number);
    socket.close();            // in C this would close the other
    CHECK(is_open(number));
}

TEST_CASE_TEMPLATE("a move hands the descriptor over", P, SOCKETS) {
    auto first = made<P>();
    auto number = first.native_handle();
    auto second = std::move(first);
    CHECK(first.native_handle() == os::none);
    CHECK(second.native_handle() == number);
    auto third = made<P>();
    auto replaced = third.native_handle();
    third = std::move(second);
    CHECK(third.native_handle() == number);
    CHECK_FALSE(is_open(replaced));
    auto& same = third;
    third = std::move(same);
    CHECK(third.native_handle() == number);
    CHECK(is_open(number));
}

TEST_CASE_TEMPLATE("a released descriptor is the caller's", P, SOCKETS) {
    auto socket = made<P>();
    auto number = socket.release();
    CHECK_FALSE(socket.is_open());
    CHECK(socket.release() == os::none);
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE_TEMPLATE("no program that is started inherits a socket, however it was made", P, SOCKETS) {
    auto kept = [](const auto& socket) { return (::fcntl(socket.native_handle(), F_GETFD) & FD_CLOEXEC) != 0; };
    auto socket = made<P>();
    CHECK(kept(socket));
    CHECK(kept(socket.duplicate().value()));
    if constexpr (requires { P::pair(); }) {
        auto [ours, theirs] = P::pair().value();
        CHECK(kept(ours));
        CHECK(kept(theirs));
    }
}

TEST_CASE_TEMPLATE("an option is set and read, and a closed socket has none", P, SOCKETS) {
    auto socket = made<P>();
    socket.set(reuse_address{true}).value();
    CHECK(socket.template get<reuse_address>().value());
    int raw = 0;
    socklen_t size = sizeof raw;
    REQUIRE(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_REUSEADDR, &raw, &size) == 0);
    CHECK(raw == 1);
    socket.set(reuse_address{false}).value();
    CHECK_FALSE(socket.template get<reuse_address>().value());
    socket.close();
    CHECK(socket.set(reuse_address{}).error() == error(verb::set, std::errc::bad_file_descriptor));
    CHECK(socket.template get<reuse_address>().error() == error(verb::get, std::errc::bad_file_descriptor));
}

TEST_CASE("a failed operation leaves no descriptor open") {
    auto before = support::count_descriptors();
    auto busy = tcp::listen({ipv4_address::loopback(), 0}).value();
    auto at = busy.local_endpoint().value();
    for (int i = 0; i < 10; ++i) {
        CHECK_FALSE(tcp::listen(at).has_value());
        CHECK_FALSE(udp::bind({ipv4_address(192, 0, 2, 1), 0}).has_value());       // RFC 5737: nobody's
        CHECK_FALSE(tcp::connect({ipv4_address::any(), 1}).has_value());
        CHECK_FALSE(local::stream::connect(local_address::path("/nowhere").value()).has_value());
    }
    CHECK(support::count_descriptors() == before + 1);
}
