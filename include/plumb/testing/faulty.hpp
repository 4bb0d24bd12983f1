// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/socket/protocol.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

// A kernel that misbehaves on a schedule, under unchanged code: faulty<tcp> is TCP whose calls are cut short, interrupted, or
// fail as a fault_plan says. For tests; opt-in, plumb.hpp does not include it.

namespace plumb::inline v0_1 {

// The calls that can be made to go wrong.
enum class faulty_call : std::uint8_t {
    connect, accept, send, receive, send_to, receive_from, send_descriptors, receive_descriptors, transfer, wait,
};

// One kind of misfortune: what happens, to which call, and to which of them. It hits the first such call of the plan, unless
// on() or every() says otherwise: fault::shortened(faulty_call::receive, 1).every(1) moves bytes one at a time.
class fault {
public:
    // The call is not made and fails for this cause, such as std::errc::interrupted. A false "not ready" is
    // std::errc::resource_unavailable_try_again. One that hits every call lets no operation through but by its deadline.
    [[nodiscard]] static constexpr fault failed(faulty_call call, std::errc cause) noexcept { return {call, effect::fail, cause, 0}; }
    // The call moves no more than so many bytes, and one at least. Of the transfers of streams only: a message is not cut, but one with descriptors.
    [[nodiscard]] static constexpr fault shortened(faulty_call call, std::size_t most) noexcept {
        return {call, effect::shorten, {}, detail::greatest(most, 1)};
    }
    // A wait says at once that everything is ready, whatever is the case.
    [[nodiscard]] static constexpr fault spurious() noexcept { return {faulty_call::wait, effect::pretend, {}, 0}; }

    // Hits the k-th call of its kind, counted from 1 since the plan began.
    [[nodiscard]] constexpr fault on(std::uint64_t k) const noexcept { return at(k, 0); }
    // Hits every n-th call of its kind: those numbered n, 2n, 3n …
    [[nodiscard]] constexpr fault every(std::uint64_t n) const noexcept { return at(n, n); }

    [[nodiscard]] constexpr faulty_call call() const noexcept { return call_; }
    // Whether it hits the call of that number.
    [[nodiscard]] constexpr bool hits(std::uint64_t number) const noexcept {
        return step_ == 0 ? number == first_ : number % step_ == 0;
    }
    [[nodiscard]] constexpr bool is_failure() const noexcept { return effect_ == effect::fail; }
    [[nodiscard]] constexpr bool is_spurious() const noexcept { return effect_ == effect::pretend; }
    [[nodiscard]] constexpr std::errc cause() const noexcept { return cause_; }
    [[nodiscard]] constexpr std::size_t most() const noexcept { return most_; }

private:
    enum class effect : std::uint8_t { fail, shorten, pretend };
    constexpr fault(faulty_call call, effect what, std::errc cause, std::size_t most) noexcept
        : call_(call), effect_(what), cause_(cause), most_(most) {}
    [[nodiscard]] constexpr fault at(std::uint64_t first, std::uint64_t step) const noexcept {
        auto moved = *this;
        moved.first_ = first;
        moved.step_ = step;
        return moved;
    }

    faulty_call call_;
    effect effect_;
    std::errc cause_;
    std::size_t most_;
    std::uint64_t first_ = 1, step_ = 0;
};

// The faults that the calls of every faulty<P> in this thread meet while the plan lives. A later plan hides an earlier one
// until it goes. Of several faults that would hit one call, the first in the plan does.
// Threads: it belongs to the thread that made it; other threads see the plain system, so that the peer in a test is not hit too.
class fault_plan {
public:
    fault_plan(std::initializer_list<fault> faults) : faults_(faults), before_(current_) { current_ = this; }
    fault_plan(const fault_plan&) = delete;    // it is known by its place
    ~fault_plan() { current_ = before_; }

    // How many calls of that kind were made under the plan, those that went wrong included.
    [[nodiscard]] std::uint64_t calls(faulty_call kind) const noexcept { return calls_[static_cast<std::uint8_t>(kind)]; }
    // How many calls were hit by a fault.
    [[nodiscard]] std::uint64_t hits() const noexcept { return hits_; }

    // The fault that the next call of that kind meets in this thread; nullptr for none. For systems of your own.
    [[nodiscard]] static const fault* next(faulty_call kind) noexcept {
        if (!current_) return nullptr;
        auto number = ++current_->calls_[static_cast<std::uint8_t>(kind)];
        for (auto& one : current_->faults_) {
            if (one.call() != kind || !one.hits(number)) continue;
            ++current_->hits_;
            return &one;
        }
        return nullptr;
    }

private:
    static inline constinit thread_local fault_plan* current_ = nullptr;

