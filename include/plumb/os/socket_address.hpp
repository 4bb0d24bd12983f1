// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/endpoint.hpp>
#include <plumb/address/generic.hpp>
#include <plumb/address/link.hpp>
#include <plumb/address/local.hpp>
#include <plumb/core/least.hpp>
#include <plumb/os/answer.hpp>
#include <plumb/os/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

// Addresses as the kernel takes and gives them (sockaddr), and the ways between them and the values of address/.
//   sockaddr_of<E>::type                               the sockaddr that has room for every E
//   to_sockaddr(const E&) -> os::answer<socket_address<E>>
//       Errors: no_such_device when an IPv6 scope names no interface.
//       Calls: none; if_nametoindex when the scope is a name.
//   from_sockaddr(const socket_address<E>&) -> result<E>
//       Its length is looked at before any field. Errors: address_family_not_supported, invalid_argument (too short).
// Those of addresses that few programs use are templates of the one type that they take: compiled only where they are called.

namespace plumb::inline v0_1 {

namespace os {

template <class Endpoint>
struct sockaddr_of;

}  // namespace os

template <class Endpoint>
class socket_address;

// An address just as the kernel wrote it, decoded only when asked: a datagram can be answered without any conversion.
// Turns into its Endpoint by itself; one that the kernel left out or that is no Endpoint turns into Endpoint{}.
template <class Endpoint>
class socket_address {
public:
    using storage = typename os::sockaddr_of<Endpoint>::type;

    socket_address() noexcept {}    // the storage is left as it is: the kernel fills it
    socket_address(const socket_address& other) noexcept { copy(other, pieces()); }
    socket_address& operator=(const socket_address& other) noexcept {
        copy(other, pieces());
        return *this;
    }

    operator Endpoint() const { return endpoint(); }
    [[nodiscard]] Endpoint endpoint() const { return from_sockaddr(*this).value_or(Endpoint{}); }
    [[nodiscard]] auto address() const { return endpoint().address(); }
    [[nodiscard]] auto port() const { return endpoint().port(); }

    // What the system's calls take: the bytes, how many count, and where a call writes how many count.
    [[nodiscard]] storage* data() noexcept { return &storage_; }
    [[nodiscard]] const storage* data() const noexcept { return &storage_; }
    [[nodiscard]] os::address_length size() const noexcept { return size_; }
    [[nodiscard]] os::address_length* size_pointer() noexcept { return &size_; }
    // How many bytes the kernel wrote here, and which family they are of; 0 when it wrote too little to tell.
    [[nodiscard]] std::size_t filled() const noexcept {
        return size_ > 0 ? detail::least(static_cast<std::size_t>(size_), sizeof(storage)) : 0;
    }
    [[nodiscard]] std::uint16_t family() const noexcept {
        std::uint16_t number = 0;
        if (filled() >= sizeof number) std::memcpy(&number, &storage_, sizeof number);
        return number;
    }
    // Sets how many bytes count; at most sizeof(storage).
    void resize(std::size_t size) noexcept {
        size_ = static_cast<os::address_length>(size < sizeof(storage) ? size : sizeof(storage));
    }

    friend bool operator==(const socket_address& left, const Endpoint& right) { return left.endpoint() == right; }
    [[nodiscard]] friend std::string to_string(const socket_address& native) { return to_string(native.endpoint()); }

private:
    // Copied in pieces that are a register each, a compiler sees through the copies that take a sender to its answer.
    using piece [[gnu::vector_size(16), gnu::may_alias]] = long long;
    static constexpr std::size_t piece_size = 16;
    static constexpr auto pieces() noexcept { return std::make_index_sequence<sizeof(socket_address) / piece_size>(); }

    template <std::size_t... Index>
    void copy(const socket_address& other, std::index_sequence<Index...>) noexcept {
        auto from = reinterpret_cast<const piece*>(&other);
        auto to = reinterpret_cast<piece*>(this);
        ((to[Index] = from[Index]), ...);
    }

    alignas(piece_size) storage storage_;
    os::address_length size_ = sizeof(storage);
};

}  // namespace plumb

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/socket_address.hpp>
#else
#include <plumb/os/posix/socket_address.hpp>
#endif
