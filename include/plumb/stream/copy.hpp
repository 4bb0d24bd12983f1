// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/owner.hpp>
#include <plumb/os/pipe.hpp>
#include <plumb/os/transfer.hpp>
#include <plumb/stream/stream.hpp>

#include <array>
#include <concepts>
#include <limits>
#include <type_traits>

// Copying one stream into another: by the kernel alone where it can, else through a buffer.

namespace plumb::inline v0_1 {

namespace detail {

// How far a copy has come.
struct progress {
    std::uint64_t most, moved = 0;
    bool ended = false;

    [[nodiscard]] bool is_over() const noexcept { return ended || moved == most; }
    [[nodiscard]] std::size_t room(std::uint64_t until, std::size_t at_once) const noexcept {
        return static_cast<std::size_t>(least<std::uint64_t>(until - moved, at_once));
    }
    void note(std::size_t size) noexcept {
        moved += size;
        ended = size == 0;
    }
};

// Whether a copy that goes on may do so.
template <class System>
[[nodiscard]] result<void> may_go_on(const progress&) { return {}; }
template <class System>
[[nodiscard]] result<void> may_go_on(const progress& so_far, const patience& limits) {
    return so_far.moved == 0 ? result<void>() : os::check<System>(verb::copy, limits);
}

// What was read and could not be written goes back where the stream takes it: files and buffered streams do.
template <class From>
void put_back(From& from, bytes left) {
    if constexpr (requires { from.put_back(left); }) from.put_back(left);
}

// Moves bytes through the program until so many have moved.
template <class System, class From, class To>
[[nodiscard]] result<void> copy_by_buffer(From& from, To& to, progress& so_far, std::uint64_t until, const auto&... settled) {
    std::array<std::byte, 64 * 1024> chunk;
    while (!so_far.ended && so_far.moved < until) {
        if (auto still = may_go_on<System>(so_far, settled...); !still) return still;
        auto size = from.read(mutable_bytes(chunk.data(), so_far.room(until, chunk.size())), settled...);
        if (!size) return failure(size.error());
        auto write_on = [&](std::size_t done, std::size_t left, const auto&... each) { return to.write(bytes(chunk.data() + done, left), each...); };
        auto written = move_settled<System>(verb::write, *size, write_on, settled...);
        auto done = written ? *size : written.error().detail();
        so_far.note(done);
        if (written) continue;
        put_back(from, bytes(chunk.data() + done, *size - done));
        return written;
    }
    return {};
}

// What carries a pair of streams: the system of both, or of the one that is not of this kernel.
template <class From, class To>
struct carrier {
    static constexpr auto from = kernel_stream<From>::kind, to = kernel_stream<To>::kind;
    using source = typename kernel_stream<From>::system;
    using system = std::conditional_t<std::same_as<source, os::native>, typename kernel_stream<To>::system, source>;
};

template <class From, class To>
concept both_of_the_kernel = requires {
    typename kernel_stream<From>::system;
    typename kernel_stream<To>::system;
};

// The kernel joins the two by itself.
template <class From, class To, os::waiting Waits>
concept joined = both_of_the_kernel<From, To> && requires { requires carrier<From, To>::system::transfers(carrier<From, To>::from, carrier<From, To>::to, Waits); };

// It does so through a pipe between them.
template <class From, class To, os::waiting Waits>
concept relayed = both_of_the_kernel<From, To> && !joined<From, To, os::waiting::yes> && requires {
    requires carrier<From, To>::system::transfers(carrier<From, To>::from, os::handle_kind::pipe, Waits);
    requires carrier<From, To>::system::transfers(os::handle_kind::pipe, carrier<From, To>::to, Waits);
};

// What to do about a transfer that did not come about. Which of the two it waits for, it does not say.
template <class System>
[[nodiscard, gnu::noinline, gnu::cold]] result<void> prepare_transfer(int& misses, error cause, os::handle from, os::handle to,
                                                                      const patience& limits) {
    if (cause == std::errc::interrupted) return os::check<System>(verb::copy, limits);
    if (cause != std::errc::resource_unavailable_try_again) return failure(cause);
    os::nap<System>(++misses, limits);
    auto ready = os::await<System>(verb::copy, from, os::interest::readable, limits);
    return ready ? os::await<System>(verb::copy, to, os::interest::writable, limits) : ready;
}

// Lets the kernel move some bytes, at least one; 0 is the end.
template <class System, os::handle_kind From, os::handle_kind To, class... Settled>
[[nodiscard]] result<std::size_t> transfer_some(os::handle from, os::handle to, std::size_t most, const Settled&... settled) {
    constexpr auto waits = sizeof...(Settled) == 0 ? os::waiting::yes : os::waiting::no;
    for (int misses = 0;;) {
        auto moved = System::template transfer<From, To>(from, to, most, waits);
        if (moved) return moved;
        auto next = prepare_transfer<System>(misses, moved.error(), from, to, os::patience_of<System>(settled...));
        if (!next) return failure(next.error());
    }
}

// Whether an error says that the kernel cannot join these two, so that they must be read and written.
[[nodiscard]] constexpr bool cannot_be_joined(error cause) noexcept {
    return cause == std::errc::invalid_argument || cause == std::errc::function_not_supported || cause == std::errc::not_supported;
}

// The pipe between two streams, empty between two steps.
template <class Pipes = os::native_pipes>
struct relay {
    struct end : os::owner<Pipes> {
        using os::owner<Pipes>::owner;
        [[nodiscard]] result<std::size_t> read(mutable_bytes into, const auto&... settled) {
            return Pipes::read(this->handle(), into, settled...);
        }
    };
    static constexpr std::size_t room = 1 << 18;

