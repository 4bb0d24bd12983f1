// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/generic.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace plumb;

TEST_CASE("a generic address keeps the bytes that it was made of") {
    const unsigned char raw[] = {4, 0, 1, 2, 3};
    generic_address address{bytes(raw)};
    REQUIRE(address.to_bytes().size() == 5);
    CHECK(address.to_bytes()[2] == std::byte{1});
    CHECK(address == generic_address{bytes(raw)});
    CHECK_FALSE(address == generic_address{bytes(raw).first(4)});
    CHECK(generic_address().to_bytes().empty());
}

TEST_CASE("a generic address holds 128 bytes and cuts what is longer") {
    std::vector<std::byte> much(200, std::byte{7});
    CHECK(generic_address{bytes(much)}.to_bytes().size() == generic_address::most_bytes);
}
