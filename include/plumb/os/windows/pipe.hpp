// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/pipe.hpp>
#include <plumb/os/windows/handle.hpp>

#include <string>

namespace plumb::inline v0_1::os {

// Anonymous pipes of Windows can only be waited on by whoever reads or writes, and for ever. So ours are named ones, whose name
// nobody can guess and nobody can use twice, with transfers that go on by themselves, are waited for, and can be taken back.
struct native_pipes : native_clock {
    // Calls: CreateNamedPipeW, CreateFileW.
    [[nodiscard]] static answer<std::array<handle, 2>> pair() { return pair(FILE_FLAG_OVERLAPPED, FILE_FLAG_OVERLAPPED); }
    [[nodiscard]] static answer<std::array<handle, 2>> pair_for_child(pipe_end end) {
        return end == pipe_end::reader ? pair(0, FILE_FLAG_OVERLAPPED) : pair(FILE_FLAG_OVERLAPPED, 0);
    }

    // Calls: DuplicateHandle.
    [[nodiscard]] static answer<handle> duplicate(handle pipe) noexcept {
        auto self = ::GetCurrentProcess();
        HANDLE made = nullptr;
        if (!::DuplicateHandle(self, as_native(pipe), self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS)) return failure(last_error(verb::duplicate));
        return reinterpret_cast<handle>(made);
    }

    static void close(handle pipe) noexcept { ::CloseHandle(as_native(pipe)); }

    // An end that is both read and written is neither. One that another program made may be a synchronous one: limits that come
    // while it waits do not end that.
    // Calls: GetNamedPipeInfo, PeekNamedPipe.
    [[nodiscard]] static result<void> expect(handle pipe, pipe_end end) noexcept {
        DWORD flags;
        if (!::GetHandleInformation(as_native(pipe), &flags)) return failure(last_error(verb::adopt));
        auto is_pipe = ::GetNamedPipeInfo(as_native(pipe), nullptr, nullptr, nullptr, nullptr);
        auto is_readable = ::PeekNamedPipe(as_native(pipe), nullptr, 0, nullptr, nullptr, nullptr) || ::GetLastError() == ERROR_BROKEN_PIPE;
        if (is_pipe && is_readable == (end == pipe_end::reader)) return {};
        return failure(verb::adopt, condition::wrong_descriptor);
    }

    // Calls: ReadFile, WaitForMultipleObjects, GetOverlappedResult; at a limit CancelIoEx.
    [[nodiscard]] static result<std::size_t> read(handle pipe, mutable_bytes into, const limit auto&... limits) {
        if (into.empty()) return 0;
        const auto settled = patience_of<native_pipes>(limits...);
        auto start = [&](OVERLAPPED& state) { return ::ReadFile(as_native(pipe), into.data(), clamped(into.size()), nullptr, &state); };
        for (;;) {
            auto size = transfer(verb::read, pipe, start, settled);
            if (!size && size.error().cause() == ERROR_BROKEN_PIPE) return 0;
            if (!size || *size > 0) return size;    // a write of nothing is no end
        }
    }
    [[nodiscard]] static result<std::size_t> read(handle pipe, slice<const mutable_bytes> into, const limit auto&... limits) {
        return read(pipe, first_of(into), limits...);
    }

    // A write of nothing would look like an end to the reader, so there is none.
    // Calls: WriteFile, WaitForMultipleObjects, GetOverlappedResult; at a limit CancelIoEx.
    [[nodiscard]] static result<std::size_t> write(handle pipe, bytes from, const limit auto&... limits) {
        if (from.empty()) return 0;
        auto most = sizeof...(limits) > 0 ? room : from.size();    // no more than that is in doubt when a limit ends it
        auto start = [&](OVERLAPPED& state) {
            return ::WriteFile(as_native(pipe), from.data(), clamped(detail::least(from.size(), most)), nullptr, &state);
        };
        return transfer(verb::write, pipe, start, patience_of<native_pipes>(limits...));
    }
    [[nodiscard]] static result<std::size_t> write(handle pipe, slice<const bytes> from, const limit auto&... limits) {
        return write(pipe, first_of(from), limits...);
    }

