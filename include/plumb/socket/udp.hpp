// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/options/udp.hpp>
#include <plumb/socket/verbs.hpp>

// UDP: single messages between hosts, each whole or not at all. RFC 768.

namespace plumb::inline v0_1 {

struct udp_facts {
    using endpoint_type = endpoint;
    static constexpr auto type = socket_type::datagram;
    static constexpr int number = 17;
    static constexpr std::array layers{layer::socket, layer::ip, layer::ipv4, layer::ipv6, layer::datagram, layer::udp};
};

struct udp : ip_datagram_verbs<udp, udp_facts, os::native> {};

}  // namespace plumb
