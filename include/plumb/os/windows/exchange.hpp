// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/exchange.hpp>

namespace plumb::inline v0_1::os {

// A transfer that goes on by itself. One that is still under way at the end is taken back, for its buffer goes.
class transfer_under_way {
public:
    transfer_under_way() { state_.hEvent = ::CreateEventW(nullptr, TRUE, FALSE, nullptr); }
    transfer_under_way(const transfer_under_way&) = delete;
    ~transfer_under_way() {
        (void)take_back();
        if (state_.hEvent) ::CloseHandle(state_.hEvent);
    }

    // Starts one; false when it failed. Even one that is done at once is asked for by finished().
    [[nodiscard]] bool read(handle pipe, mutable_bytes into) noexcept {
        return begin(pipe, [&] { return ::ReadFile(as_native(pipe), into.data(), clamped(into.size()), nullptr, &state_); });
    }
    [[nodiscard]] bool write(handle pipe, bytes from) noexcept {
        return begin(pipe, [&] { return ::WriteFile(as_native(pipe), from.data(), clamped(from.size()), nullptr, &state_); });
    }

    [[nodiscard]] bool is_under_way() const noexcept { return pipe_ != none; }
    [[nodiscard]] HANDLE done() const noexcept { return state_.hEvent; }
    [[nodiscard]] bool is_done() const noexcept { return ::WaitForSingleObject(state_.hEvent, 0) == WAIT_OBJECT_0; }
    // What it moved; nothing when it failed.
    [[nodiscard]] std::size_t finished() noexcept {
        DWORD count = 0;
        auto went_well = ::GetOverlappedResult(as_native(std::exchange(pipe_, none)), &state_, &count, TRUE);
        return went_well ? count : 0;
    }
    // What it had moved when it was taken back.
    [[nodiscard]] std::size_t take_back() noexcept {
        if (!is_under_way()) return 0;
        ::CancelIoEx(as_native(pipe_), &state_);
        return finished();
    }

private:
    [[nodiscard]] bool begin(handle pipe, auto start) noexcept {
        if (!state_.hEvent || (!start() && ::GetLastError() != ERROR_IO_PENDING)) return false;
        pipe_ = pipe;
        return true;
    }

    OVERLAPPED state_{};
    handle pipe_ = none;
};

// Calls: ReadFile, WriteFile, WaitForMultipleObjects, GetOverlappedResult, CancelIoEx.
[[nodiscard]] inline result<void> carry(native_processes::child child, exchange& traffic, const patience& limits) {
    constexpr std::size_t chunk_size = 16 * 1024, room = 128 * 1024;    // of pipes, and what may be under way
    char chunks[2][chunk_size];
    transfer_under_way hearing[2], sending;
    auto hear = [&](std::size_t i) {
        auto& output = traffic.outputs[i];
        if (output.from != none && !hearing[i].read(output.from, mutable_bytes(chunks[i], chunk_size))) output.from = none;
    };
    auto add = [&](std::size_t i, std::size_t got) -> result<void> {
        auto& to = *traffic.outputs[i].to;
        auto taken = detail::least(got, traffic.most - to.size());
        to.append(chunks[i], taken);
        if (taken < got) return failure(verb::run, condition::too_long, static_cast<std::uint32_t>(detail::least(traffic.most, 0xffff'ffff)));
        return {};
    };
    auto send = [&] {
        if (!traffic.input.is_open() || sending.is_under_way()) return;
        auto next = traffic.unsent.first(detail::least(traffic.unsent.size(), room));
        if (next.empty() || !sending.write(traffic.input.native_handle(), next)) traffic.input.close();
    };
    // Takes what has come, and asks for more; how much it was.
    auto hear_more = [&](std::size_t i) -> result<std::size_t> {
        auto got = hearing[i].finished();
        if (got == 0) traffic.outputs[i].from = none;    // its end
        if (auto added = add(i, got); !added) return failure(added.error());
        hear(i);
        return got;
    };

    hear(0);
    hear(1);
    for (;;) {
        send();
        HANDLE waited[5] = {child.process};
        DWORD count = 1;
        for (auto one : {&hearing[0], &hearing[1], &sending})
            if (one->is_under_way()) waited[count++] = one->done();
        if (limits.sleeper) {
            auto stop = limits.sleeper->open_event();
            if (!stop) return failure(stop.error().during(verb::run));
            waited[count++] = reinterpret_cast<HANDLE>(*stop);
        }
        auto ready = ::WaitForMultipleObjects(count, waited, FALSE, milliseconds_until(limits.until));
        if (ready == WAIT_FAILED) return failure(last_error(verb::run));
        if (ready == WAIT_OBJECT_0) break;
        for (std::size_t i = 0; i < 2; ++i)
            if (hearing[i].is_under_way() && hearing[i].is_done())
                if (auto got = hear_more(i); !got) return failure(got.error());
        if (sending.is_under_way() && sending.is_done()) {
            auto sent = sending.finished();
            traffic.unsent = sent > 0 ? bytes(traffic.unsent.subspan(sent)) : bytes();    // nobody reads it any more
        }
        if (auto still = check<native>(verb::run, limits); !still) return still;
    }
    (void)sending.take_back();
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t heard = 0; hearing[i].is_under_way() && hearing[i].is_done() && heard < room;) {
            auto got = hear_more(i);
            if (!got) return failure(got.error());
            heard += *got;
        }
        if (auto added = add(i, hearing[i].take_back()); !added) return added;
    }
    return {};
}

}  // namespace plumb::os
