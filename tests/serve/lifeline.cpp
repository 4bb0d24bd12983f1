// SPDX-License-Identifier: BSL-1.0
#include <plumb/serve/lifeline.hpp>

#include <doctest/doctest.h>

#include "loopback.hpp"
#include "serving.hpp"

#include <sys/resource.h>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::nameless;

namespace {

bool has_ended(auto& peer) {
    char heard[1];
    return peer.read(heard, within(0s)).value_or(1) == 0;
}

}  // namespace

TEST_CASE_TEMPLATE("a connection can be ended by who does not own it", P, tcp, local::stream, nameless<tcp>, nameless<local::stream>) {
    auto [ours, theirs] = support::connected<P>();
    detail::lifeline<P> line(ours);
    CHECK_FALSE(has_ended(theirs));
    CHECK(line.cut());
    CHECK(has_ended(theirs));
    CHECK(has_ended(ours));
    CHECK(line.cut());    // again is no harm
}

TEST_CASE_TEMPLATE("what has taken the number of a closed connection is left alone", P, local::stream, nameless<local::stream>) {
    auto [ours, theirs] = support::connected<P>();
    auto number = ours.native_handle();
    detail::lifeline<P> line(ours);
    ours.close();
    auto [stranger, friend_of] = local::stream::pair().value();
    CHECK((stranger.native_handle() == number || friend_of.native_handle() == number));
    CHECK(line.cut());
    CHECK_FALSE(has_ended(stranger));
    CHECK(has_ended(theirs));
}

TEST_CASE("a connection that is closed needs no cut, and one that cannot be looked at is told apart") {
    auto [ours, theirs] = support::connected<local::stream>();
    detail::lifeline<local::stream> line(ours);
    rlimit plenty{};
    ::getrlimit(RLIMIT_NOFILE, &plenty);
    auto most = plenty;
    most.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &most);
    auto blind = line.cut();
    ::setrlimit(RLIMIT_NOFILE, &plenty);
    CHECK_FALSE(blind);
    CHECK_FALSE(has_ended(theirs));
    ours.close();
    CHECK(line.cut());
}

TEST_CASE("a system's identity of a socket is one for all its handles, and another for every other socket") {
    auto [one, two] = local::stream::pair().value();
    auto twin = one.duplicate().value();
    auto known = os::native::identity(one.native_handle()).value();
    CHECK(os::native::identity(twin.native_handle()).value() == known);
    CHECK(os::native::identity(two.native_handle()).value() != known);
    CHECK(os::native::identity(os::none).error() == std::errc::bad_file_descriptor);
}
