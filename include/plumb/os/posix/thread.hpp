// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/posix/clock.hpp>
#include <plumb/os/thread.hpp>

#include <csignal>
#include <new>
#include <pthread.h>

namespace plumb::inline v0_1::os {

struct native_threads {
    // Calls: pthread_create, pthread_join, pthread_detach.
    class thread {
    public:
        template <class Function>
        [[nodiscard]] static answer<thread> start(Function function) {
            auto owned = new (std::nothrow) Function(std::move(function));
            if (!owned) return failure(verb::start_thread, std::errc::not_enough_memory);
            sigset_t every, before;
            ::sigfillset(&every);
            ::pthread_sigmask(SIG_SETMASK, &every, &before);    // inherited by the thread from its first moment
            pthread_t started;
            auto cause = ::pthread_create(&started, nullptr, run<Function>, owned);
            ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
            if (cause == 0) return thread(started);
            delete owned;
            return failure(verb::start_thread, static_cast<std::errc>(cause));
        }

        thread() = default;
        thread(thread&& other) noexcept : id_(other.id_), joinable_(std::exchange(other.joinable_, false)) {}
        thread& operator=(thread other) noexcept {
            std::swap(id_, other.id_);
            std::swap(joinable_, other.joinable_);
            return *this;
        }
        ~thread() { join(); }

        void join() noexcept {
            if (std::exchange(joinable_, false)) ::pthread_join(id_, nullptr);
        }
        void detach() noexcept {
            if (std::exchange(joinable_, false)) ::pthread_detach(id_);
        }

    private:
        explicit thread(pthread_t started) noexcept : id_(started), joinable_(true) {}

        template <class Function>
        static void* run(void* argument) {
            auto owned = static_cast<Function*>(argument);
            auto function = std::move(*owned);
            delete owned;
            function();
            return nullptr;
        }

        pthread_t id_{};
        bool joinable_ = false;
    };

    // Calls: pthread_mutex_lock and its kin.
    class mutex {
    public:
        mutex() = default;
        mutex(const mutex&) = delete;
        ~mutex() { ::pthread_mutex_destroy(&native_); }
        void lock() noexcept { ::pthread_mutex_lock(&native_); }
        void unlock() noexcept { ::pthread_mutex_unlock(&native_); }
        [[nodiscard]] bool try_lock() noexcept { return ::pthread_mutex_trylock(&native_) == 0; }
        [[nodiscard]] pthread_mutex_t* native() noexcept { return &native_; }

    private:
        pthread_mutex_t native_ = PTHREAD_MUTEX_INITIALIZER;
    };

    // Calls: pthread_cond_wait, pthread_cond_timedwait on CLOCK_MONOTONIC.
    class condition {
    public:
        condition() noexcept {
            pthread_condattr_t attributes;
            ::pthread_condattr_init(&attributes);
            ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
            ::pthread_cond_init(&native_, &attributes);
            ::pthread_condattr_destroy(&attributes);
        }
        condition(const condition&) = delete;
        ~condition() { ::pthread_cond_destroy(&native_); }
        void wait(mutex& held) noexcept { ::pthread_cond_wait(&native_, held.native()); }
        [[nodiscard]] bool wait_until(mutex& held, instant until) noexcept {
            auto at = to_timespec(until.time_since_epoch());
            return ::pthread_cond_timedwait(&native_, held.native(), &at) == 0;
        }
        void notify_one() noexcept { ::pthread_cond_signal(&native_); }
        void notify_all() noexcept { ::pthread_cond_broadcast(&native_); }

    private:
        pthread_cond_t native_;
    };
};

}  // namespace plumb::os
