// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/options.hpp>
#include <plumb/os/windows/api.hpp>

namespace plumb::inline v0_1::os::options {

inline constexpr option_name reuse_address{SOL_SOCKET, SO_REUSEADDR};
inline constexpr option_name v6_only{IPPROTO_IPV6, IPV6_V6ONLY};
inline constexpr option_name no_delay{IPPROTO_TCP, TCP_NODELAY};
inline constexpr option_name receive_buffer_size{SOL_SOCKET, SO_RCVBUF};
inline constexpr option_name send_buffer_size{SOL_SOCKET, SO_SNDBUF};
inline constexpr option_name socket_type{SOL_SOCKET, SO_TYPE};
inline constexpr option_name socket_family = no_option;
inline constexpr option_name socket_protocol = no_option;
inline constexpr option_name accepts_connections{SOL_SOCKET, SO_ACCEPTCONN};

}  // namespace plumb::os::options
