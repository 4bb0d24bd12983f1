// SPDX-License-Identifier: BSL-1.0
#include <plumb/plumb.hpp>

#include "support/program.hpp"

// Shows what a fresh socket is set to: its buffer sizes and every other option, layer by layer.

using namespace plumb;
using namespace std::chrono_literals;

constexpr auto usage =
    "socket_options tcp|udp|local\n"
    "Shows every option of a fresh socket: its layer, its name and its value, with tabs between.\n"
    "  tcp|udp|local    the protocol of the socket\n";

std::string text(bool value) { return value ? "on" : "off"; }
std::string text(const std::string& value) { return '"' + value + '"'; }
std::string text(std::integral auto value) { return std::to_string(value); }

template <class Enum>
    requires std::is_enum_v<Enum>
std::string text(Enum value) {
    return std::to_string(static_cast<int>(value));
}

std::string text(std::chrono::seconds span) { return std::to_string(span.count()) + " s"; }
std::string text(std::chrono::milliseconds span) { return std::to_string(span.count()) + " ms"; }
std::string text(std::chrono::microseconds span) { return std::to_string(span.count()) + " us"; }

template <class Duration>
std::string text(duration_or_off<Duration> value) {
    return value.is_off() ? "off" : text(value.value());
}

std::string text(local_port_range range) { return to_string(range.lowest) + " to " + to_string(range.highest); }
std::string text(const connection_info& info) { return std::string(to_string(info.state)); }

std::string text(peer_credentials peer) {
    return "process " + text(peer.process) + ", user " + text(peer.user) + ", group " + text(peer.group);
}

std::string text(const memory_use& memory) {
    return text(memory.receive_bytes) + " bytes received, " + text(memory.send_bytes) + " to send, " + text(memory.drops) + " datagrams lost";
}

template <class Values>
    requires requires(Values values) { values.size(); }
std::string text(const Values& values) {
    return text(values.size()) + (values.size() == 1 ? " value" : " values");
}

// One line: the value, or why there is none.
template <class Option>
void show(auto& socket, std::string_view layer, std::string_view name) {
    auto value = socket.template get<Option>();
    auto said = value ? text(*value) : "- (" + value.error().reason() + ")";
    program::print(std::string(layer).append("\t").append(name).append("\t").append(said).append("\n"));
}

void show_socket(auto& socket) {
    show<reuse_address>(socket, "socket", "reuse_address");
    show<reuse_port>(socket, "socket", "reuse_port");
    show<keep_alive>(socket, "socket", "keep_alive");
    show<receive_buffer_size>(socket, "socket", "receive_buffer_size");
    show<send_buffer_size>(socket, "socket", "send_buffer_size");
    show<buffer_lock>(socket, "socket", "buffer_lock");
    show<reserved_memory>(socket, "socket", "reserved_memory");
    show<receive_low_water_mark>(socket, "socket", "receive_low_water_mark");
    show<send_low_water_mark>(socket, "socket", "send_low_water_mark");
    show<linger_on_close>(socket, "socket", "linger_on_close");
    show<do_not_route>(socket, "socket", "do_not_route");
    show<bind_to_device>(socket, "socket", "bind_to_device");
    show<bind_to_interface>(socket, "socket", "bind_to_interface");
    show<mark>(socket, "socket", "mark");
    show<receive_mark>(socket, "socket", "receive_mark");
    show<priority>(socket, "socket", "priority");
    show<receive_priority>(socket, "socket", "receive_priority");
    show<pacing_rate_limit>(socket, "socket", "pacing_rate_limit");
    show<rehash_when_stuck>(socket, "socket", "rehash_when_stuck");
    show<incoming_cpu>(socket, "socket", "incoming_cpu");
    show<incoming_queue>(socket, "socket", "incoming_queue");
    show<busy_poll>(socket, "socket", "busy_poll");
    show<prefer_busy_poll>(socket, "socket", "prefer_busy_poll");
    show<urgent_inline>(socket, "socket", "urgent_inline");
    show<zero_copy>(socket, "socket", "zero_copy");
    show<receive_overflow_count>(socket, "socket", "receive_overflow_count");
    show<receive_time_in_microseconds>(socket, "socket", "receive_time_in_microseconds");
    show<receive_time_in_nanoseconds>(socket, "socket", "receive_time_in_nanoseconds");
    show<timestamping>(socket, "socket", "timestamping");
    show<receive_wifi_status>(socket, "socket", "receive_wifi_status");
    show<error_queue_is_priority>(socket, "socket", "error_queue_is_priority");
    show<memory_use>(socket, "socket", "memory_use");
    show<type_number>(socket, "socket", "type_number");
    show<family_number>(socket, "socket", "family_number");
    show<protocol_number>(socket, "socket", "protocol_number");
    show<accepting>(socket, "socket", "accepting");
    show<socket_cookie>(socket, "socket", "socket_cookie");
    show<network_cookie>(socket, "socket", "network_cookie");
}

void show_ip(auto& socket) {
    show<time_to_live>(socket, "ip", "time_to_live");
    show<type_of_service>(socket, "ip", "type_of_service");
    show<minimum_time_to_live>(socket, "ip", "minimum_time_to_live");
    show<path_mtu_discovery>(socket, "ip", "path_mtu_discovery");
    show<path_mtu_size>(socket, "ip", "path_mtu_size");
    show<free_bind>(socket, "ip", "free_bind");
    show<transparent>(socket, "ip", "transparent");
    show<bind_address_no_port>(socket, "ip", "bind_address_no_port");
    show<local_port_range>(socket, "ip", "local_port_range");
    show<receive_errors>(socket, "ip", "receive_errors");
    show<receive_error_extensions>(socket, "ip", "receive_error_extensions");
    show<receive_type_of_service>(socket, "ip", "receive_type_of_service");
}

