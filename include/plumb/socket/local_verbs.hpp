// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/socket_file.hpp>
#include <plumb/socket/descriptors.hpp>
#include <plumb/socket/verbs.hpp>

// The verbs of tags of sockets between programs of one machine, whose addresses may be files.

namespace plumb::inline v0_1 {

// Has bind and listen replace the file of a socket that is no more: local::stream::listen(at, replace_stale_file{true}).
// A server that dies leaves its file behind, and the next one at that path gets address_in_use. With this the file goes, if it is
// a socket (no link to one) that nobody has bound. Whoever has it bound is not disturbed: not by a connection either. Of several
// that start at once one gets the path. For that the folder is locked while the file is looked at, against others that use this.
// Nothing else happens where the path is free, and with addresses that are no path.
struct replace_stale_file {
    bool value = true;
};

namespace detail {

// What the opening of a socket makes of an extra: replacing a file is for later.
template <class Extra>
[[nodiscard]] constexpr const Extra& for_opening(const Extra& extra) noexcept { return extra; }
[[nodiscard]] constexpr patience for_opening(replace_stale_file) noexcept { return {}; }

[[nodiscard]] constexpr bool replaces(const auto&) noexcept { return false; }
[[nodiscard]] constexpr bool replaces(replace_stale_file extra) noexcept { return extra.value; }

template <class System, class... Extras>
concept may_replace = (std::same_as<Extras, replace_stale_file> || ...) && os::socket_file_system<System>;

// Removes the file that a socket was bound to, if none is any more; address_in_use if one is, or may be.
// A socket of datagrams asks. The kernel tells it that nobody is there, or that somebody of another type is, and one of a connection
// notices nothing: neither a queue that is full nor one that is not there yet matters. Source: unix(7), EPROTOTYPE.
template <class System>
[[nodiscard]] result<void> remove_stale_file(const local_address& at, const socket_address<local_address>& native) {
    if (!System::is_socket_file(at.file_name())) return failure(verb::bind, std::errc::address_in_use);
    auto made = System::open(os::number_of(family::local), os::number_of(socket_type::datagram), 0);
    if (!made) return failure(made.error().during(verb::bind));
    os::owner<System> asking(fresh{*made});
    auto answer = os::persist<System>(verb::bind, *made, os::interest::writable,
                                      [&](os::waiting waits) { return System::connect(*made, native, waits); });
    if (answer || answer.error() != std::errc::connection_refused) return failure(verb::bind, std::errc::address_in_use);
    return System::remove_file(at.file_name());
}

// A folder that is locked until this goes.
template <class System>
class folder_lock {
public:
    explicit folder_lock(os::handle folder) noexcept : folder_(folder) {}
    folder_lock(const folder_lock&) = delete;    // unlocked once
    ~folder_lock() { System::close_folder(folder_); }

    [[nodiscard]] result<void> take(const patience& limits) {
        return os::persist<System>(verb::bind, folder_, os::interest::readable, [&](os::waiting) { return System::lock_folder(folder_); }, limits);
    }

private:
    os::handle folder_;
};

// Binds a socket; where a file is in the way that nobody has bound any more, by replacing it.
// Out of line, since it is for once in the life of a server.
template <class System>
[[nodiscard, gnu::noinline, gnu::cold]] result<void> bind_replacing(os::handle socket, const local_address& at, const patience& limits) {
    auto native = to_sockaddr(at);
    if (!native) return failure(native.error().during(verb::bind));
    auto outcome = System::bind(socket, *native);
    if (outcome || outcome.error() != std::errc::address_in_use || !at.is_path()) return outcome;
    auto folder = System::open_folder(at.file_name());
    if (!folder) return failure(folder.error().during(verb::bind));
    folder_lock<System> lock(*folder);
    if (auto taken = lock.take(limits); !taken) return taken;
    // A bind that fails has waited for every other one in this folder, so no file is seen whose socket is not bound yet.
    outcome = System::bind(socket, *native);
    if (outcome || outcome.error() != std::errc::address_in_use) return outcome;
    if (auto removed = remove_stale_file<System>(at, *native); !removed) return removed;
    return System::bind(socket, *native);
}

template <class System, class... Extras>
[[nodiscard]] result<void> bind_as_told(os::handle socket, const local_address& at, const Extras&... extras) {
    if ((replaces(extras) || ...)) return bind_replacing<System>(socket, at, limits_among<System>(extras...));
    auto native = to_sockaddr(at);
    if (!native) return failure(native.error().during(verb::bind));
    return System::bind(socket, *native);
}

}  // namespace detail

// What tags of local sockets do beside the rest: make two that are connected, and bind where a file was left behind.
template <class Self, class Verbs>
struct over_files : Verbs {
    using Verbs::bind;
    using typename Verbs::socket;
    using typename Verbs::system;

    // Makes a socket that is neither bound nor connected. Options follow.
    template <class... Extras>
    [[nodiscard]] static result<socket> open(const Extras&... extras) {
        return detail::open_with<Self, socket>(family::local, extras...);
    }

    // Makes two sockets that are connected with each other.
    // Calls: socketpair.
    [[nodiscard]] static result<std::pair<socket, socket>> pair() { return detail::open_pair<Self>(); }

    // Makes a socket bound to an address, by replacing a file that was left behind: replace_stale_file says how.
    // Limits are for waiting until the folder is locked. Errors: address_in_use where somebody has the path; permission_denied,
    // operation_not_permitted where the folder cannot be read or the file cannot be removed.
    // Calls: socket, bind; where the address is in use open, flock, bind, lstat, socket, connect, unlink and bind.
    template <class... Extras>
        requires detail::may_replace<system, Extras...>
    [[nodiscard]] static result<socket> bind(const local_address& to, const Extras&... extras) {
        auto made = open(detail::for_opening(extras)...);
        if (!made) return made;
        auto outcome = detail::bind_as_told<system>(made->native_handle(), to, extras...);
        if (!outcome) return failure(outcome.error());
        return made;
    }
};

// The verbs of a tag of messages between programs of one machine: local::datagram.
template <class Self, class Facts, class System>
struct local_datagram_verbs : over_files<Self, common_verbs<Self, Facts, System>> {
    template <class Other, class OtherSystem>
    using on = local_datagram_verbs<Other, Facts, OtherSystem>;
};

// The verbs of a tag of connections between programs of one machine, such as local::stream.
template <class Self, class Facts, class System>
struct local_connection_verbs : over_files<Self, connection_verbs<Self, Facts, System>> {
    template <class Other, class OtherSystem>
    using on = local_connection_verbs<Other, Facts, OtherSystem>;

    using connection_verbs<Self, Facts, System>::listen;
    using acceptor = plumb::acceptor<Self>;

    // Listens at an address, by replacing a file that was left behind: as bind.
    template <class... Extras>
        requires detail::may_replace<System, Extras...>
    [[nodiscard]] static result<acceptor> listen(const local_address& at, const Extras&... extras) {
        auto made = local_connection_verbs::open_acceptor(family::local, detail::for_opening(extras)...);
        if (!made) return made;
        auto outcome = detail::bind_as_told<System>(made->native_handle(), at, extras...);
        if (outcome) outcome = System::listen(made->native_handle(), local_connection_verbs::full_backlog);
        if (!outcome) return failure(outcome.error());
        return made;
    }
};

}  // namespace plumb
