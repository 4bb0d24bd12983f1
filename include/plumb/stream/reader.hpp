// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/stream/stream.hpp>

#include <string>

// What everything that reads can do beyond a single read.

namespace plumb::inline v0_1 {

// A container of bytes that grows: std::string, std::vector<std::byte>, std::vector<char> …
template <class T>
concept byte_container = requires(T& container, std::size_t size) {
    container.resize(size);
    { container.size() } -> std::convertible_to<std::size_t>;
    requires byte_like<std::remove_pointer_t<decltype(container.data())>>;
};

// Gives a stream with read() the verbs that read on: derive Self from stream_reader<Self>.
template <class Self>
class stream_reader {
public:
    // Fills the whole buffer.
    // Errors: end_of_stream when the stream ended first, its detail the bytes that did arrive; as read.
    [[nodiscard]] inline result<void> read_exact(mutable_bytes into, const limit auto&... limits) {
        auto read_on = [this, start = into.data()](std::size_t done, std::size_t left, const auto&... settled) {
            return self().read(mutable_bytes(start + done, left), settled...);
        };
        return detail::move_all<Self>(verb::read, into.size(), read_on, limits...);
    }

    // Appends everything up to the end of the stream and says how much that was. After an error what had arrived is in `to`.
    // Errors: too_long when there are more than `most` bytes (the first `most` of them are in `to`); as read.
    [[nodiscard]] result<std::size_t> read_to_end(byte_container auto& to, std::size_t most, const limit auto&... limits) {
        using system = typename detail::system_of<Self>::type;
        if constexpr (sizeof...(limits) > 0) {
            return append(to, most, os::patience_of<system>(limits...));
        } else {
            return append(to, most);
        }
    }
    [[nodiscard]] result<std::size_t> read_to_end(byte_container auto& to, const limit auto&... limits) {
        return read_to_end(to, unlimited, limits...);
    }

    // Reads everything up to the end of the stream into a new container.
    // A peer that never ends fills the memory: give `most` where it is not trusted.
    template <byte_container Container>
    [[nodiscard]] result<Container> read_to_end(std::size_t most, const limit auto&... limits) {
        Container all;
        auto size = read_to_end(all, most, limits...);
        if (!size) return failure(size.error());
        return all;
    }
    template <byte_container Container>
    [[nodiscard]] result<Container> read_to_end(const limit auto&... limits) {
        return read_to_end<Container>(unlimited, limits...);
    }

private:
    static constexpr std::size_t unlimited = (std::numeric_limits<std::size_t>::max)();
    static constexpr std::size_t first_room = 4096, most_room = 1 << 20;

    Self& self() noexcept { return static_cast<Self&>(*this); }

    template <class Container>
    [[nodiscard]] result<std::size_t> append(Container& to, std::size_t most, const auto&... settled) {
        const auto start = to.size();
        for (std::size_t arrived = 0, wanted = first_room;;) {
            auto room = detail::least(wanted, most - arrived);
            std::byte beyond;    // with no room left only the end may follow
            if (room > 0) to.resize(start + arrived + room);
            auto into = room > 0 ? mutable_bytes(to.data() + start + arrived, room) : mutable_bytes(&beyond, 1);
            auto outcome = again(arrived, settled...);
            auto size = outcome ? self().read(into, settled...) : result<std::size_t>(failure(outcome.error()));
            to.resize(start + arrived + (size && room > 0 ? *size : 0));
            if (!size) return failure(size.error().with(detail::as_detail(arrived)));
            if (*size == 0) return arrived;
            if (room == 0) return failure(verb::read, condition::too_long, detail::as_detail(most));
            arrived += *size;
            if (*size == room) wanted = detail::least(wanted * 2, most_room);    // more came than there was room for
        }
    }

    [[nodiscard]] static result<void> again(std::size_t, auto&&...) { return {}; }
    [[nodiscard]] static result<void> again(std::size_t arrived, const patience& settled) {
        if (arrived == 0) return {};
        return os::check<typename detail::system_of<Self>::type>(verb::read, settled);
    }
};

}  // namespace plumb
