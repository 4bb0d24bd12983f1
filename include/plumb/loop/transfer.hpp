// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/least.hpp>
#include <plumb/loop/awaitable.hpp>
#include <plumb/loop/braced.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/stream/stream.hpp>

#include <cstring>

// Operations that move the bytes of a stream.

namespace plumb::inline v0_1::detail {

// Copies as much as there is, or as there is room for.
inline std::size_t copy_part(bytes from, mutable_bytes into) noexcept {
    auto size = least(from.size(), into.size());
    if (size > 0) std::memcpy(into.data(), from.data(), size);
    return size;
}

// What is left to be moved of one buffer.
template <class Buffer>
class one_buffer {
public:
    explicit one_buffer(Buffer whole) noexcept : rest_(whole) {}
    [[nodiscard]] const Buffer& rest() const noexcept { return rest_; }
    [[nodiscard]] std::size_t size() const noexcept { return rest_.size(); }
    [[nodiscard]] static constexpr bool is_one_call() noexcept { return true; }    // no handle holds as much as one call moves
    std::size_t copy_from(bytes come) const noexcept
        requires std::same_as<Buffer, mutable_bytes>
    {
        return copy_part(come, rest_);
    }
    void advance(std::size_t moved) noexcept { rest_ = Buffer(rest_.subspan(moved)); }

private:
    Buffer rest_;
};

// What is left to be moved of several.
template <class Buffer>
class several_buffers : public rest_of_several<Buffer> {
public:
    using rest_of_several<Buffer>::rest_of_several;
    // Whether the next call is asked for all that is left: it is not after a cut inside of a buffer, nor of more than a list holds.
    [[nodiscard]] bool is_one_call() const noexcept { return this->moved_of_first_ == 0 && this->rest_.size() <= os::buffer_list::most; }
    std::size_t copy_from(bytes come) const noexcept
        requires std::same_as<Buffer, mutable_bytes>
    {
        std::size_t copied = 0, skipped = this->moved_of_first_;
        for (auto& buffer : this->rest_)
            copied += copy_part(bytes(come.subspan(copied)), mutable_bytes(buffer.subspan(std::exchange(skipped, 0))));
        return copied;
    }
};

// The same of several that were given in braces, and are kept here.
class several_in_braces : braced_bytes, public several_buffers<bytes> {
public:
    explicit several_in_braces(const braced_bytes& given) noexcept : braced_bytes(given), several_buffers(this->all()) {}
    several_in_braces(const several_in_braces&) = delete;    // it refers to itself
};

// Whether the system takes whole operations as well: the kernel does, one that stands above it is to be asked each time.
template <class System>
inline constexpr bool is_kernel = std::same_as<System, os::native>;

// How bytes are moved.
template <class System>
struct moving {
    // After a call that moved fewer bytes than it might have, the handle is drained, or full: to try again would be in vain.
    [[nodiscard]] static constexpr bool drains_by_short() noexcept { return is_kernel<System>; }
};

// How bytes are read, and how they are written.
template <class System>
struct reading : moving<System> {
    static constexpr auto operation = verb::read;
    static constexpr auto awaited = os::interest::readable;
    static constexpr auto asked = request::kind::receive;
    static constexpr auto asked_lent = request::kind::receive_lent;
    [[nodiscard]] static result<std::size_t> call(os::handle from, const auto& into) { return System::receive(from, into, os::waiting::no); }
};
template <class System>
struct writing : moving<System> {
    static constexpr auto operation = verb::write;
    static constexpr auto awaited = os::interest::writable;
    static constexpr auto asked = request::kind::send;
    [[nodiscard]] static result<std::size_t> call(os::handle to, const auto& from) { return System::send(to, from, os::waiting::no); }
};

// How bytes are read that others may have descriptors with: behind those the kernel stops, whatever follows.
template <class System>
struct reading_alone : reading<System> {
    static constexpr auto asked_lent = request::kind::receive_one_lent;
    [[nodiscard]] result<std::size_t> call(os::handle from, const auto& into) {
        if constexpr (is_kernel<System>) return System::receive_alone(from, into, os::waiting::no, stopped);
        else return reading<System>::call(from, into);
    }
    [[nodiscard]] bool drains_by_short() const noexcept { return !stopped && reading<System>::drains_by_short(); }

