// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/clock.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

using os::native_clock;
using os::native_random;

int sleep_through(instant moment) {
    int sleeps = 0;
    for (; native_clock::now() < moment; ++sleeps) native_clock::sleep_until(moment);
    return sleeps;
}

}  // namespace

TEST_CASE("the clock never goes back") {
    auto before = native_clock::now();
    for (int i = 0; i < 200'000; ++i) {
        auto now = native_clock::now();
        REQUIRE(now >= before);
        before = now;
    }
}

TEST_CASE("the clock runs as fast as the standard's") {
    auto outer = std::chrono::steady_clock::now();
    auto start = native_clock::now();
    auto inner = std::chrono::steady_clock::now();
    sleep_through(start + 60ms);
    auto inner_end = std::chrono::steady_clock::now();
    auto passed = native_clock::now() - start;
    auto outer_end = std::chrono::steady_clock::now();
    CHECK(passed >= 60ms);
    CHECK(passed >= inner_end - inner - 1us);
    CHECK(passed <= outer_end - outer + 1us);
}

TEST_CASE("the clock moves in steps of less than a millisecond") {
    auto start = native_clock::now();
    auto next = start;
    while (next == start) next = native_clock::now();
    CHECK(next - start < 1ms);
}

TEST_CASE("a sleep gets there without spinning") {
    CHECK(sleep_through(native_clock::now() + 40ms) <= 20);
}

TEST_CASE("a sleep until a moment that has passed returns at once") {
    struct { instant moment; const char* reason; } rows[] = {
        {native_clock::now(), "now"},
        {native_clock::now() - 1h, "an hour ago"},
        {instant{}, "the clock's beginning"},
    };
    for (auto& row : rows) {
        CAPTURE(row.reason);
        auto start = native_clock::now();
        native_clock::sleep_until(row.moment);
        CHECK(native_clock::now() - start < 5s);
    }
}

TEST_CASE("random bytes fill the whole of the buffer and nothing else") {
    for (std::size_t size : {0u, 1u, 3u, 16u, 255u, 257u, 4096u}) {
        CAPTURE(size);
        std::vector<unsigned char> seen(size);    // the bits that were set once at each place
        for (int round = 0; round < 64; ++round) {
            std::vector<unsigned char> buffer(size + 2, 0xa5);
            REQUIRE(native_random::random(mutable_bytes(buffer.data() + 1, size)));
            CHECK(buffer.front() == 0xa5);
            CHECK(buffer.back() == 0xa5);
            for (std::size_t i = 0; i < size; ++i) seen[i] = static_cast<unsigned char>(seen[i] | buffer[i + 1]);
        }
        CHECK(std::ranges::all_of(seen, [](int bits) { return bits == 0xff; }));
    }
}

TEST_CASE("random bytes are of every value equally often") {
    std::vector<unsigned char> buffer(1 << 20);
    REQUIRE(native_random::random(buffer));
    std::array<int, 256> counts{};
    for (auto byte : buffer) ++counts[byte];
    CHECK(*std::ranges::min_element(counts) > 4096 - 640);    // ten standard deviations
    CHECK(*std::ranges::max_element(counts) < 4096 + 640);
}

TEST_CASE("two draws are different") {
    std::array<std::byte, 16> one{}, other{};
    REQUIRE(native_random::random(one));
    REQUIRE(native_random::random(other));
    CHECK(one != other);
}
