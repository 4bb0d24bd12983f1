// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/options/tcp.hpp>
#include <plumb/socket/verbs.hpp>

// TCP: ordered, lossless bytes between two hosts. RFC 9293.

namespace plumb::inline v0_1 {

struct tcp_facts {
    using endpoint_type = endpoint;
    static constexpr auto type = socket_type::stream;
    static constexpr int number = 6;
    static constexpr std::array layers{layer::socket, layer::ip, layer::ipv4, layer::ipv6, layer::tcp};
};

struct tcp : ip_connection_verbs<tcp, tcp_facts, os::native> {};

}  // namespace plumb