    bool stopped = false;
};

// Moves some bytes, or the whole of them.
template <class System, class Way, class Buffers, bool Whole, limit... Limits>
class transfer final : public awaitable<transfer<System, Way, Buffers, Whole, Limits...>, System, Limits...> {
    using base = awaitable<transfer, System, Limits...>;

public:
    transfer(registration& target, auto buffers, const Limits&... limits) : base(target, limits...), left_(buffers) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return Way::awaited; }

    // Most often the first call moves all there is to move, and nothing else is looked at.
    bool await_ready() {
        if (Whole && left_.size() == 0) return end(0);
        if (!this->prospects().is_good() || !this->target().loop->spend()) return done_ = 0, false;
        auto moved = call();
        if (moved && *moved == left_.size()) [[likely]] return end(*moved);
        done_ = 0;
        return take_all(moved);
    }

    bool attempt() noexcept override { return take_all(call()); }
    [[nodiscard]] request wanted() const noexcept override {
        if constexpr (is_kernel<System> && requires { left_.rest(); })
            return {Way::asked, const_cast<std::byte*>(left_.rest().data()), left_.size()};
        else if constexpr (is_kernel<System> && Way::asked == request::kind::receive) return {Way::asked, nullptr, left_.size()};
        else return {};
    }
    bool complete(result<std::size_t> moved, lent_part lent) noexcept override {
        if (wanted().what == request::kind::ready) return operation::complete(moved, lent);
        return take(moved);
    }
    std::size_t fill(bytes come) noexcept override {
        if constexpr (requires { left_.copy_from(come); }) return left_.copy_from(come);
        else return 0;
    }
    void give_up(error cause) noexcept override { fail(cause); }

    [[nodiscard]] auto outcome() const noexcept -> std::conditional_t<Whole, result<void>, result<std::size_t>> {
        if (this->has_failed_) [[unlikely]] return failure(cause_);
        if constexpr (Whole) return {};
        else return done_;
    }

private:
    static constexpr int most_rounds = 16;

    [[nodiscard]] inline result<std::size_t> call() {
        auto handle = this->target().handle;
        if constexpr (requires { left_.rest(); }) return way_.call(handle, left_.rest());
        else return left_.with_rest([this, handle](const auto& rest) { return way_.call(handle, rest); });
    }

    // Takes what a call gave, and calls again for as long as that makes sense: whether all is over.
    [[nodiscard, gnu::noinline]] bool take_all(result<std::size_t> moved) noexcept {
        for (int rounds = 1;; moved = call()) {
            if (!moved && moved.error() == std::errc::interrupted) continue;
            if (!moved && moved.error() == std::errc::resource_unavailable_try_again) return this->refused();
            if (moved && *moved < left_.size() && left_.is_one_call() && way_.drains_by_short()) this->prospects().exhaust();
            if (take(moved)) return true;
            if (++rounds > most_rounds || !this->prospects().is_good()) return false;
        }
    }

    // Takes what a call gave: whether that was the last one.
    [[nodiscard]] bool take(const result<std::size_t>& moved) noexcept {
        if (!moved) [[unlikely]] return fail(moved.error());
        if (Whole && *moved == 0) [[unlikely]] return fail(error(verb::none, condition::end_of_stream));
        done_ += *moved;
        if (!Whole || *moved == left_.size()) [[likely]] return this->has_failed_ = false, true;
        left_.advance(*moved);
        return false;
    }
    [[nodiscard]] bool end(std::size_t moved) noexcept {
        if (!Whole) done_ = moved;
        return this->has_failed_ = false, true;
    }
    [[gnu::cold, gnu::noinline]] bool fail(error cause) noexcept {
        cause_ = cause.during(Way::operation).with(as_detail(done_));
        return this->has_failed_ = true;
    }

