// SPDX-License-Identifier: BSL-1.0
#include "../support/echo/server.hpp"
#include "subjects.h"

// The blocking echo path over sockets: plumb beside hand-written C, and beside Asio where libasio-dev was installed.

const description about = {
    .summary = "How fast an echo server is on plumb, beside hand-written C and Asio, and what it does that no machine changes.",
    .heading = "Blocking echo over loopback, one connection.",
    .plot_title = "Blocking echo over loopback",
};

std::span<const protocol> protocols() {
    static constexpr protocol all[] = {{"tcp", echo_tcp}, {"udp", echo_udp}, {"local", echo_local}};
    return all;
}

std::span<const echo_subject* const> subjects() {
    static const echo_subject* const all[] = {&subject_c, &subject_plumb, &subject_asio};
    return {all, subject_asio.servers[0] ? 3u : 2u};
}
