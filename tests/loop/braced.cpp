// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/braced.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace plumb;

namespace {

std::string joined(const detail::braced_bytes& given) {
    std::string all;
    for (auto& each : given.all()) all += each.text();
    return all;
}

// Whether such things can stand in braces together.
template <class... Things>
constexpr bool fit = requires(Things&&... things) { joined({static_cast<Things&&>(things)...}); };

}  // namespace

TEST_CASE("what stands in braces is kept in its order, up to eight of it") {
    CHECK(joined({"head", std::string("body")}) == "headbody");
    CHECK(joined({"1", "2", "3", "4", "5", "6", "7", "8"}) == "12345678");
}

TEST_CASE("one buffer alone is no list, and what is no buffer is none in braces either") {
    static_assert(fit<const char (&)[3], std::string>);
    static_assert(!fit<std::string>);
    static_assert(!fit<char (&)[8], std::string>);    // text, or all of it?
    static_assert(!fit<std::string, int>);
    static_assert(!std::constructible_from<detail::braced_handles>);
    static_assert(!std::convertible_to<int, detail::braced_handles>);
}
