// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/option.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// Options of sockets between programs of one machine: unix(7).

namespace plumb::inline v0_1 {

// SO_PEERCRED: who made the other end of a connection: connect(), listen() or pair() recorded it.
struct peer_credentials {
    using value_type = peer_credentials;
    using native_type = os::credentials_value;
    static constexpr auto belongs_to = layer::local;
    static constexpr auto name = os::options::peer_credentials;

    int process = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;    // of the process, not all it is in: peer_groups

    [[nodiscard]] static constexpr peer_credentials from_native(native_type native) noexcept {
        return {native.process, native.user, native.group};
    }
    friend constexpr bool operator==(const peer_credentials&, const peer_credentials&) noexcept = default;
};

// SO_PEERGROUPS: the other groups that the maker of the other end was in.
// Errors: result_out_of_range for more than 1,024.
struct peer_groups {
    using value_type = std::vector<std::uint32_t>;
    using native_type = std::array<std::uint32_t, 1024>;
    static constexpr auto belongs_to = layer::local;
    static constexpr auto name = os::options::peer_groups;

    [[nodiscard]] static value_type from_native(const native_type& native, std::size_t size) {
        auto count = detail::least(size / sizeof native[0], native.size());
        return {native.begin(), native.begin() + static_cast<std::ptrdiff_t>(count)};
    }
};

// SO_PEERSEC: the security label of the other end. Errors: no_protocol_option where the kernel has no labels.
struct peer_security_context : text_status<layer::local, os::options::peer_security_context, 256> {};
// SO_PASSCRED: hands over who sent each message, as a control message.
struct pass_credentials : flag_option<layer::local, os::options::pass_credentials> {};
// SO_PASSSEC: hands over the security label of its sender, as a control message.
struct pass_security_context : flag_option<layer::local, os::options::pass_security_context> {};
// SO_PASSPIDFD: hands over a descriptor of the sender's process, as a control message.
struct pass_process_descriptor : flag_option<layer::local, os::options::pass_process_descriptor> {};
// SO_PASSRIGHTS: takes descriptors from the peer; switched off, none can be pressed upon us. On unless switched off.
struct pass_descriptors : flag_option<layer::local, os::options::pass_descriptors> {};
// SO_INQ: hands over with every receive how many bytes are left, as a control message.
struct report_queued_local_bytes : flag_command<layer::local, os::options::report_queued_local_bytes> {};

}  // namespace plumb
