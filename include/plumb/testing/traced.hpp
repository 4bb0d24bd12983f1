// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/socket/protocol.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

// A kernel that is watched: traced<tcp> is TCP whose calls a call_trace writes down. For tests that care how many calls
// their code makes. Opt-in: plumb.hpp does not include it.

namespace plumb::inline v0_1 {

// The calls that every traced<P> makes in this thread while the trace lives, one line each, without handles and addresses:
// "send 5 = 5", "accept = ok", "receive 4096 = Connection reset by peer".
// Threads: it belongs to the thread that made it.
class call_trace {
public:
    call_trace() noexcept : before_(current_) { current_ = this; }
    call_trace(const call_trace&) = delete;    // it is known by its place
    ~call_trace() { current_ = before_; }

    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    // How many calls of that name were made.
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept {
        std::size_t found = 0;
        for (auto& line : lines_) found += std::string_view(line).substr(0, line.find(' ')) == name;
        return found;
    }
    void clear() noexcept { lines_.clear(); }

    // Writes a call down, in the trace of this thread if there is one, and hands its outcome on. For systems of your own.
    template <class Outcome>
    [[nodiscard]] static Outcome note(std::string line, Outcome outcome) {
        if (!current_) return outcome;
        line += " = ";
        if (!outcome) line += outcome.error().reason();
        else if constexpr (std::same_as<Outcome, result<std::size_t>>) line += std::to_string(*outcome);
        else line += "ok";
        current_->lines_.push_back(std::move(line));
        return outcome;
    }

private:
    static inline constinit thread_local call_trace* current_ = nullptr;

    call_trace* before_;
    std::vector<std::string> lines_;
};

namespace detail {

[[nodiscard]] inline std::string told(std::string_view call, const auto& buffer) {
    std::size_t size = 0;
    if constexpr (requires { buffer.front().data(); })
        for (auto& part : buffer) size += part.size();
    else size = buffer.size();
    return std::string(call) + ' ' + std::to_string(size);
}

}  // namespace detail

// A system that writes down the calls of sockets.
template <class System>
struct traced_system : System {
    [[nodiscard]] static auto open(int family, int type, int number) {
        return call_trace::note("open", System::open(family, type, number));
    }
    template <class Address>
    [[nodiscard]] static result<void> bind(os::handle socket, const Address& to) {
        return call_trace::note("bind", System::bind(socket, to));
    }
    [[nodiscard]] static result<void> listen(os::handle socket, int backlog) {
        return call_trace::note("listen", System::listen(socket, backlog));
    }
    template <class Address>
    [[nodiscard]] static result<void> connect(os::handle socket, const Address& to, os::waiting waits) {
        return call_trace::note("connect", System::connect(socket, to, waits));
    }
    template <class Address>
    [[nodiscard]] static auto accept(os::handle socket, os::waiting waits, Address* remote) {
        return call_trace::note("accept", System::accept(socket, waits, remote));
    }
    [[nodiscard]] static result<std::size_t> send(os::handle socket, auto from, os::waiting waits) {
        return call_trace::note(detail::told("send", from), System::send(socket, from, waits));
    }
    [[nodiscard]] static result<std::size_t> receive(os::handle socket, auto into, os::waiting waits) {
        return call_trace::note(detail::told("receive", into), System::receive(socket, into, waits));
    }
    template <class Address>
    [[nodiscard]] static result<std::size_t> send_to(os::handle socket, const Address* to, auto from, os::waiting waits) {
        return call_trace::note(detail::told("send_to", from), System::send_to(socket, to, from, waits));
    }
    template <class Address>
    [[nodiscard]] static result<std::size_t> receive_from(os::handle socket, Address* remote, auto into, os::waiting waits) {
        return call_trace::note(detail::told("receive_from", into), System::receive_from(socket, remote, into, waits));
    }
    [[nodiscard]] static result<std::size_t> send_descriptors(os::handle socket, bytes from, std::span<const borrowed_handle> passed,
                                                              os::waiting waits)
        requires os::passing_system<System>
    {
        return call_trace::note(detail::told("send_descriptors", from), System::send_descriptors(socket, from, passed, waits));
    }
    [[nodiscard]] static result<std::size_t> receive_descriptors(os::handle socket, mutable_bytes into, std::span<descriptor> room,
                                                                 os::waiting waits)
        requires os::passing_system<System>
    {
        return call_trace::note(detail::told("receive_descriptors", into), System::receive_descriptors(socket, into, room, waits));
    }
    template <os::handle_kind From, os::handle_kind To>
    [[nodiscard]] static result<std::size_t> transfer(os::handle from, os::handle to, std::size_t most, os::waiting waits)
        requires requires { System::template transfer<From, To>(from, to, most, waits); }
    {
        return call_trace::note("transfer", System::template transfer<From, To>(from, to, most, waits));
    }
    [[nodiscard]] static result<void> shutdown(os::handle socket, direction half) {
        return call_trace::note("shutdown", System::shutdown(socket, half));
    }
    [[nodiscard]] static result<std::size_t> wait(os::slice<os::watch> watches, instant until, os::waker* sleeper) {
        return call_trace::note("wait", System::wait(watches, until, sleeper));
    }
};

// A protocol whose calls are written down: traced<tcp>::connect, traced<udp>::bind …
template <class P>
struct traced : P::template on<traced<P>, traced_system<typename P::system>> {};

}  // namespace plumb