    // Calls: GetNamedPipeInfo.
    [[nodiscard]] static result<std::size_t> capacity(handle pipe) noexcept {
        DWORD out = 0, in = 0;
        if (!::GetNamedPipeInfo(as_native(pipe), nullptr, &out, &in, nullptr)) return failure(last_error(verb::get));
        return detail::greatest(out, in);
    }

private:
    static constexpr std::size_t room = 64 * 1024;    // as much as a pipe of Linux has

    [[nodiscard]] static answer<std::array<handle, 2>> pair(DWORD reader_mode, DWORD writer_mode) {
        std::array<std::uint64_t, 2> secret;
        if (auto made = native_random::random(mutable_bytes_of(secret)); !made) return failure(made.error().during(verb::pipe));
        auto name = L"\\\\.\\pipe\\plumb-" + std::to_wstring(secret[0]) + L'-' + std::to_wstring(secret[1]);
        auto reader = ::CreateNamedPipeW(name.c_str(), PIPE_ACCESS_INBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE | reader_mode,
                                         PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, room, room, 0, nullptr);
        if (reader == INVALID_HANDLE_VALUE) return failure(last_error(verb::pipe));
        auto writer = ::CreateFileW(name.c_str(), GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, nullptr, OPEN_EXISTING, writer_mode, nullptr);
        if (writer != INVALID_HANDLE_VALUE) return std::array{reinterpret_cast<handle>(reader), reinterpret_cast<handle>(writer)};
        auto cause = last_error(verb::pipe);
        ::CloseHandle(reader);
        return failure(cause);
    }

    // Carries out what `start` starts, unless the limits end it before it is done: then it is taken back.
    [[nodiscard]] static result<std::size_t> transfer(verb operation, handle pipe, auto start, const patience& limits) {
        OVERLAPPED state{};
        state.hEvent = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
        if (!state.hEvent) return failure(last_error(operation));
        auto outcome = finish(operation, pipe, start(state), state, limits);
        ::CloseHandle(state.hEvent);
        return outcome;
    }

    [[nodiscard]] static result<std::size_t> finish(verb operation, handle pipe, BOOL done, OVERLAPPED& state, const patience& limits) {
        if (!done && ::GetLastError() != ERROR_IO_PENDING) return failure(last_error(operation));
        auto still = done ? result<void>() : await(operation, state.hEvent, limits);
        if (!still) ::CancelIoEx(as_native(pipe), &state);
        DWORD count = 0;
        if (::GetOverlappedResult(as_native(pipe), &state, &count, TRUE)) return count;
        if (!still && ::GetLastError() == ERROR_OPERATION_ABORTED) return failure(still.error());
        return failure(last_error(operation));
    }

    [[nodiscard]] static result<void> await(verb operation, HANDLE done, const patience& limits) {
        HANDLE events[] = {done, nullptr};
        if (limits.sleeper) {
            auto stop = limits.sleeper->open_event();
            if (!stop) return failure(stop.error().during(operation));
            events[1] = reinterpret_cast<HANDLE>(*stop);
        }
        for (;;) {
            auto ended = ::WaitForMultipleObjects(events[1] ? 2 : 1, events, FALSE, milliseconds_until(limits.until));
            if (ended == WAIT_OBJECT_0) return {};
            if (ended == WAIT_FAILED) return failure(last_error(operation));
            if (auto still = check<native_pipes>(operation, limits); !still) return still;
        }
    }

    // Pipes take no lists: what a transfer moves is in the first buffer that is not empty.
    template <class Buffer>
    [[nodiscard]] static Buffer first_of(slice<const Buffer> buffers) noexcept {
        for (auto& buffer : buffers)
            if (!buffer.empty()) return buffer;
        return {};
    }
};

}  // namespace plumb::os
