// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/descriptor.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <type_traits>

using namespace plumb;

namespace {

// Takes even numbers alone, in one of the ways that types have.
struct even {
    os::handle number;
    [[nodiscard]] static result<even> adopt(os::handle found) {
        if (found % 2 != 0) return failure(verb::adopt, condition::wrong_descriptor);
        return even{found};
    }
};

struct tag;
struct caller {
    using protocol = tag;
    os::handle number;
};
struct listener {
    using protocol = tag;
    os::handle number;
    void accept();
};
struct tag {
    [[nodiscard]] static result<caller> adopt(os::handle found) { return caller{found}; }
    [[nodiscard]] static result<listener> adopt_acceptor(os::handle found) { return listener{found}; }
};

[[nodiscard]] descriptor of(os::handle number) { return descriptor(detail::fresh{number}); }

}  // namespace

TEST_CASE("what is taken is the other's to close") {
    static_assert(!std::is_copy_constructible_v<descriptor> && std::is_nothrow_move_constructible_v<descriptor>);
    auto one = of(1000);    // of nothing that is open
    CHECK(one.take<even>().value().number == 1000);
    CHECK_FALSE(one.is_open());
    auto two = of(1001), three = of(1002);
    CHECK(two.take<caller>().value().number == 1001);
    CHECK(three.take<listener>().value().number == 1002);
}

TEST_CASE("what does not fit stays, and is closed by its owner") {
    auto opened = ::fcntl(0, F_DUPFD_CLOEXEC, 101);
    {
        auto odd = of(opened % 2 != 0 ? opened : ::fcntl(0, F_DUPFD_CLOEXEC, opened + 1));
        CHECK(odd.take<even>().error() == condition::wrong_descriptor);
        CHECK(odd.is_open());
        CHECK(::fcntl(odd.native_handle(), F_GETFD) != -1);
        opened = odd.native_handle();
    }
    CHECK(::fcntl(opened, F_GETFD) == -1);
}