    std::vector<fault> faults_;
    fault_plan* before_;
    std::array<std::uint64_t, 10> calls_{};
    std::uint64_t hits_ = 0;
};

namespace detail {

// The first bytes of several buffers, at most so many: what a shortened call is given.
template <class Buffer>
class shortened_list {
public:
    shortened_list(os::slice<const Buffer> whole, std::size_t most) {
        for (auto& buffer : whole) {
            if (most == 0) break;
            auto size = least(buffer.size(), most);
            if (size > 0) list_.push_back(Buffer(buffer.first(size)));
            most -= size;
        }
    }
    [[nodiscard]] os::slice<const Buffer> view() const noexcept { return list_; }

private:
    std::vector<Buffer> list_;
};

}  // namespace detail

// A system whose transfers, connects, accepts and waits meet the fault_plan of the calling thread.
template <class System>
struct faulty_system : System {
    template <class Address>
    [[nodiscard]] static result<void> connect(os::handle socket, const Address& to, os::waiting waits) {
        if (auto hit = fault_plan::next(faulty_call::connect); hit && hit->is_failure()) return failure(verb::connect, hit->cause());
        return System::connect(socket, to, waits);
    }
    template <class Address>
    [[nodiscard]] static auto accept(os::handle socket, os::waiting waits, Address* remote) -> decltype(System::accept(socket, waits, remote)) {
        if (auto hit = fault_plan::next(faulty_call::accept); hit && hit->is_failure()) return failure(verb::accept, hit->cause());
        return System::accept(socket, waits, remote);
    }

    [[nodiscard]] static result<std::size_t> send(os::handle socket, bytes from, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::send);
        if (hit && hit->is_failure()) return failure(verb::send, hit->cause());
        return System::send(socket, hit ? bytes(from.first(detail::least(from.size(), hit->most()))) : from, waits);
    }
    [[nodiscard]] static result<std::size_t> send(os::handle socket, os::slice<const bytes> from, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::send);
        if (!hit) return System::send(socket, from, waits);
        if (hit->is_failure()) return failure(verb::send, hit->cause());
        return System::send(socket, detail::shortened_list(from, hit->most()).view(), waits);
    }

    [[nodiscard]] static result<std::size_t> receive(os::handle socket, mutable_bytes into, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::receive);
        if (hit && hit->is_failure()) return failure(verb::receive, hit->cause());
        return System::receive(socket, hit ? mutable_bytes(into.first(detail::least(into.size(), hit->most()))) : into, waits);
    }
    [[nodiscard]] static result<std::size_t> receive(os::handle socket, os::slice<const mutable_bytes> into, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::receive);
        if (!hit) return System::receive(socket, into, waits);
        if (hit->is_failure()) return failure(verb::receive, hit->cause());
        return System::receive(socket, detail::shortened_list(into, hit->most()).view(), waits);
    }

    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(os::handle socket, const Address* to, auto from, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::send_to);
        if (hit && hit->is_failure()) return failure(verb::send, hit->cause());
        return System::send_to(socket, to, from, waits);
    }
    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(os::handle socket, Address* remote, auto into, os::waiting waits) {
        auto hit = fault_plan::next(faulty_call::receive_from);
        if (hit && hit->is_failure()) return failure(verb::receive, hit->cause());
        return System::receive_from(socket, remote, into, waits);
    }

    [[nodiscard]] static result<std::size_t> send_descriptors(os::handle socket, bytes from, std::span<const borrowed_handle> passed,
                                                              os::waiting waits)
        requires os::passing_system<System>
    {
        auto hit = fault_plan::next(faulty_call::send_descriptors);
        if (hit && hit->is_failure()) return failure(verb::send, hit->cause());
        return System::send_descriptors(socket, hit ? bytes(from.first(detail::least(from.size(), hit->most()))) : from, passed, waits);
    }
    [[nodiscard]] static result<std::size_t> receive_descriptors(os::handle socket, mutable_bytes into, std::span<descriptor> room,
                                                                 os::waiting waits)
        requires os::passing_system<System>
    {
        auto hit = fault_plan::next(faulty_call::receive_descriptors);
        if (hit && hit->is_failure()) return failure(verb::receive, hit->cause());
        return System::receive_descriptors(socket, hit ? mutable_bytes(into.first(detail::least(into.size(), hit->most()))) : into, room, waits);
    }

    template <os::handle_kind From, os::handle_kind To>
    [[nodiscard]] static result<std::size_t> transfer(os::handle from, os::handle to, std::size_t most, os::waiting waits)
        requires requires { System::template transfer<From, To>(from, to, most, waits); }
    {
        auto hit = fault_plan::next(faulty_call::transfer);
        if (hit && hit->is_failure()) return failure(verb::copy, hit->cause());
        return System::template transfer<From, To>(from, to, hit ? detail::least(most, hit->most()) : most, waits);
    }

    [[nodiscard]] static result<std::size_t> wait(os::slice<os::watch> watches, instant until, os::waker* sleeper) {
        auto hit = fault_plan::next(faulty_call::wait);
        if (hit && hit->is_failure()) return failure(verb::wait, hit->cause());
        if (!hit || !hit->is_spurious() || watches.empty()) return System::wait(watches, until, sleeper);    // a mere sleep lasts
        for (auto& one : watches) one.ready = true;
        return watches.size();
    }
};

// A protocol on a kernel that misbehaves: faulty<tcp>::connect, faulty<udp>::bind, faulty<local::stream>::pair …
//     fault_plan plan{fault::shortened(faulty_call::receive, 1).every(1), fault::failed(faulty_call::send, std::errc::interrupted)};
//     auto [ours, theirs] = faulty<local::stream>::pair().value();
template <class P>
struct faulty : P::template on<faulty<P>, faulty_system<typename P::system>> {};

}  // namespace plumb
