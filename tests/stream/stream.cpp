// SPDX-License-Identifier: BSL-1.0
#include <plumb/stream.hpp>
#include <plumb/testing/memory_stream.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace plumb;

namespace {

// A stream of the user's own with nothing but a read: it counts down.
struct countdown : stream_reader<countdown> {
    int left;
    explicit countdown(int from) : left(from) {}
    result<std::size_t> read(mutable_bytes into, const limit auto&...) {
        if (left == 0 || into.empty()) return 0;
        into[0] = static_cast<std::byte>('0' + left--);
        return 1;
    }
};

struct no_stream {
    std::size_t read(mutable_bytes) { return 0; }    // no result
};

}  // namespace

static_assert(readable_stream<memory_stream> && writable_stream<memory_stream>);
static_assert(readable_stream<countdown> && !writable_stream<countdown>);
static_assert(!readable_stream<no_stream> && !readable_stream<std::string> && !writable_stream<int>);
static_assert(readable_stream<file> && writable_stream<file> && readable_stream<buffered<file>> && writable_stream<buffered<file&>>);
static_assert(readable_stream<buffered<countdown>>);

TEST_CASE("a stream of one's own reads on like ours") {
    CHECK(countdown(5).read_to_end<std::string>().value() == "54321");
    buffered lines(countdown(3));
    CHECK(lines.read_line().value() == "321");
}

TEST_CASE("a count of bytes that does not fit into an error's detail saturates") {
    CHECK(detail::as_detail(7) == 7);
    CHECK(detail::as_detail(0xffff'ffff) == 0xffff'ffff);
    if constexpr (sizeof(std::size_t) > 4) CHECK(detail::as_detail(static_cast<std::size_t>(3) << 31) == 0xffff'ffff);
}
