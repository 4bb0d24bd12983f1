// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/stop_from.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <thread>

using namespace plumb;

TEST_CASE("the standard's request stops a token of ours") {
    std::stop_source source;
    auto token = stop_from(source.get_token());
    CHECK(token.stop_possible());
    CHECK_FALSE(token.stop_requested());
    source.request_stop();
    CHECK(token.stop_requested());
}

TEST_CASE("a request that was made before is seen at once") {
    std::stop_source source;
    source.request_stop();
    CHECK(stop_from(source.get_token()).stop_requested());
}

TEST_CASE("a request after our token has gone does no harm") {
    std::stop_source source;
    {
        auto token = stop_from(source.get_token());
        auto copy = token;
    }
    CHECK(source.request_stop());
}

TEST_CASE("our token outlives the standard's source") {
    std::optional<std::stop_source> source(std::in_place);
    auto token = stop_from(source->get_token());
    source->request_stop();
    source.reset();
    CHECK(token.stop_requested());
}

TEST_CASE("the stop of a jthread ends a wait inside it") {
    std::jthread waiting([](std::stop_token standard) {
        auto token = stop_from(standard);
        while (!token.stop_requested()) (void)os::native::wait({}, (instant::max)(), token.waker());
    });
    waiting.request_stop();
    waiting.join();
    CHECK_FALSE(waiting.joinable());
}
