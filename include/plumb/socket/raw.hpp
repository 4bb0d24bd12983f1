// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/verbs.hpp>

// Protocols below UDP: ICMP, whole frames of the link layer, and any other triple of numbers.

namespace plumb::inline v0_1 {

namespace detail {

template <family Family, socket_type Type, int Number>
struct icmp_facts {
    using endpoint_type = endpoint;
    static constexpr auto only_family = Family;
    static constexpr auto type = Type;
    static constexpr int number = Number;
    static constexpr std::array layers{layer::socket, layer::ip, Family == family::ipv4 ? layer::ipv4 : layer::ipv6, layer::datagram, layer::icmp};
};

struct packet_facts {
    using endpoint_type = link_address;
    static constexpr auto only_family = family::packet;
    static constexpr auto type = socket_type::raw;
    static constexpr int number = 0;
    static constexpr std::array layers{layer::socket, layer::packet};
};

struct generic_facts {
    using endpoint_type = generic_address;
    static constexpr auto type = socket_type::datagram;
    static constexpr int number = 0;
    static constexpr std::array layers{layer::socket};
};

// A tag that makes its sockets of one family, neither bound nor connected.
template <class Self, class Facts, class System>
struct raw_verbs : common_verbs<Self, Facts, System> {
    template <class Other, class OtherSystem>
    using on = raw_verbs<Other, Facts, OtherSystem>;

    using socket = plumb::socket<Self>;

    template <class... Extras>
    [[nodiscard]] static result<socket> open(const Extras&... extras) {
        return open_with<Self, socket>(Facts::only_family, extras...);
    }
};

}  // namespace detail

// ICMP as it is on the wire, behind the IP header on receiving. RFC 792. The ports of its endpoints are 0.
// Errors: open says operation_not_permitted without the privilege (CAP_NET_RAW).
struct icmp_v4 : detail::raw_verbs<icmp_v4, detail::icmp_facts<family::ipv4, socket_type::raw, 1>, os::native> {
    // Echo requests and their answers alone. Errors: open says permission_denied to groups outside ping_group_range.
    struct ping : detail::raw_verbs<ping, detail::icmp_facts<family::ipv4, socket_type::datagram, 1>, os::native> {};
};

// ICMP for IPv6. RFC 4443.
struct icmp_v6 : detail::raw_verbs<icmp_v6, detail::icmp_facts<family::ipv6, socket_type::raw, 58>, os::native> {
    struct ping : detail::raw_verbs<ping, detail::icmp_facts<family::ipv6, socket_type::datagram, 58>, os::native> {};
};

// Whole frames of the link layer: packet(7). It receives nothing until it is bound to an interface and a protocol.
// Errors: open says operation_not_permitted without the privilege (CAP_NET_RAW), address_family_not_supported elsewhere than on Linux.
struct packet : detail::raw_verbs<packet, detail::packet_facts, os::native> {};

// Any other protocol, by the system's own numbers.
struct generic : detail::tag_verbs<detail::generic_facts, os::native> {
    using socket = plumb::socket<generic>;

    // Errors: address_family_not_supported, protocol_not_supported, invalid_argument. Calls: socket.
    [[nodiscard]] static result<socket> open(int family, int type, int number) {
        auto made = system::open(family, type, number);
        if (!made) return failure(made.error());
        return socket(detail::fresh{*made});
    }
};

}  // namespace plumb
