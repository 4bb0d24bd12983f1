// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket.hpp>
#include <plumb/testing.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <utility>

// Connections of this process with itself, to test with.

namespace support {

// Two ends of one connection.
template <class P>
[[nodiscard]] std::pair<typename P::socket, typename P::socket> connected() {
    if constexpr (requires { P::pair(); }) {
        return P::pair().value();
    } else {
        auto server = P::listen({plumb::ipv4_address::loopback(), 0}).value();
        auto client = P::connect(server.local_endpoint().value()).value();
        return {std::move(client), server.accept().value()};
    }
}

// What a faulty protocol meets while a test runs: transfers of one to three bytes, interruptions, false refusals and spurious
// wake-ups. Nothing for the others.
template <class P>
class weather {
    using system = typename P::system;
    static constexpr bool is_bad = !std::same_as<system, plumb::os::native>;

public:
    weather() {
        using plumb::fault, plumb::faulty_call;
        if constexpr (is_bad)
            plan_.emplace(std::initializer_list{
                fault::failed(faulty_call::connect, std::errc::interrupted),
                fault::failed(faulty_call::accept, std::errc::interrupted),
                fault::failed(faulty_call::accept, std::errc::connection_aborted).on(2),
                fault::failed(faulty_call::accept, std::errc::resource_unavailable_try_again).on(3),
                fault::failed(faulty_call::send, std::errc::interrupted).every(3),
                fault::failed(faulty_call::send, std::errc::resource_unavailable_try_again).every(7),
                fault::shortened(faulty_call::send, 1).every(2),
                fault::shortened(faulty_call::send, 1000).every(1),
                fault::failed(faulty_call::receive, std::errc::interrupted).every(3),
                fault::failed(faulty_call::receive, std::errc::resource_unavailable_try_again).every(8),
                fault::shortened(faulty_call::receive, 1).every(2),
                fault::shortened(faulty_call::receive, 1000).every(1),
                fault::failed(faulty_call::send_to, std::errc::interrupted).every(2),
                fault::failed(faulty_call::send_to, std::errc::resource_unavailable_try_again).every(5),
                fault::failed(faulty_call::receive_from, std::errc::interrupted).every(2),
                fault::failed(faulty_call::receive_from, std::errc::resource_unavailable_try_again).every(5),
                fault::failed(faulty_call::transfer, std::errc::interrupted).every(2),
                fault::shortened(faulty_call::transfer, 1000).every(1),
                fault::failed(faulty_call::wait, std::errc::interrupted).every(2),
                fault::spurious().every(5),
            });
    }
    // Whether the transfers of a stream are cut short.
    [[nodiscard]] static constexpr bool cuts() noexcept { return is_bad; }

private:
    std::optional<plumb::fault_plan> plan_;
};

// Makes close() answer with a reset, so that the other end sees one.
inline void reset_on_close(plumb::os::handle socket) {
    plumb::os::linger_value at_once{1, 0};
    constexpr auto name = plumb::os::options::linger_on_close;
    plumb::os::native::set_option(socket, name.level, name.name, plumb::bytes(&at_once, sizeof at_once)).value();
}

// Whether `second`, called with the port of what `first` made, makes something as well. Tried with several ports, since one that is
// free for the first may be taken by another program for the second.
[[nodiscard]] bool share_a_port(auto first, auto second) {
    for (int tries = 0; tries < 20; ++tries) {
        auto made = first().value();
        if (second(made.local_endpoint().value().port())) return true;
    }
    return false;
}

// How long something takes.
[[nodiscard]] auto time_of(auto action) {
    auto before = std::chrono::steady_clock::now();
    action();
    return std::chrono::steady_clock::now() - before;
}

}  // namespace support
