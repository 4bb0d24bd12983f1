// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/socket.hpp>
#include <plumb/os/windows/buffer_list.hpp>
#include <plumb/os/windows/select_set.hpp>
#include <plumb/os/windows/winsock.hpp>

#include <array>
#include <cstring>

namespace plumb::inline v0_1::os {

// On POSIX a restarted listener may take the port over from connections in TIME_WAIT; on Windows it would steal it.
inline constexpr bool listeners_reuse_address = false;

// Windows has no packet sockets: no family has the number -1.
[[nodiscard]] constexpr int number_of(family family) noexcept {
    constexpr int numbers[] = {AF_INET, AF_INET6, AF_UNIX, -1};
    return numbers[static_cast<unsigned char>(family)];
}

[[nodiscard]] constexpr int number_of(socket_type type) noexcept {
    constexpr int numbers[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
    return numbers[static_cast<unsigned char>(type)];
}

struct native_sockets {
    // Calls: WSASocket, ioctlsocket; for datagrams WSAIoctl.
    [[nodiscard]] static answer<handle> open(int family, int type, int number) noexcept {
        auto made = open_socket(verb::open, family, type, number);
        if (made && type == SOCK_DGRAM) report_unreachable(*made, false);
        return made;
    }

    // Windows has no socketpair: a connection over the loopback stands for it, and a stranger who was faster is shut out.
    // Errors: operation_not_supported for what is no stream.
    // Calls: WSASocket, bind, listen, connect, accept, getsockname, closesocket.
    [[nodiscard]] static answer<std::array<handle, 2>> pair(int, int type, int) noexcept {
        if (type != SOCK_STREAM) return failure(verb::pair, std::errc::operation_not_supported);
        auto listener = open_socket(verb::pair, AF_INET, SOCK_STREAM, IPPROTO_TCP);
        if (!listener) return failure(listener.error());
        auto client = open_socket(verb::pair, AF_INET, SOCK_STREAM, IPPROTO_TCP);
        auto server = client ? connect_over_loopback(*listener, *client) : client;
        close(*listener);
        if (server) return std::array{*client, *server};
        if (client) close(*client);
        return failure(server.error().during(verb::pair));
    }

    // Calls: WSADuplicateSocket, WSASocket.
    [[nodiscard]] static answer<handle> duplicate(handle socket) noexcept {
        WSAPROTOCOL_INFOW shared;
        if (::WSADuplicateSocketW(socket, ::GetCurrentProcessId(), &shared) != 0)
            return failure(socket_error(verb::duplicate, socket));
        return open_socket(verb::duplicate, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &shared);
    }

    // Calls: getsockopt(SO_PROTOCOL_INFO, SO_ACCEPTCONN).
    [[nodiscard]] static answer<description> describe(handle socket) noexcept {
        WSAPROTOCOL_INFOW about{};
        BOOL listens = FALSE;
        if (!read_option(socket, SO_PROTOCOL_INFOW, about) || !read_option(socket, SO_ACCEPTCONN, listens))
            return failure(socket_error(verb::get, socket));
        return description{about.iAddressFamily, about.iSocketType, about.iProtocol, listens != FALSE};
    }

    // Makes a socket that was made elsewhere as ours are: non-blocking.
    // Calls: ioctlsocket.
    [[nodiscard]] static result<void> take_over(handle socket) noexcept {
        if (set_blocking(socket, false)) return {};
        return failure(socket_error(verb::adopt, socket));
    }

    // Calls: closesocket; for one that is to linger three times, with ioctlsocket.
    static void close(handle socket) noexcept { close_socket(socket); }

    // The port is ours alone, as it is on POSIX by itself, unless SO_REUSEADDR was set before.
    // Calls: setsockopt(SO_EXCLUSIVEADDRUSE), bind.
    template <class Address>
    [[nodiscard]] static result<void> bind(handle socket, const Address& to) noexcept {
        const BOOL alone = TRUE;
        ::setsockopt(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&alone), sizeof alone);
        return done_or_error(verb::bind, socket, ::bind(socket, generic(to), to.size()));
    }

    [[nodiscard]] static result<void> listen(handle socket, int backlog) noexcept {
        return done_or_error(verb::listen, socket, ::listen(socket, backlog));
    }

    // Calls: connect; to wait select and getsockopt; for datagrams WSAIoctl.
    template <class Address>
    [[nodiscard]] static result<void> connect(handle socket, const Address& to, waiting waits) noexcept {
        if (int type = 0; read_option(socket, SO_TYPE, type) && type == SOCK_DGRAM) report_unreachable(socket, true);
        if (::connect(socket, generic(to), to.size()) == 0) return {};
        if (::GetLastError() != WSAEWOULDBLOCK) return failure(socket_error(verb::connect, socket));
        if (waits == waiting::no) return failure(windows_error(verb::connect, WSAEINPROGRESS));
        if (auto done = await(verb::connect, socket, interest::writable); !done) return done;
        return take_error(socket);
    }

    [[nodiscard]] static result<void> take_error(handle socket) noexcept {
        int cause = 0;
        if (!read_option(socket, SO_ERROR, cause)) return failure(socket_error(verb::connect, socket));
        if (cause != 0) return failure(windows_error(verb::connect, static_cast<unsigned long>(cause)));
        return {};
    }

    // Nothing promises that an accepted socket is as little inherited as its listener, and there is no flag to ask for it: a
    // program that another thread starts at that very moment, and that inherits every handle, could get this one.
    // Calls: accept, SetHandleInformation, ioctlsocket.
    template <class Address>
    [[nodiscard]] static answer<handle> accept(handle socket, waiting waits, Address* remote) noexcept {
        auto made = insist(verb::accept, socket, interest::readable, waits, [&] {
            if (remote) remote->resize(sizeof(typename Address::storage));
            return handle_or_error(socket, ::accept(socket, remote ? generic(*remote) : nullptr,
                                                    remote ? remote->size_pointer() : nullptr));
        });
        return made ? own(*made) : made;
    }

    [[nodiscard]] static result<std::size_t> send(handle socket, bytes from, waiting waits) noexcept {
        return insist(verb::send, socket, interest::writable, waits, [&] {
            return count_or_error(verb::send, socket, ::send(socket, chars(from), clamped(from), 0));
        });
    }

    [[nodiscard]] static result<std::size_t> send(handle socket, slice<const bytes> from, waiting waits) noexcept {
        buffer_list list(from);
        return send_list(socket, nullptr, 0, list, waits);
    }

    // After shutdown(read) Windows gives an error where POSIX gives the end.
    [[nodiscard]] static result<std::size_t> receive(handle socket, mutable_bytes into, waiting waits) noexcept {
        return insist(verb::receive, socket, interest::readable, waits, [&]() -> result<std::size_t> {
            auto count = ::recv(socket, chars(into), clamped(into), 0);
            if (count < 0 && ::GetLastError() == WSAESHUTDOWN) return 0;
            return count_or_error(verb::receive, socket, count);
        });
    }

    [[nodiscard]] static result<std::size_t> receive(handle socket, slice<const mutable_bytes> into,
                                                     waiting waits) noexcept {
        buffer_list list(into);
        return insist(verb::receive, socket, interest::readable, waits, [&]() -> result<std::size_t> {
            DWORD count = 0, flags = 0;
            if (::WSARecv(socket, list.data(), list.size(), &count, &flags, nullptr, nullptr) == 0) return count;
            if (::GetLastError() == WSAESHUTDOWN) return 0;
            return failure(socket_error(verb::receive, socket));
        });
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(handle socket, const Address* to, bytes from, waiting waits) noexcept {
        return send_to(socket, to, slice<const bytes>(&from, 1), waits);
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(handle socket, const Address* to, slice<const bytes> from,
                                                     waiting waits) noexcept {
        buffer_list list(from);
        if (!holds_all(list, from)) return failure(verb::send, std::errc::message_size);
        return send_list(socket, to ? generic(*to) : nullptr, to ? to->size() : 0, list, waits);
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(handle socket, Address* remote, mutable_bytes into,
                                                          waiting waits) noexcept {
        return receive_from(socket, remote, slice<const mutable_bytes>(&into, 1), waits);
    }

    // A datagram that was cut is an error here, and its size lost: one more than there was room for.
    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(handle socket, Address* remote,
                                                          slice<const mutable_bytes> into, waiting waits) noexcept {
        buffer_list list(into);
        if (!holds_all(list, into)) return failure(verb::receive, std::errc::message_size);
        return insist(verb::receive, socket, interest::readable, waits, [&]() -> result<std::size_t> {
            DWORD count = 0, flags = 0;
            if (remote) remote->resize(sizeof(typename Address::storage));
            if (::WSARecvFrom(socket, list.data(), list.size(), &count, &flags, remote ? generic(*remote) : nullptr,
                              remote ? remote->size_pointer() : nullptr, nullptr, nullptr) == 0) return count;
            if (::GetLastError() == WSAEMSGSIZE) return list.bytes() + 1;
            return failure(datagram_error(verb::receive, socket));
        });
    }

    // Calls: shutdown, which wakes nobody by itself, and CancelIoEx.
    [[nodiscard]] static result<void> shutdown(handle socket, direction half) noexcept {
        constexpr int halves[] = {SD_RECEIVE, SD_SEND, SD_BOTH};
        auto outcome = done_or_error(verb::shutdown, socket, ::shutdown(socket, halves[static_cast<unsigned char>(half)]));
        ::CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
        return outcome;
    }

    // A socket that was never bound has its family's empty address, as on POSIX.
    template <class Address>
    [[nodiscard]] static answer<Address> local(handle socket) noexcept {
        Address native;
        if (::getsockname(socket, generic(native), native.size_pointer()) == 0) return native;
        if (::GetLastError() != WSAEINVAL) return failure(socket_error(verb::local_endpoint, socket));
        auto about = describe(socket);
        if (!about) return failure(about.error().during(verb::local_endpoint));
        std::memset(native.data(), 0, sizeof(typename Address::storage));
        generic(native)->sa_family = static_cast<ADDRESS_FAMILY>(about->family);
        native.resize(about->family == AF_INET    ? sizeof(sockaddr_in)
                      : about->family == AF_INET6 ? sizeof(sockaddr_in6)
                                                  : sizeof(ADDRESS_FAMILY));
        return native;
    }

    template <class Address>
    [[nodiscard]] static answer<Address> remote(handle socket) noexcept {
        Address native;
        if (::getpeername(socket, generic(native), native.size_pointer()) != 0)
            return failure(socket_error(verb::peer_endpoint, socket));
        return native;
    }

    [[nodiscard]] static result<std::size_t> get_option(handle socket, int level, int name, mutable_bytes into) noexcept {
        auto size = clamped(into);
        if (::getsockopt(socket, level, name, chars(into), &size) != 0) return failure(socket_error(verb::get, socket));
        return static_cast<std::size_t>(size);
    }

    [[nodiscard]] static result<void> set_option(handle socket, int level, int name, bytes value) noexcept {
        return done_or_error(verb::set, socket, ::setsockopt(socket, level, name, chars(value), clamped(value)));
    }

    // select, because WSAPoll did not report failed connects before Windows 10 2004; those are in the third set.
    // Calls: select.
    [[nodiscard]] static result<std::size_t> wait(slice<watch> watches, instant until, waker* sleeper) noexcept {
        if (watches.size() >= select_set::most) return failure(verb::wait, std::errc::invalid_argument);
        if (watches.empty() && !sleeper) return native_clock::sleep_until(until), 0;    // select takes no empty sets
        select_set readable, writable, failed;
        for (auto& one : watches) {
            if (one.target == none) return failure(verb::wait, std::errc::bad_file_descriptor);
            (one.awaited == interest::readable ? readable : writable).add(one.target);
            if (one.awaited == interest::writable) failed.add(one.target);
        }
        if (sleeper) {
            auto event = sleeper->open();
            if (!event) return failure(event.error());
            readable.add(*event);
        }
        auto left = to_timeval(until);
        if (::select(0, readable.native(), writable.native(), failed.native(), until == (instant::max)() ? nullptr : &left) < 0)
            return failure(wait_error(watches));
        std::size_t ready = 0;
        for (auto& one : watches) {
            one.ready = one.awaited == interest::readable ? readable.contains(one.target)
                                                          : writable.contains(one.target) || failed.contains(one.target);
            ready += one.ready;
        }
        return ready;
    }

private:
    // Tries a call, and where it would have to wait and may, waits and tries again.
    template <class Call>
    [[nodiscard]] static auto insist(verb operation, handle socket, interest awaited, waiting waits, Call call) noexcept -> decltype(call()) {
        for (;;) {
            auto outcome = call();
            if (outcome || waits == waiting::no || outcome.error().cause() != WSAEWOULDBLOCK) return outcome;
            if (auto turn = await(operation, socket, awaited); !turn) return failure(turn.error());
        }
    }

    [[nodiscard]] static result<void> await(verb operation, handle socket, interest awaited) noexcept {
        for (;;) {
            watch one{socket, awaited};
            auto ready = wait({&one, 1}, (instant::max)(), nullptr);
            if (!ready) return failure(ready.error().during(operation));
            if (*ready > 0) return {};
        }
    }

    [[nodiscard]] static result<std::size_t> send_list(handle socket, const sockaddr* to, int size, buffer_list& list, waiting waits) noexcept {
        return insist(verb::send, socket, interest::writable, waits, [&]() -> result<std::size_t> {
            DWORD count = 0;
            if (::WSASendTo(socket, list.data(), list.size(), &count, 0, to, size, nullptr, nullptr) == 0) return count;
            return failure(datagram_error(verb::send, socket));
        });
    }

    // The other end of a connection of ours to a listener that nobody else was told of.
    [[nodiscard]] static answer<handle> connect_over_loopback(handle listener, handle client) noexcept {
        auto meeting = bind_to_loopback(verb::pair, listener);
        auto own = bind_to_loopback(verb::pair, client);
        if (!meeting || !own) return failure(meeting ? own.error() : meeting.error());
        if (::listen(listener, 8) != 0) return failure(last_error(verb::pair));
        if (::connect(client, reinterpret_cast<const sockaddr*>(&*meeting), sizeof *meeting) != 0) {
            if (::GetLastError() != WSAEWOULDBLOCK) return failure(last_error(verb::pair));
            if (auto done = await(verb::pair, client, interest::writable); !done) return failure(done.error());
            if (auto done = take_error(client); !done) return failure(done.error());
        }
        for (;;) {
            sockaddr_in peer{};
            auto made = insist(verb::accept, listener, interest::readable, waiting::yes, [&] {
                int size = sizeof peer;
                return handle_or_error(listener, ::accept(listener, reinterpret_cast<sockaddr*>(&peer), &size));
            });
            if (!made) return made;
            if (peer.sin_port == own->sin_port && peer.sin_addr.s_addr == own->sin_addr.s_addr) return finish_pair(client, *made);
            close(*made);
        }
    }

    // Makes both ends of a pair as sockets of ours are, and as quick as a local connection.
    [[nodiscard]] static answer<handle> finish_pair(handle client, handle server) noexcept {
        const BOOL at_once = TRUE;
        for (auto end : {client, server})
            ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&at_once), sizeof at_once);
        return own(server);
    }

    // Makes an accepted socket as those are that we open.
    [[nodiscard]] static answer<handle> own(handle accepted) noexcept {
        ::SetHandleInformation(reinterpret_cast<HANDLE>(accepted), HANDLE_FLAG_INHERIT, 0);
        if (set_blocking(accepted, false)) return accepted;
        auto cause = last_error(verb::accept);
        close(accepted);
        return failure(cause);
    }

    // Whether a message that came back as undeliverable makes the next call fail: wanted where there is one peer, but not
    // on a socket that talks to many.
    static void report_unreachable(handle socket, bool wanted) noexcept {
        constexpr DWORD udp_netreset = _WSAIOW(IOC_VENDOR, 15);    // SIO_UDP_NETRESET, which not every header has
        BOOL value = wanted;
        DWORD written;
        ::WSAIoctl(socket, SIO_UDP_CONNRESET, &value, sizeof value, nullptr, 0, &written, nullptr, nullptr);
        ::WSAIoctl(socket, udp_netreset, &value, sizeof value, nullptr, 0, &written, nullptr, nullptr);
    }

    template <class Value>
    static bool read_option(handle socket, int name, Value& value) noexcept {
        int size = sizeof value;
        return ::getsockopt(socket, SOL_SOCKET, name, reinterpret_cast<char*>(&value), &size) == 0;
    }

    [[nodiscard]] static result<void> done_or_error(verb operation, handle socket, int returned) noexcept {
        if (returned != 0) return failure(socket_error(operation, socket));
        return {};
    }

    [[nodiscard]] static result<std::size_t> count_or_error(verb operation, handle socket, int returned) noexcept {
        if (returned < 0) [[unlikely]] return failure(socket_error(operation, socket));
        return static_cast<std::size_t>(returned);
    }

    // A peer that reset before it was accepted is called reset here, and aborted on POSIX.
    [[nodiscard]] static answer<handle> handle_or_error(handle listener, SOCKET made) noexcept {
        if (made != INVALID_SOCKET) return made;
        if (::GetLastError() == WSAECONNRESET) return failure(windows_error(verb::accept, WSAECONNABORTED));
        return failure(socket_error(verb::accept, listener));
    }

    // Where nobody listens for datagrams: reset here, refused on POSIX.
    static error datagram_error(verb operation, handle socket) noexcept {
        int type = 0;
        auto cause = socket_error(operation, socket);
        if (cause.cause() != WSAECONNRESET || !read_option(socket, SO_TYPE, type) || type == SOCK_STREAM) return cause;
        return windows_error(operation, WSAECONNREFUSED);
    }

    // select fails as a whole, whichever of its sockets was none.
    static error wait_error(slice<const watch> watches) noexcept {
        auto cause = ::GetLastError();
        for (auto& one : watches) {
            int type;
            if (!read_option(one.target, SO_TYPE, type)) return socket_error(verb::wait, one.target);
        }
        return windows_error(verb::wait, cause == ERROR_OPERATION_ABORTED ? WSAEINTR : cause);
    }

    static timeval to_timeval(instant until) noexcept {
        using namespace std::chrono;
        auto left = ceil<microseconds>(until - detail::least(until, native_clock::now()));
        left = detail::least(left, hours(24));    // a wait may end early
        return {static_cast<long>(left / seconds(1)), static_cast<long>((left % seconds(1)).count())};
    }

    template <class Buffer>
    static bool holds_all(const buffer_list& list, slice<const Buffer> buffers) noexcept {
        return buffers.empty() || (list.size() == buffers.size() && buffers.back().size() <= buffer_list::most_bytes);
    }

    static const char* chars(bytes from) noexcept { return reinterpret_cast<const char*>(from.data()); }
    static char* chars(mutable_bytes into) noexcept { return reinterpret_cast<char*>(into.data()); }
    static int clamped(auto buffer) noexcept { return static_cast<int>(detail::least(buffer.size(), buffer_list::most_bytes)); }

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
