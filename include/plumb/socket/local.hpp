// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/local_verbs.hpp>
#include <plumb/socket/options/local.hpp>

// Sockets between programs of one machine, by paths or abstract names: unix(7).

namespace plumb::inline v0_1 {

namespace detail {

template <socket_type Type>
struct local_facts {
    using endpoint_type = local_address;
    static constexpr auto only_family = family::local;
    static constexpr auto type = Type;
    static constexpr int number = 0;
    static constexpr std::array layers{layer::socket, layer::local};
};

}  // namespace detail

namespace local {

// Ordered, lossless bytes.
struct stream : local_connection_verbs<stream, detail::local_facts<socket_type::stream>, os::native> {};

// Messages, lossless on one machine.
struct datagram : local_datagram_verbs<datagram, detail::local_facts<socket_type::datagram>, os::native> {};

// Ordered, lossless messages over a connection.
struct seqpacket : local_connection_verbs<seqpacket, detail::local_facts<socket_type::record>, os::native> {};

}  // namespace local

}  // namespace plumb
