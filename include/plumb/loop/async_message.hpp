// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_descriptors.hpp>
#include <plumb/loop/awaitable.hpp>
#include <plumb/socket/record_socket.hpp>

// The awaitable sockets of messages: udp::async_socket, local::datagram::async_socket, local::seqpacket::async_socket.

namespace plumb::inline v0_1 {

namespace detail {

// Moves one message: by a call on the handle, which waits for nothing, and which knows what its size means.
template <class System, class Call, limit... Limits>
class message_transfer final : public awaitable<message_transfer<System, Call, Limits...>, System, Limits...> {
    using base = awaitable<message_transfer, System, Limits...>;

public:
    message_transfer(registration& target, Call call, const Limits&... limits) : base(target, limits...), call_(call) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return Call::awaited; }

    bool attempt() noexcept override {
        for (;;) {
            size_ = call_(this->target().handle);
            if (size_) [[likely]] return true;
            if (size_.error() == std::errc::resource_unavailable_try_again) return this->refused();
            if (size_.error() != std::errc::interrupted) return true;
        }
    }
    void give_up(error cause) noexcept override { size_ = failure(cause); }

    [[nodiscard]] auto outcome() noexcept {
        if (!size_) size_ = failure(size_.error().during(Call::operation));
        return call_.outcome(size_);
    }

private:
    Call call_;
    result<std::size_t> size_ = 0;
};

// An address to send to that lies elsewhere, is none, or had to be made.
template <class Address>
[[nodiscard]] result<const Address*> address_in(const Address* elsewhere) noexcept { return elsewhere; }
template <class Address>
[[nodiscard]] result<const Address*> address_in(const result<Address>& made) noexcept {
    if (!made) return failure(made.error());
    return &*made;
}

// Sends from one buffer, or gathered from several.
template <class P, class Buffers, class To>
struct message_sending {
    static constexpr auto awaited = os::interest::writable;
    static constexpr auto operation = verb::send;

    Buffers from;
    To to;

    [[nodiscard]] result<std::size_t> operator()(os::handle by) const {
        auto address = address_in(to);
        if (!address) return failure(address.error());
        auto sent = P::system::send_to(by, *address, from, os::waiting::no);
        return sent ? sent : explained<P>(sent.error(), by);
    }
    [[nodiscard]] static result<std::size_t> outcome(result<std::size_t> sent) noexcept { return sent; }
};

// Receives into one buffer, or into several in turn, and learns from whom where that is asked.
template <class P, class Buffers, bool Tells>
struct message_receiving {
    using endpoint_type = typename P::endpoint_type;
    static constexpr auto awaited = os::interest::readable;
    static constexpr auto operation = verb::receive;

    Buffers into;
    socket_address<endpoint_type> sender{};

    [[nodiscard]] result<std::size_t> operator()(os::handle by) { return P::system::receive_from(by, Tells ? &sender : nullptr, into, os::waiting::no); }
    [[nodiscard]] auto outcome(result<std::size_t> size) noexcept -> result<std::conditional_t<Tells, datagram<endpoint_type>, received>> {
        auto arrived = arrival(size, room_of(into));
        if (!arrived) return failure(arrived.error());
        if constexpr (!Tells) return arrived;
        else return datagram<endpoint_type>{*arrived, sender};
    }
};

}  // namespace detail

// A socket of messages, each sent and received whole, with the verbs of the blocking one to be awaited.
// Buffers, and an address that another message came from, must live until the operation has ended.
// Threads: its loop's. Any number of coroutines that send and receive.
// Cost: no allocation for an operation; one system call when it need not wait.
template <class P>
    requires datagram_protocol<P>
class async_socket<P> : public detail::async_peer_of<P> {
    using base = detail::async_peer_of<P>;
    using system = typename P::system;
    using several = os::slice<const bytes>;
    using into_several = os::slice<const mutable_bytes>;

public:
    using base::base;
    using typename base::endpoint_type;
    using address_type = socket_address<endpoint_type>;

