// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/linux/mapping.hpp>
#include <plumb/os/linux/uring_abi.hpp>
#include <plumb/os/posix/clock.hpp>
#include <plumb/os/socket.hpp>

#include <bit>
#include <cstdlib>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <utility>

// Handing whole calls over to the kernel by io_uring(7), without a library.

namespace plumb::inline v0_1::os {

// A ring of the kernel: calls are put into it, and their ends come out. Putting one in makes no system call.
// Threads: the one that first waits, from then on.
// Calls: io_uring_setup, io_uring_register, io_uring_enter, mmap.
class uring {
public:
    static constexpr std::string_view name = "uring";
    static constexpr std::uint16_t most_buffers = 64;
    static constexpr std::uint32_t most_received = 256 * 1024;

    // The end of a call, or one of several ends. It travels in two registers.
    struct completion {
        std::uint64_t token;
        std::int32_t code;    // a count of bytes or a handle, or -errno
        std::uint32_t flags;

        [[nodiscard]] bool has_more() const noexcept { return flags & uring_abi::completion::has_more; }    // the call goes on
        [[nodiscard]] bool has_buffer() const noexcept { return flags & uring_abi::completion::has_buffer; }
        [[nodiscard]] std::uint32_t buffer() const noexcept { return flags >> uring_abi::completion::buffer_shift; }    // its number
        [[nodiscard]] bool shares_buffer() const noexcept { return flags & uring_abi::completion::buffer_goes_on; }     // more comes behind it
        [[nodiscard]] bool succeeded() const noexcept { return code >= 0; }
        [[nodiscard]] result<std::size_t> outcome() const noexcept {
            if (succeeded()) [[likely]] return static_cast<std::size_t>(code);
            return failure(error(verb::none, error_domain::posix, static_cast<std::uint16_t>(-code)));
        }
    };

    // Errors: function_not_supported, operation_not_permitted (a container, kernel.io_uring_disabled), invalid_argument (a
    // kernel before 6.1).
    [[nodiscard]] static answer<uring> open() {
        uring_abi::parameters found{};
        found.flags = uring_abi::parameters::single_issuer | uring_abi::parameters::defers_work | uring_abi::parameters::submits_all
                    | uring_abi::parameters::sizes_completions | uring_abi::parameters::starts_disabled;
        found.completion_entries = completion_entries;
        auto made = uring_abi::setup(submission_entries, found);
        if (made == none) return failure(last_error(verb::wait));
        uring ring(made);
        constexpr auto needed = uring_abi::parameters::one_mapping | uring_abi::parameters::no_drop
                              | uring_abi::parameters::waits_with_argument | uring_abi::parameters::can_be_silent;
        if ((found.features & needed) != needed) return failure(verb::wait, std::errc::function_not_supported);
        if (auto mapped = ring.map(found); !mapped) return failure(mapped.error());
        return ring;
    }
    uring() = default;
    uring(uring&&) = default;

