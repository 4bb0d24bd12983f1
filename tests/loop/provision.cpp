// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/provision.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace plumb;
using namespace std::literals;
using detail::buffer_pool, detail::lent_part;

namespace {

// Puts text into its buffers, as the kernel does that shares them, or as the one that does not.
struct fake_ring {
    static constexpr unsigned most_buffers = 8;
    struct completion {
        std::uint32_t number;
        std::int32_t code;
        bool goes_on, uses_buffer = true;
        [[nodiscard]] bool has_buffer() const { return uses_buffer; }
        [[nodiscard]] std::uint32_t buffer() const { return number; }
        [[nodiscard]] bool shares_buffer() const { return goes_on; }
    };
    bool shares;
    std::deque<std::pair<std::uint32_t, mutable_bytes>> given;

    [[nodiscard]] bool shares_buffers() const { return shares; }
    void provide(std::uint32_t number, mutable_bytes buffer) { given.emplace_back(number, buffer); }
    completion receive(std::string_view text) {
        auto& [number, room] = given.front();
        auto size = std::min(text.size(), room.size());
        std::memcpy(room.data(), text.data(), size);
        auto goes_on = shares && size < room.size();
        completion told{number, static_cast<std::int32_t>(size), goes_on};
        if (goes_on) room = mutable_bytes(room.subspan(size));
        else given.pop_front();
        return told;
    }
};

using provision = detail::provision<fake_ring>;

std::string_view text_of(lent_part lent) { return {reinterpret_cast<const char*>(lent.data), lent.size}; }

}  // namespace

TEST_CASE("a ring that shares buffers fills one after another, and each part is lent by itself") {
    fake_ring ring{true, {}};
    provision buffers(ring);
    buffers.fill_up();
    auto first = ring.given.front().second;
    CHECK(ring.given.size() == buffers.count());
    std::vector<lent_part> parts;
    for (auto word : {"one"sv, "two"sv, "three"sv}) parts.push_back(buffers.take(ring.receive(word)));
    CHECK(parts[0].data == first.data());
    CHECK(parts[1].data == parts[0].data + 3);
    CHECK(text_of(parts[0]) == "one");
    CHECK(text_of(parts[2]) == "three");
    buffers.fill_up();
    CHECK(ring.given.size() == buffers.count());

    parts.push_back(buffers.take(ring.receive(std::string(first.size(), 'x'))));
    CHECK(parts[3].size == first.size() - 11);
    CHECK(ring.given.size() == buffers.count() - 1);
    buffers.fill_up();
    CHECK(ring.given.size() == buffers.count());
    CHECK(ring.given.back().second.data() != first.data());    // parts of that are still lent
    for (auto one : parts) buffer_pool::put_back(one);
    auto last = buffers.take(ring.receive(std::string(first.size(), 'x')));
    buffers.fill_up();
    CHECK(ring.given.back().second.data() == first.data());
    buffer_pool::put_back(last);
}

TEST_CASE("a ring that does not has more of them, and each comes back by itself") {
    fake_ring ring{false, {}};
    provision buffers(ring);
    buffers.fill_up();
    CHECK(ring.given.size() == fake_ring::most_buffers);
    auto one = buffers.take(ring.receive("one")), two = buffers.take(ring.receive("two"));
    CHECK(text_of(one) == "one");
    CHECK(text_of(two) == "two");
    buffer_pool::put_back(two);
    buffers.fill_up();
    CHECK(ring.given.size() == fake_ring::most_buffers);
    CHECK(ring.given[6].second.data() == two.data);
    CHECK(ring.given[7].second.data() != one.data);
    buffer_pool::put_back(one);
}

TEST_CASE("what is told without a buffer lends nothing") {
    fake_ring ring{true, {}};
    provision buffers(ring);
    CHECK(buffers.take({0, 0, false, false}).data == nullptr);
}