    Buffers left_;
    [[no_unique_address]] Way way_;
    union {
        std::size_t done_;    // once it has begun
        error cause_;         // once it has failed
    };
};

// Reads some bytes into a buffer that is lent when there are some, and not before.
template <class System, class Way, limit... Limits>
class lent_read final : public awaitable<lent_read<System, Way, Limits...>, System, Limits...> {
    using base = awaitable<lent_read, System, Limits...>;

public:
    lent_read(registration& target, const Limits&... limits) : base(target, limits...) {}
    [[nodiscard]] static constexpr os::interest awaits() noexcept { return os::interest::readable; }
    ~lent_read() {
        if (this->is_suspended() && buffer_) [[unlikely]] buffer_pool::put_back(lent());    // it came, and nobody went on
    }

    // Most often nothing has come yet: so it is asked first whether there is anything to do but to wait.
    bool await_ready() noexcept {
        buffer_ = nullptr;
        return false;
    }
    template <class Promise>
    [[gnu::noinline]] bool begin(std::coroutine_handle<Promise> waiter) {
        return !base::await_ready() && this->begin_inline(waiter);
    }

    bool attempt() noexcept override { return receive<true>(); }
    void told_ready() override { receive<false>() ? this->resume() : this->told_in_vain(); }
    [[nodiscard]] request wanted() const noexcept override {
        return {is_kernel<System> ? Way::asked_lent : request::kind::ready, nullptr, most_lent};
    }
    bool complete(result<std::size_t> size, lent_part lent) noexcept override {
        if (!size) [[unlikely]] return give_up(size.error()), true;
        buffer_ = lent.data;
        where_ = {lent.size, lent.at};
        return true;
    }
    void give_up(error cause) noexcept override { cause_ = cause.during(verb::read).with(0); }

    [[nodiscard]] result<lent_bytes> outcome() noexcept {
        if (buffer_) [[likely]] return lent_bytes(lent());
        return failure(cause_);
    }

private:
    // `Noted` when its place knows that the handle is ready. Most often all that was there comes, and it need not know.
    template <bool Noted>
    bool receive() noexcept {
        buffer_ = this->target().loop->buffers.take();
        if (!buffer_) [[unlikely]] return refused<Noted>(error(verb::read, std::errc::not_enough_memory));
        auto size = way_.call(this->target().handle, mutable_bytes(buffer_, loop_state::lent_size));
        if (!size) [[unlikely]] return refused<Noted>(size.error());
        if (auto drained = *size < loop_state::lent_size && way_.drains_by_short(); Noted && drained) this->prospects().exhaust();
        else if (!Noted && !drained) [[unlikely]] this->prospects().tell();
        where_ = {static_cast<std::uint32_t>(*size), 0};
        return true;
    }
    template <bool Noted>
    [[gnu::cold, gnu::noinline]] bool refused(error cause) noexcept {
        if (buffer_) buffer_pool::put_back({std::exchange(buffer_, nullptr)});
        if (cause == std::errc::resource_unavailable_try_again) return base::refused();
        if (!Noted) this->prospects().tell();
        return cause == std::errc::interrupted ? attempt() : complete(failure(cause), {});
    }

    [[nodiscard]] lent_part lent() const noexcept { return {buffer_, where_.size, where_.at}; }

    std::byte* buffer_;    // counts from when it is awaited; none until something has come
    [[no_unique_address]] Way way_;
    struct extent {
        std::uint32_t size, at;
    };
    union {
        extent where_;    // of a part, which begins at buffer_
        error cause_;     // without one
    };
};

}  // namespace plumb::detail