    // Receives into a buffer of less than 2 GiB, or sends from it: some bytes, at least one.
    void receive(handle from, mutable_bytes into, std::uint64_t token) {
        auto& call = next(uring_abi::submission::receive, from, token);
        call.address = reinterpret_cast<std::uintptr_t>(into.data());
        call.size = static_cast<std::uint32_t>(into.size());
    }
    void send(handle to, bytes from, std::uint64_t token) {
        auto& call = next(uring_abi::submission::send, to, token);
        call.address = reinterpret_cast<std::uintptr_t>(from.data());
        call.size = static_cast<std::uint32_t>(from.size());
        call.operation_flags = MSG_NOSIGNAL;
    }
    // Sends all of that at once and in silence, or tells what has gone of it.
    void try_send(handle to, bytes from, std::uint64_t token) {
        auto& call = next(uring_abi::submission::send, to, token);
        call.flags = uring_abi::submission::silent_success;
        call.address = reinterpret_cast<std::uintptr_t>(from.data());
        call.operation_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
        call.size = static_cast<std::uint32_t>(from.size());
    }
    // Receives once, into a buffer that was provided: no_buffer_space when there is none.
    void receive_lent(handle from, std::uint64_t token) {
        next(uring_abi::submission::receive, from, token).flags = uring_abi::submission::picks_buffer;
    }
    // Receives again and again, into buffers that were provided. Ends when there is none: no_buffer_space; and after so many
    // bytes, since what has come cannot be held back: on kernels before 6.17, which cannot count, 32 buffers may come at once.
    void receive_on(handle from, std::uint64_t token) {
        auto& call = next(uring_abi::submission::receive, from, token);
        call.flags = uring_abi::submission::picks_buffer;
        call.priority = uring_abi::submission::receive_on;
        if (is_modern_) call.most_bytes = most_received;
    }
    // Accepts again and again; the outcomes are handles.
    void accept_on(handle from, std::uint64_t token) {
        auto& call = next(uring_abi::submission::accept, from, token);
        call.priority = uring_abi::submission::accept_on;
        call.operation_flags = SOCK_CLOEXEC;
    }
    // Waits until a handle is ready, once.
    void poll(handle watched, interest awaited, std::uint64_t token) {
        next(uring_abi::submission::poll, watched, token).operation_flags = awaited == interest::readable ? poll_mask(POLLIN | POLLPRI | POLLRDHUP) : poll_mask(POLLOUT);
    }
    // Ends a call soon: operation_canceled, unless it has succeeded meanwhile. Its own end is told with token 0.
    void cancel(std::uint64_t token) {
        auto& call = next(uring_abi::submission::cancel, none, 0);
        call.flags = uring_abi::submission::silent_success;
        call.address = token;
    }
    void cancel_everything() {
        next(uring_abi::submission::cancel, none, 0).operation_flags = uring_abi::cancel_all | uring_abi::cancel_any;
    }

    // Whether the kernel puts one piece behind another into a buffer until it is full.
    [[nodiscard]] bool shares_buffers() const noexcept { return is_modern_; }
    // Gives the kernel one more buffer to pick from, by a number below most_buffers: it picks them in order.
    void provide(std::uint32_t number, mutable_bytes buffer) noexcept {
        auto first = buffers_.at<uring_abi::buffer>();
        auto& place = first[buffer_tail_++ % most_buffers];
        place.address = reinterpret_cast<std::uintptr_t>(buffer.data());
        place.size = static_cast<std::uint32_t>(buffer.size());
        place.number = static_cast<std::uint16_t>(number);
        __atomic_store_n(&first->tail, static_cast<std::uint16_t>(buffer_tail_), __ATOMIC_RELEASE);
    }

    // Hands over what was put in, and waits for a completion until a moment; for as many as `hoped` only for a little while.
    [[nodiscard]] result<void> enter(unsigned hoped, instant until) {
        if (auto begun = begin(); !begun) return begun;
        if (until <= instant() || has_completions()) return enter(0, nullptr);
        if (until == forever && hoped < 2) return enter(1, nullptr);
        std::int64_t longest[2];
        uring_abi::wait_argument how{0, 0, hoped < 2 ? 0 : batch_microseconds, 0};
        if (until != forever) {
            auto left = to_timespec(detail::greatest(until - native_clock::now(), timeline::duration::zero()));
            longest[0] = left.tv_sec;
            longest[1] = left.tv_nsec;
            how.longest = reinterpret_cast<std::uintptr_t>(longest);
        }
        return enter(hoped < 2 ? 1 : hoped, &how);
    }
    // The same for as many as `hoped`, or a little while.
    [[nodiscard]] result<void> enter_briefly(unsigned hoped) {
        if (auto begun = begin(); !begun) return begun;
        std::int64_t longest[2] = {0, batch_microseconds * 1000};
        uring_abi::wait_argument how{0, 0, 0, reinterpret_cast<std::uintptr_t>(longest)};
        return enter(hoped, &how);
    }
    // Whether the kernel has everything that was put in, and all that it tells of it so far is in the queue: it keeps for later what
    // there is no room for.
    [[nodiscard]] bool has_told_all() const noexcept {
        return unsubmitted_ == 0 && (__atomic_load_n(submission_flags_, __ATOMIC_ACQUIRE) & uring_abi::completions_overflow) == 0;
    }
    [[nodiscard]] bool waits_for_batches() const noexcept { return waits_for_batches_; }

