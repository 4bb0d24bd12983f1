// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_handle.hpp>
#include <plumb/loop/braced.hpp>
#include <plumb/loop/transfer.hpp>
#include <plumb/os/passing.hpp>
#include <plumb/socket/received.hpp>

// What local sockets can do in a loop beside all others: pass descriptors to the process at the other end.

namespace plumb::inline v0_1::detail {

// Sends all of the bytes, and the descriptors with the first of them.
template <class P, class Passed, limit... Limits>
class descriptor_sending final : public awaitable<descriptor_sending<P, Passed, Limits...>, typename P::system, Limits...> {
    using base = awaitable<descriptor_sending, typename P::system, Limits...>;

public:
    descriptor_sending(registration& target, bytes from, Passed passed, const Limits&... limits) : base(target, limits...), left_(from), passed_(passed) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return os::interest::writable; }

    bool await_ready() {
        if (connection_protocol<P> && left_.empty()) return give_up(error(verb::send, std::errc::invalid_argument)), true;
        return base::await_ready();
    }
    bool attempt() noexcept override {
        for (;;) {
            auto sent = P::system::send_descriptors(this->target().handle, left_, done_ == 0 ? all(passed_) : handles(), os::waiting::no);
            if (!sent && sent.error() == std::errc::interrupted) continue;
            if (!sent && sent.error() == std::errc::resource_unavailable_try_again) return this->refused();
            if (!sent) return give_up(sent.error()), true;
            done_ += *sent;
            left_ = bytes(left_.subspan(*sent));
            return !stream_protocol<P> || left_.empty();    // the rest in another turn
        }
    }
    void give_up(error cause) noexcept override { outcome_ = failure(cause.during(verb::send).with(as_detail(done_))); }
    [[nodiscard]] result<void> outcome() const noexcept { return outcome_; }

private:
    using handles = std::span<const borrowed_handle>;

    [[nodiscard]] static handles all(handles passed) noexcept { return passed; }
    [[nodiscard]] static handles all(const braced_handles& passed) noexcept { return passed.all(); }

    bytes left_;
    Passed passed_;
    std::size_t done_ = 0;
    result<void> outcome_;
};

// Receives some bytes, or a message, and the descriptors that came with them.
template <class P, limit... Limits>
class descriptor_receiving final : public awaitable<descriptor_receiving<P, Limits...>, typename P::system, Limits...> {
    using base = awaitable<descriptor_receiving, typename P::system, Limits...>;

public:
    descriptor_receiving(registration& target, mutable_bytes into, std::span<descriptor> room, const Limits&... limits)
        : base(target, limits...), into_(into), room_(room) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return os::interest::readable; }

    bool attempt() noexcept override {
        for (;;) {
            size_ = P::system::receive_descriptors(this->target().handle, into_, room_, os::waiting::no);
            if (!size_ && size_.error() == std::errc::resource_unavailable_try_again) return this->refused();
            if (size_ || size_.error() != std::errc::interrupted) return true;
        }
    }
    void give_up(error cause) noexcept override { size_ = failure(cause); }
    [[nodiscard]] result<received> outcome() const noexcept {
        if (!size_) return failure(size_.error().during(verb::receive));
        return arrival(size_, into_.size());
    }

    // Of a stream there may be bytes that a receive had been given when its coroutine went. They come first, and alone.
    [[nodiscard]] request wanted() const noexcept override {
        return stream_protocol<P> && is_kernel<typename P::system> ? request::kind::receive : request::kind::ready;
    }
    std::size_t fill(bytes come) noexcept override { return copy_part(come, into_); }
    bool complete(result<std::size_t> size, lent_part) noexcept override {
        size_ = size;
        for (auto& one : room_) one.close();
        return true;
    }

private:
    mutable_bytes into_;
    std::span<descriptor> room_;
    result<std::size_t> size_ = 0;
};

// What sockets have in a loop over which descriptors can be passed.
template <class P>
class async_passing_peer : public async_peer<P> {
public:
    using async_peer<P>::async_peer;

    // Sends all of the bytes, and with the first of them descriptors, as the blocking socket does: send_descriptors("next", {accepted}).
    // At most eight stand in braces, up to 253 in a span. What is given must live until the operation has ended.
    // Errors: as the blocking one; of a stream their detail is the count of bytes that were taken, also when it was cancelled: with
    // any byte went the descriptors. Calls: sendmsg(SCM_RIGHTS). Absent on Windows.
    template <limit... Limits>
    [[nodiscard]] auto send_descriptors(bytes from, std::span<const borrowed_handle> passed, const Limits&... limits) noexcept {
        return descriptor_sending<P, std::span<const borrowed_handle>, Limits...>(this->place(), from, passed, limits...);
    }
    template <limit... Limits>
    [[nodiscard]] auto send_descriptors(bytes from, braced_handles passed, const Limits&... limits) noexcept {
        return descriptor_sending<P, braced_handles, Limits...>(this->place(), from, passed, limits...);
    }

    // Receives some bytes, or one message, and the descriptors that came with them into the first places of the room, as the blocking
    // socket does: room[0].take<tcp::socket>(). Both must live until the operation has ended. On every driver what comes after the end
    // of one operation waits in the kernel for the next: no descriptor is lost to a receive that is over. Read by others they are
    // discarded, as by any read.
    // Errors: as the blocking one. Calls: recvmsg(MSG_CMSG_CLOEXEC). Absent on Windows.
    template <limit... Limits>
    [[nodiscard]] auto receive_descriptors(mutable_bytes into, std::span<descriptor> room, const Limits&... limits) noexcept {
        return descriptor_receiving<P, Limits...>(this->place(), into, room, limits...);
    }
};

// What the socket of a protocol stands on.
template <class P>
using async_peer_of = std::conditional_t<passing_protocol<P>, async_passing_peer<P>, async_peer<P>>;

}  // namespace plumb::detail