void show_datagrams(auto& socket) {
    show<broadcast>(socket, "ip", "broadcast");
    show<receive_packet_info>(socket, "ip", "receive_packet_info");
    show<receive_time_to_live>(socket, "ip", "receive_time_to_live");
    show<receive_options>(socket, "ip", "receive_options");
    show<receive_options_to_return>(socket, "ip", "receive_options_to_return");
    show<receive_original_destination>(socket, "ip", "receive_original_destination");
    show<receive_checksum>(socket, "ip", "receive_checksum");
    show<receive_fragment_size>(socket, "ip", "receive_fragment_size");
    show<receive_security_context>(socket, "ip", "receive_security_context");
    show<unicast_interface>(socket, "ip", "unicast_interface");
    show<multicast_ttl>(socket, "ip", "multicast_ttl");
    show<multicast_loop>(socket, "ip", "multicast_loop");
    show<multicast_all>(socket, "ip", "multicast_all");
}

void show_tcp(auto& socket) {
    show<no_delay>(socket, "tcp", "no_delay");
    show<cork>(socket, "tcp", "cork");
    show<quick_ack>(socket, "tcp", "quick_ack");
    show<keep_alive_idle>(socket, "tcp", "keep_alive_idle");
    show<keep_alive_interval>(socket, "tcp", "keep_alive_interval");
    show<keep_alive_count>(socket, "tcp", "keep_alive_count");
    show<user_timeout>(socket, "tcp", "user_timeout");
    show<syn_count>(socket, "tcp", "syn_count");
    show<closing_limit>(socket, "tcp", "closing_limit");
    show<defer_accept>(socket, "tcp", "defer_accept");
    show<fast_open>(socket, "tcp", "fast_open");
    show<fast_open_connect>(socket, "tcp", "fast_open_connect");
    show<fast_open_without_cookie>(socket, "tcp", "fast_open_without_cookie");
    show<fast_open_key>(socket, "tcp", "fast_open_key");
    show<congestion_control>(socket, "tcp", "congestion_control");
    show<upper_layer>(socket, "tcp", "upper_layer");
    show<max_segment_size>(socket, "tcp", "max_segment_size");
    show<not_sent_low_water_mark>(socket, "tcp", "not_sent_low_water_mark");
    show<window_clamp>(socket, "tcp", "window_clamp");
    show<report_queued_bytes>(socket, "tcp", "report_queued_bytes");
    show<transmit_delay>(socket, "tcp", "transmit_delay");
    show<thin_linear_timeouts>(socket, "tcp", "thin_linear_timeouts");
    show<thin_early_repeat>(socket, "tcp", "thin_early_repeat");
    show<save_first_segment>(socket, "tcp", "save_first_segment");
    show<saved_first_segment>(socket, "tcp", "saved_first_segment");
    show<longest_retransmission_timeout>(socket, "tcp", "longest_retransmission_timeout");
    show<shortest_retransmission_timeout>(socket, "tcp", "shortest_retransmission_timeout");
    show<longest_acknowledgement_delay>(socket, "tcp", "longest_acknowledgement_delay");
    show<is_multipath>(socket, "tcp", "is_multipath");
    show<connection_info>(socket, "tcp", "connection_info");
}

void show_udp(auto& socket) {
    show<cork_datagram>(socket, "udp", "cork_datagram");
    show<segment_size>(socket, "udp", "segment_size");
    show<receive_joined>(socket, "udp", "receive_joined");
    show<no_checksum_v6>(socket, "udp", "no_checksum_v6");
    show<accept_no_checksum_v6>(socket, "udp", "accept_no_checksum_v6");
    show<no_checksum>(socket, "udp", "no_checksum");
    show<encapsulation>(socket, "udp", "encapsulation");
}

void show_local(auto& socket) {
    show<peer_credentials>(socket, "local", "peer_credentials");
    show<peer_groups>(socket, "local", "peer_groups");
    show<peer_security_context>(socket, "local", "peer_security_context");
    show<pass_credentials>(socket, "local", "pass_credentials");
    show<pass_security_context>(socket, "local", "pass_security_context");
    show<pass_process_descriptor>(socket, "local", "pass_process_descriptor");
    show<pass_descriptors>(socket, "local", "pass_descriptors");
}

int main(int count, char** words) {
    return program::run(usage, count, words, [](program::arguments& given) {
        auto protocol = given.word("tcp, udp or local");
        given.end();

        if (protocol == "tcp") {
            auto socket = program::require(tcp::open(family::ipv4), "a TCP socket");
            show_socket(socket);
            show_ip(socket);
            show_tcp(socket);
        } else if (protocol == "udp") {
            auto socket = program::require(udp::open(family::ipv4), "a UDP socket");
            show_socket(socket);
            show_ip(socket);
            show_datagrams(socket);
            show_udp(socket);
        } else if (protocol == "local") {
            auto [socket, other] = program::require(local::stream::pair(), "two local sockets");
            show_socket(socket);
            show_local(socket);
        } else throw program::usage_error(std::string(protocol) + ": the protocols are tcp, udp and local");
    });
}