    end out, in;

    // Makes it, unless there are no descriptors for it.
    void open() {
        auto made = Pipes::pair();
        if (!made) return;
        out = end(fresh{(*made)[0]});
        in = end(fresh{(*made)[1]});
        (void)Pipes::set_capacity((*made)[1], room);    // less than that will do
    }
};

// The kernel's way from one stream to another, or through a pipe.
template <class From, class To>
class kernel_way {
    using pair = carrier<From, To>;
    using system = typename pair::system;
    static constexpr bool through_pipe = !joined<From, To, os::waiting::yes>;

public:
    kernel_way() {
        if constexpr (through_pipe) between_.open();
    }
    [[nodiscard]] bool is_open() const noexcept { return !through_pipe || between_.in.is_open(); }

    // Moves bytes until so many have moved.
    template <class... Settled>
    [[nodiscard]] result<void> move(From& from, To& to, progress& so_far, std::uint64_t until, const Settled&... settled) {
        constexpr std::size_t at_once = through_pipe ? relay<>::room : sizeof...(Settled) == 0 ? 1 << 30 : 1 << 20;
        while (!so_far.ended && so_far.moved < until) {
            if (auto still = may_go_on<system>(so_far, settled...); !still) return still;
            auto outcome = step(from.native_handle(), to, so_far, so_far.room(until, at_once), settled...);
            if (!outcome) return outcome;
        }
        return {};
    }

private:
    [[nodiscard]] result<void> step(os::handle from, To& to, progress& so_far, std::size_t most, const auto&... settled) {
        if constexpr (through_pipe) {
            auto taken = transfer_some<system, pair::from, os::handle_kind::pipe>(from, between_.in.native_handle(), most, settled...);
            if (taken && *taken > 0) return pass_on(to, so_far, so_far.moved + *taken, settled...);
            if (taken) so_far.note(0);
            return taken ? result<void>() : failure(taken.error());
        } else {
            auto moved = transfer_some<system, pair::from, pair::to>(from, to.native_handle(), most, settled...);
            if (moved) so_far.note(*moved);
            return moved ? result<void>() : failure(moved.error());
        }
    }

    // Empties the pipe, by reading it where the kernel refuses to join it with the target.
    [[nodiscard]] result<void> pass_on(To& to, progress& so_far, std::uint64_t until, const auto&... settled) {
        while (so_far.moved < until) {
            auto most = static_cast<std::size_t>(until - so_far.moved);
            auto moved = transfer_some<system, os::handle_kind::pipe, pair::to>(between_.out.native_handle(), to.native_handle(), most, settled...);
            if (moved) {
                so_far.note(*moved);
                continue;
            }
            if (!cannot_be_joined(moved.error())) return failure(moved.error());
            auto emptied = copy_by_buffer<system>(between_.out, to, so_far, until, settled...);
            return emptied ? failure(moved.error()) : emptied;
        }
        return {};
    }

    relay<> between_;
};

// Two ways into a socket, of which the faster one cannot be known beforehand: it depends on congestion control, on the machine
// and on the other end. So both are tried in turn and timed, the better one goes on for a while, and then they are tried again.
// The kernel's way costs less CPU: it goes first, and stays unless the other is faster by an eighth every time.
template <class System>
class contest {
public:
    // How the next piece goes, and how long it is.
    [[nodiscard]] bool is_by_kernel() const noexcept { return turn_ == 0 || (turn_ <= heats ? turn_ % 2 == 1 : kernel_leads_); }
    [[nodiscard]] std::uint64_t piece() const noexcept { return turn_ == 0 ? start : turn_ <= heats ? heat : reign; }

    // Moves that piece, and takes its time.
    [[nodiscard]] auto timed(auto move) {
        auto begin = System::now();
        auto outcome = move();
        auto passed = System::now() - begin;
        if (is_by_kernel()) kernel_ = passed;
        else if (turn_ <= heats && kernel_ * 8 <= passed * 9) kernel_leads_ = true;
        if (turn_ > heats) *this = {};
        ++turn_;
        return outcome;
    }

private:
    static constexpr std::uint64_t start = 1 << 20, heat = 1 << 19, reign = 1 << 26;    // bytes
    static constexpr int heats = 6;

