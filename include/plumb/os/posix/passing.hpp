// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/passing.hpp>
#include <plumb/os/posix/buffer_list.hpp>
#include <plumb/os/posix/failure.hpp>

#include <cstring>
#include <sys/socket.h>

namespace plumb::inline v0_1::os {

// SCM_RIGHTS: unix(7), "Ancillary messages".
class native_passing {
public:
    // Calls: sendmsg(MSG_NOSIGNAL).
    [[nodiscard]] static result<std::size_t> send_descriptors(handle socket, bytes from, std::span<const borrowed_handle> passed,
                                                              waiting waits) noexcept {
        static_assert(sizeof(borrowed_handle) == sizeof(handle));
        if (passed.size() > most) return failure(verb::send, std::errc::invalid_argument);
        letter message(const_cast<std::byte*>(from.data()), from.size(), passed.empty() ? 0 : CMSG_LEN(passed.size_bytes()));
        if (auto first = CMSG_FIRSTHDR(&message.head)) {
            *first = {CMSG_LEN(passed.size_bytes()), SOL_SOCKET, SCM_RIGHTS};
            std::memcpy(CMSG_DATA(first), passed.data(), passed.size_bytes());
        }
        return count_or_error(verb::send, ::sendmsg(socket, &message.head, MSG_NOSIGNAL | flag(waits)));
    }

    // Calls: recvmsg(MSG_CMSG_CLOEXEC | MSG_TRUNC).
    [[nodiscard]] static result<std::size_t> receive_descriptors(handle socket, mutable_bytes into, std::span<descriptor> room,
                                                                 waiting waits) noexcept {
        letter message(into.data(), into.size(), beside + CMSG_SPACE(detail::least(room.size(), most) * sizeof(handle)));
        auto size = ::recvmsg(socket, &message.head, MSG_CMSG_CLOEXEC | MSG_TRUNC | flag(waits));
        if (size < 0) return failure(last_error(verb::receive));
        auto count = unpack(message.head, room);
        auto is_cut = count > room.size() || (message.head.msg_flags & MSG_CTRUNC) != 0;
        for (auto place = is_cut ? 0 : count; place < room.size(); ++place) room[place].close();
        if (is_cut) return failure(verb::receive, condition::truncated);
        return static_cast<std::size_t>(size);
    }

    // Receives bytes alone, as a plain call does: without what came with them, and tells whether that was what it stopped behind.
    // Calls: recvmsg.
    [[nodiscard]] static result<std::size_t> receive_alone(handle socket, mutable_bytes into, waiting waits, bool& stopped) noexcept {
        iovec whole{into.data(), into.size()};
        return receive_alone(socket, &whole, 1, waits, stopped);
    }
    [[nodiscard]] static result<std::size_t> receive_alone(handle socket, slice<const mutable_bytes> into, waiting waits, bool& stopped) noexcept {
        buffer_list list(into);
        return receive_alone(socket, list.data(), list.size(), waits, stopped);
    }

private:
    static constexpr std::size_t most = 253;        // SCM_MAX_FD
    static constexpr std::size_t beside = 512;      // for what options have come along: credentials, a label, a time
    static constexpr int process_descriptor = 4;    // SCM_PIDFD, Linux 6.5

    // A message, and room for what comes with its bytes.
    struct letter {
        letter(std::byte* data, std::size_t size, std::size_t control_size) noexcept : whole{data, size} {
            head.msg_iov = &whole;
            head.msg_iovlen = 1;
            head.msg_control = control;
            head.msg_controllen = control_size;
        }
        letter(const letter&) = delete;    // it points into itself

        msghdr head{};
        iovec whole;
        alignas(cmsghdr) std::byte control[beside + CMSG_SPACE(most * sizeof(handle))];
    };

    [[nodiscard]] static result<std::size_t> receive_alone(handle socket, iovec* into, std::size_t count, waiting waits, bool& stopped) noexcept {
        msghdr message{};
        message.msg_iov = into;
        message.msg_iovlen = count;
        auto size = ::recvmsg(socket, &message, flag(waits));
        stopped = (message.msg_flags & MSG_CTRUNC) != 0;
        return count_or_error(verb::receive, size);
    }

    // Gives each descriptor that came an owner: in the room, or one that closes it at once. Says how many were passed.
    [[nodiscard]] static std::size_t unpack(msghdr& message, std::span<descriptor> room) noexcept {
        std::size_t count = 0;
        for (auto part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
            if (part->cmsg_level != SOL_SOCKET || (part->cmsg_type != SCM_RIGHTS && part->cmsg_type != process_descriptor)) continue;
            auto data = CMSG_DATA(part);
            for (auto left = (part->cmsg_len - CMSG_LEN(0)) / sizeof(handle); left > 0; --left, data += sizeof(handle)) {
                detail::fresh came;
                std::memcpy(&came.handle, data, sizeof came.handle);
                descriptor owned(came);
                if (part->cmsg_type != SCM_RIGHTS) continue;
                if (count < room.size()) room[count] = std::move(owned);
                ++count;
            }
        }
        return count;
    }

    static constexpr int flag(waiting waits) noexcept { return waits == waiting::no ? MSG_DONTWAIT : 0; }
};

}  // namespace plumb::os
