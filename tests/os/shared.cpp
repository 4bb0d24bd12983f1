// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/shared.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace plumb;

namespace {

struct watched : os::counted {
    explicit watched(int& count) : deleted(count) {}
    ~watched() { ++deleted; }
    int& deleted;
};

}  // namespace

TEST_CASE("what is shared is deleted once, by its last owner") {
    int deleted = 0;
    {
        os::shared<watched> first(new watched(deleted));
        auto second = first;
        first = {};
        CHECK(deleted == 0);
        CHECK(second.get() != nullptr);
    }
    CHECK(deleted == 1);
}

TEST_CASE("a moved owner owns nothing") {
    int deleted = 0;
    os::shared<watched> first(new watched(deleted));
    auto second = std::move(first);
    CHECK(first.get() == nullptr);
    CHECK(&second->deleted == &deleted);
    auto& same = second;
    second = same;
    CHECK(deleted == 0);
    second = os::shared<watched>(new watched(deleted));
    CHECK(deleted == 1);
}

TEST_CASE("owners in several threads end in any order") {
    int deleted = 0;
    {
        os::shared<watched> first(new watched(deleted));
        std::vector<std::thread> owners;
        for (int i = 0; i < 8; ++i)
            owners.emplace_back([mine = first] { for (int k = 0; k < 1'000; ++k) auto another = mine; });
        first = {};
        for (auto& one : owners) one.join();
    }
    CHECK(deleted == 1);
}