    [[nodiscard]] unsigned completions() const noexcept { return __atomic_load_n(completion_tail_, __ATOMIC_ACQUIRE) - next_completion_; }
    [[nodiscard]] bool has_completions() const noexcept { return completions() != 0; }
    // Looks at the tokens of all that have come, and takes none.
    void for_each_token(auto look) const {
        for (auto left = completions(), i = next_completion_; left > 0; --left) look(completions_[i++ & completion_mask_].token);
    }
    // Takes the next one; there must be one.
    [[nodiscard]] completion take_completion() noexcept {
        auto& found = completions_[next_completion_ & completion_mask_];
        completion told{found.token, found.outcome, found.flags};
        __atomic_store_n(completion_head_, ++next_completion_, __ATOMIC_RELEASE);
        return told;
    }

    // Readable when there is a completion: for another loop to wait on.
    [[nodiscard]] handle native_handle() const noexcept { return ring_.get(); }

private:
    static constexpr unsigned submission_entries = 1024, completion_entries = 8192;
    static constexpr std::uint32_t batch_microseconds = 20;

    // The ring's descriptor. It is declared first, and so closed last.
    class descriptor {
    public:
        descriptor() = default;
        explicit descriptor(handle made) noexcept : made_(made) {}
        descriptor(descriptor&& other) noexcept : made_(std::exchange(other.made_, none)) {}
        ~descriptor() {
            if (made_ != none) ::close(made_);
        }
        [[nodiscard]] handle get() const noexcept { return made_; }

    private:
        handle made_ = none;
    };

    explicit uring(handle made) noexcept : ring_(made), is_modern_(is_kernel_since(6, 17)) {}

    // The kernel has the halves of a poll's events swapped where the greater byte comes first.
    [[nodiscard]] static constexpr std::uint32_t poll_mask(std::uint32_t events) noexcept {
        return std::endian::native == std::endian::little ? events : events << 16 | events >> 16;
    }

    // For what no probe tells.
    [[nodiscard]] static bool is_kernel_since(long wanted, long wanted_minor) noexcept {
        utsname running;
        if (::uname(&running) != 0) return false;
        char* rest = running.release;
        auto version = std::strtol(rest, &rest, 10);
        auto minor_version = *rest == '.' ? std::strtol(rest + 1, &rest, 10) : 0;
        return version > wanted || (version == wanted && minor_version >= wanted_minor);
    }

