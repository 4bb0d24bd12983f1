// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/acceptor.hpp>
#include <plumb/socket/connect.hpp>
#include <plumb/socket/datagram_socket.hpp>
#include <plumb/socket/descriptors.hpp>
#include <plumb/socket/handle.hpp>
#include <plumb/socket/local.hpp>
#include <plumb/socket/local_verbs.hpp>
#include <plumb/socket/option.hpp>
#include <plumb/socket/options/connection_info.hpp>
#include <plumb/socket/options/ip.hpp>
#include <plumb/socket/options/ipv6.hpp>
#include <plumb/socket/options/local.hpp>
#include <plumb/socket/options/socket.hpp>
#include <plumb/socket/options/tcp.hpp>
#include <plumb/socket/options/udp.hpp>
#include <plumb/socket/peer_handle.hpp>
#include <plumb/socket/protocol.hpp>
#include <plumb/socket/raw.hpp>
#include <plumb/socket/received.hpp>
#include <plumb/socket/record_socket.hpp>
#include <plumb/socket/stream_socket.hpp>
#include <plumb/socket/tcp.hpp>
#include <plumb/socket/udp.hpp>
#include <plumb/socket/verbs.hpp>