    int turn_ = 0;
    bool kernel_leads_ = false;
    timeline::duration kernel_{};
};

// Copies into a socket.
template <class From, class To>
[[nodiscard]] result<void> copy_contested(From& from, To& to, progress& so_far, kernel_way<From, To>& kernel) {
    using system = typename carrier<From, To>::system;
    for (contest<system> ways; !so_far.is_over();) {
        auto until = so_far.moved + least(so_far.most - so_far.moved, ways.piece());
        auto outcome = ways.timed([&] {
            return ways.is_by_kernel() ? kernel.move(from, to, so_far, until) : copy_by_buffer<system>(from, to, so_far, until);
        });
        if (!outcome) return outcome;
    }
    return {};
}

// Copies by the kernel, as far as it can join the two; what it cannot do is not done.
template <class From, class To, class... Settled>
[[nodiscard]] result<void> copy_joined(From& from, To& to, progress& so_far, const Settled&... settled) {
    kernel_way<From, To> kernel;
    if (!kernel.is_open()) return failure(verb::copy, std::errc::not_supported);
    [[maybe_unused]] typename carrier<From, To>::system::transfer_guard quiet;
    if constexpr (carrier<From, To>::to == os::handle_kind::socket) return copy_contested(from, to, so_far, kernel);
    else return kernel.move(from, to, so_far, so_far.most, settled...);
}

// Copies with limits that have been settled.
template <class From, class To, class... Settled>
[[nodiscard]] result<void> copy_settled(From& from, To& to, progress& so_far, const Settled&... settled) {
    constexpr auto waits = sizeof...(Settled) == 0 ? os::waiting::yes : os::waiting::no;
    if constexpr (joined<From, To, waits> || relayed<From, To, waits>) {
        auto outcome = copy_joined(from, to, so_far, settled...);
        if (outcome || !cannot_be_joined(outcome.error())) return outcome;
    }
    return copy_by_buffer<typename system_of<To>::type>(from, to, so_far, so_far.most, settled...);
}

// Copies, under the name that its errors are to have.
template <class From, class To, limit... Limits>
[[nodiscard]] result<std::uint64_t> copy_as(verb operation, From& from, To& to, std::uint64_t most, const Limits&... limits) {
    progress so_far{.most = most};
    auto outcome = [&] {
        if constexpr (sizeof...(Limits) == 0) return copy_settled(from, to, so_far);
        else return copy_settled(from, to, so_far, os::patience_of<typename system_of<To>::type>(limits...));
    }();
    if (!outcome) return failure(outcome.error().during(operation).with(as_detail(so_far.moved)));
    return so_far.moved;
}

inline constexpr auto whole_stream = (std::numeric_limits<std::uint64_t>::max)();

}  // namespace detail

// Copies one stream into another, up to the end of the first, and says how many bytes that were. Neither is closed. Where all of std
// is let in as well, two streams of one type and a count need its full name, plumb::copy: std::copy takes any three arguments like
// these.
// What was read and then could not be written is put back where the first is a file or buffered, and lost where it is not: 64 KiB at
// most, 256 KiB from a socket. From a pipe by the kernel alone nothing is read that is not written.
// Threads: nobody else may read the one or write the other.
// Errors: as read and write; their detail is the count of bytes that were written.
// Cost: two system calls for 64 KiB, or by the kernel alone fewer and no copy; no allocation.
// Calls: splice where either is a pipe, and from a socket through a pipe of its own; sendfile from a file, copy_file_range into
// another. Into a socket by these or by read and write, whichever proves faster, and with limits by the latter; else read and write.
template <class From, class To>
    requires(readable_stream<std::remove_reference_t<From>> && writable_stream<std::remove_reference_t<To>>)
[[nodiscard]] result<std::uint64_t> copy(From&& from, To&& to, const limit auto&... limits) {
    return detail::copy_as(verb::copy, from, to, detail::whole_stream, limits...);
}
// For two streams of one type and a limit: closer than std::copy, which takes any three arguments of two types.
template <class Stream>
    requires(readable_stream<std::remove_reference_t<Stream>> && writable_stream<std::remove_reference_t<Stream>>)
[[nodiscard]] result<std::uint64_t> copy(Stream&& from, Stream&& to, const deadline& limit) {
    return detail::copy_as(verb::copy, from, to, detail::whole_stream, limit);
}
template <class Stream>
    requires(readable_stream<std::remove_reference_t<Stream>> && writable_stream<std::remove_reference_t<Stream>>)
[[nodiscard]] result<std::uint64_t> copy(Stream&& from, Stream&& to, const stop_token& limit) {
    return detail::copy_as(verb::copy, from, to, detail::whole_stream, limit);
}
// Copies at most that many bytes: fewer only at the end of the first.
template <class From, class To>
    requires(readable_stream<std::remove_reference_t<From>> && writable_stream<std::remove_reference_t<To>>)
[[nodiscard]] result<std::uint64_t> copy(From&& from, To&& to, std::uint64_t most, const limit auto&... limits) {
    return detail::copy_as(verb::copy, from, to, most, limits...);
}

}  // namespace plumb
