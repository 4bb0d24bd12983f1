// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/owner.hpp>

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>
#include <vector>

using namespace plumb;

namespace {

// A system that only writes down what it closes.
struct noted {
    static inline std::vector<os::handle> closed;
    static void close(os::handle one) noexcept { closed.push_back(one); }
};

using owner = os::owner<noted>;

owner of(os::handle number) { return owner(detail::fresh{number}); }

std::vector<os::handle> closed() { return std::exchange(noted::closed, {}); }

}  // namespace

TEST_CASE("an owner is as large as its handle, and is moved, never copied") {
    static_assert(sizeof(owner) == sizeof(os::handle));
    static_assert(std::is_nothrow_move_constructible_v<owner> && std::is_nothrow_move_assignable_v<owner>);
    static_assert(!std::is_copy_constructible_v<owner> && !std::is_copy_assignable_v<owner>);
    static_assert(!std::is_convertible_v<os::handle, owner>);
}

TEST_CASE("a handle is closed once, when its last owner goes") {
    {
        auto first = of(7);
        CHECK((first.is_open() && first.native_handle() == 7));
        auto second = std::move(first);
        CHECK_FALSE(first.is_open());
        CHECK(second.native_handle() == 7);
        CHECK(closed().empty());
    }
    CHECK(closed() == std::vector<os::handle>{7});
}

TEST_CASE("what is assigned to closes what it had, unless it is assigned to itself") {
    auto one = of(1), two = of(2);
    one = std::move(two);
    CHECK(closed() == std::vector<os::handle>{1});
    auto& same = one;
    one = std::move(same);
    CHECK(one.native_handle() == 2);
    CHECK(closed().empty());
    one.close();
    one.close();
    CHECK(closed() == std::vector<os::handle>{2});
}

TEST_CASE("a handle that is given away is not closed, and neither is none") {
    {
        owner empty, one = of(3);
        CHECK_FALSE(empty.is_open());
        CHECK(one.release() == 3);
        CHECK(one.release() == os::none);
    }
    CHECK(closed().empty());
}