    [[nodiscard]] result<void> map(const uring_abi::parameters& found) {
        auto ends = detail::greatest(found.submissions.array + found.submission_entries * sizeof(std::uint32_t),
                                     found.completions.completions + found.completion_entries * sizeof(uring_abi::completion));
        queues_ = mapping(ends, MAP_SHARED | MAP_POPULATE, ring_.get(), uring_abi::queues_at);
        entries_ = mapping(found.submission_entries * sizeof(uring_abi::submission), MAP_SHARED | MAP_POPULATE, ring_.get(),
                           uring_abi::submissions_at);
        owner_.make();
        buffers_ = mapping(most_buffers * sizeof(uring_abi::buffer), MAP_PRIVATE | MAP_ANONYMOUS, none, 0);
        if (!queues_ || !entries_ || !buffers_ || !owner_.is_made()) return failure(last_error(verb::wait));
        submissions_ = entries_.at<uring_abi::submission>();
        submission_tail_ = queues_.at<std::uint32_t>(found.submissions.tail);
        submission_flags_ = queues_.at<std::uint32_t>(found.submissions.flags);
        submission_mask_ = found.submission_entries - 1;
        completion_head_ = queues_.at<std::uint32_t>(found.completions.head);
        completion_tail_ = queues_.at<std::uint32_t>(found.completions.tail);
        completion_mask_ = found.completion_entries - 1;
        completions_ = queues_.at<uring_abi::completion>(found.completions.completions);
        waits_for_batches_ = found.features & uring_abi::parameters::waits_for_batches;
        for (std::uint32_t i = 0; i < found.submission_entries; ++i)    // always in order
            queues_.at<std::uint32_t>(found.submissions.array)[i] = i;
        uring_abi::buffer_registration group{};
        group.address = reinterpret_cast<std::uintptr_t>(buffers_.at<std::byte>());
        group.count = most_buffers;
        group.flags = shares_buffers() ? uring_abi::buffer_registration::shares_buffers : 0;
        return done_or_error(verb::wait, uring_abi::enrol(ring_.get(), uring_abi::register_buffers, &group, 1));
    }

    // The kernel takes calls from the thread that enables the ring.
    [[nodiscard]] result<void> begin() {
        if (has_begun_ || !owner_.is_ours()) return {};
        has_begun_ = true;
        return done_or_error(verb::wait, uring_abi::enrol(ring_.get(), uring_abi::register_enable, nullptr, 0));
    }

    [[nodiscard, gnu::always_inline]] inline result<void> enter(unsigned least, const uring_abi::wait_argument* how) {
        if (!owner_.is_ours()) return failure(verb::wait, std::errc::operation_not_permitted);
        __atomic_store_n(submission_tail_, next_submission_, __ATOMIC_RELEASE);
        auto flags = uring_abi::enter_waits | (how ? uring_abi::enter_with_argument : 0u);
        auto taken = uring_abi::enter(ring_.get(), unsubmitted_, least, flags, how);
        if (taken >= 0) unsubmitted_ -= static_cast<unsigned>(taken);
        else if (errno != ETIME && errno != EINTR && errno != EAGAIN && errno != EBUSY) return failure(last_error(verb::wait));
        return {};
    }

    [[gnu::noinline, gnu::cold]] void make_room() {
        while (unsubmitted_ > submission_mask_) must(enter(0, instant()));
    }
    [[nodiscard]] inline uring_abi::submission& next(std::uint8_t opcode, handle target, std::uint64_t token) {
        if (!owner_.is_ours()) [[unlikely]] return scrap_;
        if (unsubmitted_ > submission_mask_) [[unlikely]] make_room();
        auto& call = submissions_[next_submission_++ & submission_mask_];
        ++unsubmitted_;
        call = {};
        call.opcode = opcode;
        call.handle = target;
        call.token = token;
        return call;
    }

    descriptor ring_;
    mapping queues_, entries_, buffers_;
    fork_mark owner_;    // a child shares the queues
    uring_abi::submission* submissions_ = nullptr;
    uring_abi::submission scrap_;
    std::uint32_t* submission_tail_ = nullptr;
    const std::uint32_t* submission_flags_ = nullptr;
    std::uint32_t submission_mask_ = 0, next_submission_ = 0, unsubmitted_ = 0;
    const uring_abi::completion* completions_ = nullptr;
    std::uint32_t* completion_head_ = nullptr;
    const std::uint32_t* completion_tail_ = nullptr;
    std::uint32_t completion_mask_ = 0, next_completion_ = 0;
    std::uint32_t buffer_tail_ = 0;
    bool has_begun_ = false, waits_for_batches_ = false;
    bool is_modern_ = false;    // the kernel fills buffers piece by piece, and counts what it receives by one call: both as they should since 6.17
};

}  // namespace plumb::os
