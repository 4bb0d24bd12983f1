// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/thread.hpp>
#include <plumb/os/windows/clock.hpp>

#include <cerrno>
#include <new>
#include <process.h>

namespace plumb::inline v0_1::os {

struct native_threads {
    // Calls: _beginthreadex (CreateThread, with what the C library keeps for each), WaitForSingleObject, CloseHandle.
    class thread {
    public:
        template <class Function>
        [[nodiscard]] static answer<thread> start(Function function) {
            auto owned = new (std::nothrow) Function(std::move(function));
            if (!owned) return failure(verb::start_thread, std::errc::not_enough_memory);
            auto started = ::_beginthreadex(nullptr, 0, run<Function>, owned, 0, nullptr);
            if (started != 0) return thread(reinterpret_cast<HANDLE>(started));
            delete owned;
            return failure(verb::start_thread, static_cast<std::errc>(errno));
        }

        thread() = default;
        thread(thread&& other) noexcept : native_(std::exchange(other.native_, nullptr)) {}
        thread& operator=(thread other) noexcept {
            std::swap(native_, other.native_);
            return *this;
        }
        ~thread() { join(); }

        void join() noexcept {
            if (native_) ::WaitForSingleObject(native_, INFINITE);
            detach();
        }
        void detach() noexcept {
            if (auto ours = std::exchange(native_, nullptr)) ::CloseHandle(ours);
        }

    private:
        explicit thread(HANDLE started) noexcept : native_(started) {}

        template <class Function>
        static unsigned __stdcall run(void* argument) {
            auto owned = static_cast<Function*>(argument);
            auto function = std::move(*owned);
            delete owned;
            function();
            return 0;
        }

        HANDLE native_ = nullptr;
    };

    // Calls: AcquireSRWLockExclusive and its kin.
    class mutex {
    public:
        mutex() = default;
        mutex(const mutex&) = delete;
        void lock() noexcept { ::AcquireSRWLockExclusive(&native_); }
        void unlock() noexcept { ::ReleaseSRWLockExclusive(&native_); }
        [[nodiscard]] bool try_lock() noexcept { return ::TryAcquireSRWLockExclusive(&native_); }
        [[nodiscard]] SRWLOCK* native() noexcept { return &native_; }

    private:
        SRWLOCK native_ = SRWLOCK_INIT;
    };

    // Calls: SleepConditionVariableSRW and its kin.
    class condition {
    public:
        condition() = default;
        condition(const condition&) = delete;
        void wait(mutex& held) noexcept { ::SleepConditionVariableSRW(&native_, held.native(), INFINITE, 0); }
        [[nodiscard]] bool wait_until(mutex& held, instant until) noexcept {
            if (::SleepConditionVariableSRW(&native_, held.native(), milliseconds_until(until), 0)) return true;
            return native_clock::now() < until;    // the system's timer may be early by a step
        }
        void notify_one() noexcept { ::WakeConditionVariable(&native_); }
        void notify_all() noexcept { ::WakeAllConditionVariable(&native_); }

    private:
        CONDITION_VARIABLE native_ = CONDITION_VARIABLE_INIT;
    };
};

}  // namespace plumb::os
