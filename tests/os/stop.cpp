// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/stop.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <thread>
#include <type_traits>

using namespace plumb;

static_assert(std::is_nothrow_copy_constructible_v<stop_token>);

TEST_CASE("a token without a source never stops") {
    stop_token token;
    CHECK_FALSE(token.stop_possible());
    CHECK_FALSE(token.stop_requested());
    CHECK(token.waker() == nullptr);
}

TEST_CASE("a request reaches every token of its source, and no other's") {
    stop_source source, other;
    auto early = source.token();
    auto copy = early;
    CHECK(early.stop_possible());
    CHECK_FALSE(early.stop_requested());
    CHECK_FALSE(source.stop_requested());
    source.request_stop();
    CHECK(source.stop_requested());
    CHECK(early.stop_requested());
    CHECK(copy.stop_requested());
    CHECK(source.token().stop_requested());
    CHECK_FALSE(other.token().stop_requested());
}

TEST_CASE("copies of a source request the same stop") {
    stop_source source;
    auto copy = source;
    copy.request_stop();
    CHECK(source.stop_requested());
}

TEST_CASE("a token outlives its source and still knows") {
    std::optional<stop_source> source(std::in_place);
    auto token = source->token();
    source->request_stop();
    source.reset();
    CHECK(token.stop_requested());
    token = stop_token();
    CHECK_FALSE(token.stop_possible());
}

TEST_CASE("assignment lets go of the one and takes the other") {
    stop_source first, second;
    auto token = first.token();
    token = second.token();
    first.request_stop();
    CHECK_FALSE(token.stop_requested());
    second.request_stop();
    CHECK(token.stop_requested());
    auto& same = token;
    token = same;
    CHECK(token.stop_requested());
}

TEST_CASE("what was moved from is empty") {
    stop_source source;
    auto token = source.token();
    auto taken = std::move(token);
    CHECK_FALSE(token.stop_possible());
    source.request_stop();
    CHECK(taken.stop_requested());
    auto moved = std::move(source);
    source.request_stop();
    CHECK_FALSE(source.stop_requested());
    CHECK(moved.stop_requested());
}

TEST_CASE("a request from another thread ends a wait") {
    stop_source source;
    auto token = source.token();
    std::jthread other([source]() mutable { source.request_stop(); });
    while (!token.stop_requested()) CHECK(os::native::wait({}, (instant::max)(), token.waker()) == std::size_t{0});
}

TEST_CASE("tokens may be copied and dropped in many threads at once") {
    stop_source source;
    {
        std::optional<std::jthread> threads[4];
        for (auto& one : threads)
            one.emplace([token = source.token()] {
                for (int i = 0; i < 10'000; ++i) {
                    auto copy = token;
                    if (!copy.stop_possible()) std::abort();
                }
            });
    }
    source.request_stop();
    CHECK(source.token().stop_requested());
}
