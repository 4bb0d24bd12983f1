// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/atomic.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <thread>
#include <vector>

using namespace plumb;

TEST_CASE("no sum of several threads is lost") {
    os::atomic<unsigned> sum{0};
    {
        std::vector<std::thread> adding;
        for (int i = 0; i < 4; ++i)
            adding.emplace_back([&] { for (int k = 0; k < 10'000; ++k) sum.add(1); });
        for (auto& one : adding) one.join();
    }
    CHECK(sum.load() == 40'000);
}

TEST_CASE("an exchange gives what was there") {
    os::atomic<bool> flag{false};
    CHECK_FALSE(flag.exchange(true));
    CHECK(flag.exchange(true));
    flag.store(false);
    CHECK_FALSE(flag.load());
}

TEST_CASE("a compared exchange happens only over the expected value, and tells the other") {
    os::atomic<int> value{-1};
    auto expected = -1;
    CHECK(value.compare_exchange(expected, 7));
    expected = -1;
    CHECK_FALSE(value.compare_exchange(expected, 9));
    CHECK(expected == 7);
    CHECK(value.load() == 7);
}

TEST_CASE("only one of several threads wins a compared exchange") {
    os::atomic<int> owner{-1};
    os::atomic<int> winners{0};
    {
        std::vector<std::thread> racing;
        for (int i = 0; i < 8; ++i)
            racing.emplace_back([&, i] {
                auto nobody = -1;
                if (owner.compare_exchange(nobody, i)) winners.add(1);
            });
        for (auto& one : racing) one.join();
    }
    CHECK(winners.load() == 1);
}

TEST_CASE("no bit that several threads set is lost") {
    os::atomic<std::uint64_t> bits{0};
    {
        std::vector<std::jthread> setting;
        for (int i = 0; i < 4; ++i)
            setting.emplace_back([&, i] { for (int k = 0; k < 16; ++k) bits.set_bits(std::uint64_t{1} << (i * 16 + k)); });
    }
    CHECK(bits.load() == ~std::uint64_t{0});
    CHECK(bits.set_bits(1) == ~std::uint64_t{0});
}
