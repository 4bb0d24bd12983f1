// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/posix/buffer_list.hpp>
#include <plumb/os/posix/failure.hpp>
#include <plumb/os/socket.hpp>

#include <array>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace plumb::inline v0_1::os {

// On POSIX a restarted listener may take the port over from connections in TIME_WAIT; on Windows it would steal it.
inline constexpr bool listeners_reuse_address = true;

[[nodiscard]] constexpr int number_of(family family) noexcept {
    constexpr int numbers[] = {AF_INET, AF_INET6, AF_UNIX, AF_PACKET};
    return numbers[static_cast<unsigned char>(family)];
}

[[nodiscard]] constexpr int number_of(socket_type type) noexcept {
    constexpr int numbers[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
    return numbers[static_cast<unsigned char>(type)];
}

// Room for some things that is on the stack while they are few. No array is made by new: its check of the size would put two more
// functions into every program.
template <class T, std::size_t Few>
class room_for {
public:
    explicit room_for(std::size_t count) noexcept
        : size_(count * sizeof(T)), first_(count <= Few ? few_ : static_cast<T*>(::operator new(size_, std::nothrow_t()))) {}
    room_for(const room_for&) = delete;
    ~room_for() {
        if (first_ != few_) ::operator delete(first_, size_);
    }

    // Nothing when there is no memory for so many.
    [[nodiscard]] T* data() noexcept { return first_; }
    [[nodiscard]] T& operator[](std::size_t index) noexcept { return first_[index]; }

private:
    T few_[Few];
    std::size_t size_;
    T* first_;
};

struct native_sockets {
    [[nodiscard]] static answer<handle> open(int family, int type, int number) noexcept {
        auto made = ::socket(family, type | SOCK_CLOEXEC, number);
        if (made == none) return failure(last_error(verb::open));
        return made;
    }

    [[nodiscard]] static answer<std::array<handle, 2>> pair(int family, int type, int number) noexcept {
        std::array<handle, 2> made;
        if (::socketpair(family, type | SOCK_CLOEXEC, number, made.data()) == -1) return failure(last_error(verb::pair));
        return made;
    }

    [[nodiscard]] static answer<handle> duplicate(handle socket) noexcept {
        auto made = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
        if (made == none) return failure(last_error(verb::duplicate));
        return made;
    }

    // Calls: getsockopt(SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN).
    [[nodiscard]] static answer<description> describe(handle socket) noexcept {
        int found[4] = {};
        constexpr int asked[4] = {SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN};
        for (int i = 0; i < 4; ++i) {
            socklen_t size = sizeof found[i];
            if (::getsockopt(socket, SOL_SOCKET, asked[i], &found[i], &size) == -1) return failure(last_error(verb::get));
        }
        return description{found[0], found[1], found[2], found[3] != 0};
    }

    // Calls: getsockopt(SO_COOKIE), Linux 4.12.
    [[nodiscard]] static result<std::uint64_t> identity(handle socket) noexcept {
        std::uint64_t known = 0;
        socklen_t size = sizeof known;
        if (::getsockopt(socket, SOL_SOCKET, SO_COOKIE, &known, &size) == -1) return failure(last_error(verb::get));
        return known;
    }

    static void close(handle socket) noexcept { ::close(socket); }

    template <class Address>
    [[nodiscard]] static result<void> bind(handle socket, const Address& to) noexcept {
        return done_or_error(verb::bind, ::bind(socket, generic(to), to.size()));
    }

    [[nodiscard]] static result<void> listen(handle socket, int backlog) noexcept {
        return done_or_error(verb::listen, ::listen(socket, backlog));
    }

    // Calls: connect; with waiting::no between two fcntl(F_SETFL).
    template <class Address>
    [[nodiscard]] static result<void> connect(handle socket, const Address& to, waiting waits) noexcept {
        if (waits == waiting::yes) return done_or_error(verb::connect, ::connect(socket, generic(to), to.size()));
        auto flags = ::fcntl(socket, F_GETFL);
        if (flags == -1 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == -1) return failure(last_error(verb::connect));
        auto outcome = done_or_error(verb::connect, ::connect(socket, generic(to), to.size()));
        ::fcntl(socket, F_SETFL, flags);
        return outcome;
    }

    [[nodiscard]] static result<void> take_error(handle socket) noexcept {
        int cause = 0;
        socklen_t size = sizeof cause;
        if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &cause, &size) == -1) return failure(last_error(verb::connect));
        if (cause != 0) return failure(verb::connect, static_cast<std::errc>(cause));
        return {};
    }

    // With waiting::no the listener becomes non-blocking for good, for everybody who shares it: accept(2) has no flag
    // for it, and whoever waits above waits with poll then.
    // Calls: accept4; with waiting::no fcntl(F_GETFL) before it, and once fcntl(F_SETFL).
    template <class Address>
    [[nodiscard]] static answer<handle> accept(handle socket, waiting waits, Address* remote) noexcept {
        if (waits == waiting::no) {
            auto flags = ::fcntl(socket, F_GETFL);
            if (flags != -1 && !(flags & O_NONBLOCK)) ::fcntl(socket, F_SETFL, flags | O_NONBLOCK);
        }
        auto made = remote ? ::accept4(socket, generic(*remote), remote->size_pointer(), SOCK_CLOEXEC)
                           : ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
        if (made == none) return failure(last_error(verb::accept));
        return made;
    }

    [[nodiscard]] static result<std::size_t> send(handle socket, bytes from, waiting waits) noexcept {
        return count_or_error(verb::send, ::send(socket, from.data(), from.size(), MSG_NOSIGNAL | flag(waits)));
    }

    [[nodiscard]] static result<std::size_t> send(handle socket, slice<const bytes> from, waiting waits) noexcept {
        buffer_list list(from);
        auto message = message_of(list);
        return count_or_error(verb::send, ::sendmsg(socket, &message, MSG_NOSIGNAL | flag(waits)));
    }

    [[nodiscard]] static result<std::size_t> receive(handle socket, mutable_bytes into, waiting waits) noexcept {
        return count_or_error(verb::receive, ::recv(socket, into.data(), into.size(), flag(waits)));
    }

    [[nodiscard]] static result<std::size_t> receive(handle socket, slice<const mutable_bytes> into,
                                                     waiting waits) noexcept {
        buffer_list list(into);
        auto message = message_of(list);
        return count_or_error(verb::receive, ::recvmsg(socket, &message, flag(waits)));
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(handle socket, const Address* to, bytes from, waiting waits) noexcept {
        return count_or_error(verb::send, ::sendto(socket, from.data(), from.size(), MSG_NOSIGNAL | flag(waits),
                                                   to ? generic(*to) : nullptr, to ? to->size() : 0));
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(handle socket, const Address* to, slice<const bytes> from,
                                                     waiting waits) noexcept {
        if (from.size() > buffer_list::most) return failure(verb::send, std::errc::message_size);
        buffer_list list(from);
        auto message = message_of(list);
        if (to) {
            message.msg_name = const_cast<typename Address::storage*>(to->data());
            message.msg_namelen = to->size();
        }
        return count_or_error(verb::send, ::sendmsg(socket, &message, MSG_NOSIGNAL | flag(waits)));
    }

    // MSG_TRUNC makes the kernel give the datagram's own size.
    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(handle socket, Address* remote, mutable_bytes into,
                                                          waiting waits) noexcept {
        return count_or_error(verb::receive, ::recvfrom(socket, into.data(), into.size(), MSG_TRUNC | flag(waits),
                                                        remote ? generic(*remote) : nullptr,
                                                        remote ? remote->size_pointer() : nullptr));
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(handle socket, Address* remote,
                                                          slice<const mutable_bytes> into, waiting waits) noexcept {
        if (into.size() > buffer_list::most) return failure(verb::receive, std::errc::message_size);
        buffer_list list(into);
        auto message = message_of(list);
        if (remote) {
            message.msg_name = remote->data();
            message.msg_namelen = sizeof(typename Address::storage);
        }
        auto size = ::recvmsg(socket, &message, MSG_TRUNC | flag(waits));
        if (remote && size >= 0) remote->resize(message.msg_namelen);
        return count_or_error(verb::receive, size);
    }

    [[nodiscard]] static result<void> shutdown(handle socket, direction half) noexcept {
        constexpr int halves[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
        return done_or_error(verb::shutdown, ::shutdown(socket, halves[static_cast<unsigned char>(half)]));
    }

    template <class Address>
    [[nodiscard]] static answer<Address> local(handle socket) noexcept {
        Address native;
        if (::getsockname(socket, generic(native), native.size_pointer()) == -1)
            return failure(last_error(verb::local_endpoint));
        return native;
    }

    template <class Address>
    [[nodiscard]] static answer<Address> remote(handle socket) noexcept {
        Address native;
        if (::getpeername(socket, generic(native), native.size_pointer()) == -1)
            return failure(last_error(verb::peer_endpoint));
        return native;
    }

    [[nodiscard]] static result<std::size_t> get_option(handle socket, int level, int name, mutable_bytes into) noexcept {
        auto size = static_cast<socklen_t>(into.size());
        if (::getsockopt(socket, level, name, into.data(), &size) == -1) return failure(last_error(verb::get));
        return size;
    }

    [[nodiscard]] static result<void> set_option(handle socket, int level, int name, bytes value) noexcept {
        auto size = static_cast<socklen_t>(value.size());
        return done_or_error(verb::set, ::setsockopt(socket, level, name, value.data(), size));
    }

    // A handle that is `none` or closed is bad_file_descriptor: poll would wait for it for ever, or spin.
    // Cost: an allocation for more than 63 handles. Calls: ppoll.
    [[nodiscard]] static result<std::size_t> wait(slice<watch> watches, instant until, waker* sleeper) noexcept {
        room_for<pollfd, 64> entries(watches.size() + 1);
        if (!entries.data()) return failure(verb::wait, std::errc::not_enough_memory);
        nfds_t count = 0;
        for (auto& one : watches) {
            if (one.target < 0) return failure(verb::wait, std::errc::bad_file_descriptor);
            entries[count++] = {one.target, static_cast<short>(one.awaited == interest::readable ? POLLIN | POLLRDHUP : POLLOUT), 0};
        }
        if (sleeper) {
            auto event = sleeper->open();
            if (!event) return failure(event.error());
            entries[count++] = {*event, POLLIN, 0};
        }
        auto span = until == forever ? timespec{} : to_timespec(detail::greatest(until - native_clock::now(), timeline::duration::zero()));
        if (::ppoll(entries.data(), count, until == forever ? nullptr : &span, nullptr) == -1)
            return failure(last_error(verb::wait));
        std::size_t ready = 0;
        for (std::size_t i = 0; i < watches.size(); ++i) {
            if (entries[i].revents & POLLNVAL) return failure(verb::wait, std::errc::bad_file_descriptor);
            watches[i].ready = entries[i].revents != 0;
            watches[i].ended = (entries[i].revents & (POLLRDHUP | POLLHUP)) != 0;
            ready += watches[i].ready;
        }
        return ready;
    }

private:
    [[nodiscard]] static msghdr message_of(buffer_list& list) noexcept {
        msghdr message{};
        message.msg_iov = list.data();
        message.msg_iovlen = list.size();
        return message;
    }

    static constexpr int flag(waiting waits) noexcept { return waits == waiting::no ? MSG_DONTWAIT : 0; }

    template <class Address>
    static const sockaddr* generic(const Address& address) noexcept {
        return reinterpret_cast<const sockaddr*>(address.data());
    }
    template <class Address>
    static sockaddr* generic(Address& address) noexcept {
        return reinterpret_cast<sockaddr*>(address.data());
    }
};

}  // namespace plumb::os