    // Sends one message to an address. The first one binds a port.
    // Errors: message_size, connection_refused from an earlier message of a connected socket, address_not_available.
    // Calls: sendto.
    template <limit... Limits>
    [[nodiscard]] auto send_to(bytes from, const endpoint_type& to, const Limits&... limits) { return sending(from, to_native(to), limits...); }
    // Sends one message to where another came from.
    template <limit... Limits>
    [[nodiscard]] auto send_to(bytes from, const address_type& to, const Limits&... limits) { return sending(from, &to, limits...); }
    // Sends one message gathered from several buffers. Calls: sendmsg.
    template <limit... Limits>
    [[nodiscard]] auto send_to(several from, const endpoint_type& to, const Limits&... limits) { return sending(from, to_native(to), limits...); }

    // Sends one message to the connected peer.
    template <limit... Limits>
    [[nodiscard]] auto send(bytes from, const Limits&... limits) { return sending(from, nobody, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto send(several from, const Limits&... limits) { return sending(from, nobody, limits...); }

    // Receives one message and its sender. What does not fit is lost, and the result says so.
    // Errors: connection_refused on a connected socket; it stays usable. Calls: recvfrom(MSG_TRUNC).
    template <limit... Limits>
    [[nodiscard]] auto receive_from(mutable_bytes into, const Limits&... limits) { return receiving<true>(into, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto receive_from(into_several into, const Limits&... limits) { return receiving<true>(into, limits...); }

    // Receives one message without asking whom it is from.
    template <limit... Limits>
    [[nodiscard]] auto receive(mutable_bytes into, const Limits&... limits) { return receiving<false>(into, limits...); }
    template <limit... Limits>
    [[nodiscard]] auto receive(into_several into, const Limits&... limits) { return receiving<false>(into, limits...); }

private:
    static constexpr const address_type* nobody = nullptr;

    [[nodiscard]] static result<address_type> to_native(const endpoint_type& to) {
        auto native = to_sockaddr(to);
        if (!native) return failure(native.error().during(verb::send));
        return native;
    }
    template <class Buffers, class To, limit... Limits>
    [[nodiscard]] auto sending(Buffers from, To to, const Limits&... limits) {
        using call = detail::message_sending<P, Buffers, To>;
        return detail::message_transfer<system, call, Limits...>(this->place(), call{from, to}, limits...);
    }
    template <bool Tells, class Buffers, limit... Limits>
    [[nodiscard]] auto receiving(Buffers into, const Limits&... limits) {
        using call = detail::message_receiving<P, Buffers, Tells>;
        return detail::message_transfer<system, call, Limits...>(this->place(), call{into}, limits...);
    }
};

// One end of a connection of records, each sent and received whole. An empty record is refused, and a size of 0 is the end.
// Threads: its loop's. Any number of coroutines that send and receive.
template <class P>
    requires record_protocol<P>
class async_socket<P> : public detail::async_peer_of<P> {
    using base = detail::async_peer_of<P>;
    using system = typename P::system;
    using address_type = socket_address<typename P::endpoint_type>;

public:
    using base::base;

    // Sends one record.
    // Errors: invalid_argument for an empty one, message_size, broken_pipe. Calls: sendto(MSG_NOSIGNAL).
    template <limit... Limits>
    [[nodiscard]] auto send(bytes from, const Limits&... limits) {
        struct call : detail::message_sending<P, bytes, const address_type*> {
            [[nodiscard]] result<std::size_t> operator()(os::handle by) const {
                if (this->from.empty()) return failure(verb::send, std::errc::invalid_argument);
                return detail::message_sending<P, bytes, const address_type*>::operator()(by);
            }
        };
        return detail::message_transfer<system, call, Limits...>(this->place(), call{{from, nullptr}}, limits...);
    }
    // Receives one record. What does not fit is lost, and the result says so. A size of 0 is the end.
    // Calls: recvfrom(MSG_TRUNC).
    template <limit... Limits>
    [[nodiscard]] auto receive(mutable_bytes into, const Limits&... limits) {
        using call = detail::message_receiving<P, mutable_bytes, false>;
        return detail::message_transfer<system, call, Limits...>(this->place(), call{into}, limits...);
    }
};

}  // namespace plumb
