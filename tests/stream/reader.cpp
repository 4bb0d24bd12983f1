// SPDX-License-Identifier: BSL-1.0
#include <plumb/stream.hpp>
#include <plumb/testing/memory_stream.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

const std::size_t pieces[] = {1, 2, 3, 7, 4096, memory_stream::any_size};    // how much one read gives

}  // namespace

TEST_CASE("an exact read fills the buffer, however small the pieces are") {
    for (auto size : pieces) {
        memory_stream stream("0123456789", size);
        std::string first(4, ' '), second(6, ' ');
        stream.read_exact(first).value();
        stream.read_exact(second).value();
        CHECK(first + second == "0123456789");
        stream.read_exact(mutable_bytes()).value();    // nothing is always there
    }
}

TEST_CASE("an exact read that meets the end says how many bytes did arrive") {
    for (auto size : pieces) {
        memory_stream stream("0123456", size);
        std::string into(10, ' ');
        auto cut = stream.read_exact(into);
        CHECK(cut.error() == error(verb::read, condition::end_of_stream, 7));
        CHECK(into == "0123456   ");
        CHECK(stream.read_exact(into).error().detail() == 0);
    }
}

TEST_CASE("an exact read that meets an error says how many bytes did arrive") {
    memory_stream stream("0123", 3);
    stream.break_with({verb::read, std::errc::connection_reset});
    std::string into(10, ' ');
    CHECK(stream.read_exact(into).error() == error(verb::read, std::errc::connection_reset, 4));
}

TEST_CASE("everything up to the end is read into any container of bytes") {
    std::string all(100'000, 'x');
    for (auto size : pieces) {
        if (size < 7) continue;    // the rest would take long
        CHECK(memory_stream(all, size).read_to_end<std::string>().value() == all);
        CHECK(memory_stream(all, size).read_to_end<std::vector<std::byte>>().value().size() == all.size());
        CHECK(memory_stream(all, size).read_to_end<std::vector<char>>().value().size() == all.size());
    }
    CHECK(memory_stream().read_to_end<std::string>().value().empty());
    std::string kept = "before ";
    CHECK(memory_stream("after").read_to_end(kept).value() == 5);
    CHECK(kept == "before after");
}

TEST_CASE("more than the most that was allowed is too long, and what was allowed is there") {
    for (auto size : pieces) {
        std::string into = "-";
        memory_stream stream("0123456789", size);
        CHECK(stream.read_to_end(into, 4).error() == error(verb::read, condition::too_long, 4));
        CHECK(into == "-0123");
        CHECK(memory_stream("0123", size).read_to_end<std::string>(4).value() == "0123");    // exactly the most is fine
        CHECK(memory_stream("0123", size).read_to_end<std::string>(0).error() == condition::too_long);
        CHECK(memory_stream("", size).read_to_end<std::string>(0).value().empty());
    }
}

TEST_CASE("what had arrived before an error stays") {
    memory_stream stream("0123", 3);
    stream.break_with({verb::read, std::errc::connection_reset});
    std::string into;
    CHECK(stream.read_to_end(into).error() == error(verb::read, std::errc::connection_reset, 4));
    CHECK(into == "0123");
}

TEST_CASE("limits go with every read of a long one, and a deadline that has passed ends it between two") {
    memory_stream stream("0123456789", 1);
    std::string into(10, ' ');
    auto late = stream.read_exact(into, within(0s));
    CHECK(late.error() == error(verb::read, condition::timed_out, 1));    // the first is always tried
    memory_stream other("0123456789", 1);
    std::string all;
    CHECK(other.read_to_end(all, within(0s)).error() == error(verb::read, condition::timed_out, 1));
    CHECK(all == "0");
    stop_source source;
    source.request_stop();
    CHECK(stream.read_exact(into, source.token()).error() == condition::cancelled);
    CHECK(memory_stream("abc").read_to_end<std::string>(within(10s), source.token()).error() == condition::cancelled);
    CHECK(memory_stream("abc").read_to_end<std::string>(3, within(10s)).value() == "abc");
}
