// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/passing.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"

#include <array>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace plumb;
using os::native, os::waiting;

static_assert(os::passing_system<os::native>);

namespace {

// Two sockets of datagrams that are connected with each other.
struct both {
    int ends[2];
    both() { REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) == 0); }
    both(const both&) = delete;
    ~both() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
};

// What has a number and nothing else.
struct numbered {
    int number;
    [[nodiscard]] int native_handle() const { return number; }
};

}  // namespace

TEST_CASE("descriptors go with a message, and none without one") {
    both of;
    auto before = support::count_descriptors();
    std::array<borrowed_handle, 2> passed{numbered{of.ends[0]}, numbered{of.ends[1]}};
    CHECK(native::send_descriptors(of.ends[0], "hello", passed, waiting::yes).value() == 5);
    std::array<char, 8> buffer;
    std::array<descriptor, 2> room;
    CHECK(native::receive_descriptors(of.ends[1], buffer, room, waiting::yes).value() == 5);
    for (auto& one : room) {
        CHECK(::fcntl(one.native_handle(), F_GETFD) == FD_CLOEXEC);
        one.close();
    }
    CHECK(support::count_descriptors() == before);
    CHECK(native::receive_descriptors(of.ends[1], buffer, room, waiting::no).error() == std::errc::resource_unavailable_try_again);
}

TEST_CASE("a receive of bytes alone tells whether descriptors were what it stopped behind, which are gone then") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    auto before = support::count_descriptors();
    std::array<borrowed_handle, 1> passed{numbered{ends[0]}};
    CHECK(native::send_descriptors(ends[0], "with", passed, waiting::yes).value() == 4);
    CHECK(native::send(ends[0], bytes("without"), waiting::yes).value() == 7);
    char buffer[16], rest[4];
    bool stopped = false;
    CHECK(native::receive_alone(ends[1], mutable_bytes(buffer), waiting::no, stopped).value() == 4);
    CHECK(stopped);
    mutable_bytes several[] = {mutable_bytes(buffer).first(3), mutable_bytes(rest)};
    CHECK(native::receive_alone(ends[1], os::slice<const mutable_bytes>(several), waiting::no, stopped).value() == 7);
    CHECK_FALSE(stopped);
    CHECK(support::count_descriptors() == before);
    CHECK(native::receive_alone(ends[1], mutable_bytes(buffer), waiting::no, stopped).error() == std::errc::resource_unavailable_try_again);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a message of somebody else that brings as much as a call can, is taken whole or not at all") {
    both of;
    auto before = support::count_descriptors();
    for (std::size_t count : {1u, 2u, 3u, 100u, 252u, 253u}) {
        std::vector<borrowed_handle> passed(count, numbered{of.ends[0]});
        for (auto places : {count - 1, count}) {
            CAPTURE(places);
            native::send_descriptors(of.ends[0], "x", passed, waiting::yes).value();
            std::vector<descriptor> room(places);
            std::array<char, 1> buffer;
            auto came = native::receive_descriptors(of.ends[1], buffer, room, waiting::yes);
            CHECK(came.has_value() == (places == count));
            if (!came) CHECK(came.error() == error(verb::receive, condition::truncated));
            CHECK(support::count_descriptors() == before + (came ? count : 0));
        }
    }
    CHECK(support::count_descriptors() == before);
}
