// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/answer.hpp>
#include <plumb/os/clock.hpp>

#include <concepts>
#include <utility>

// Threads, and what they meet at. For servers and lookups above; <thread> itself is too heavy to include everywhere.

namespace plumb::inline v0_1::os {

// What runs several things at once.
//   thread             joins in its destructor; movable; start(function) -> answer<thread>, the function takes nothing
//                      and is called with every signal blocked, so that none is handled on a thread nobody knows of
//   thread::detach()   lets it run on by itself
//   mutex              lock, unlock, try_lock
//   condition          wait(mutex), wait_until(mutex, instant) -> false once the moment has come, notify_one, notify_all;
//                      may wake early; its clock is that of now()
template <class System>
concept thread_system = requires(typename System::thread thread, typename System::mutex mutex,
                                 typename System::condition condition, instant until, void (*function)()) {
    { System::thread::start(function) } -> std::convertible_to<result<typename System::thread>>;
    thread.join();
    thread.detach();
    mutex.lock();
    mutex.unlock();
    { mutex.try_lock() } -> std::same_as<bool>;
    condition.wait(mutex);
    { condition.wait_until(mutex, until) } -> std::same_as<bool>;
    condition.notify_one();
    condition.notify_all();
};

// Holds a mutex while it lives.
template <class Mutex>
class lock {
public:
    explicit lock(Mutex& held) : held_(held) { held_.lock(); }
    lock(const lock&) = delete;
    ~lock() { held_.unlock(); }

private:
    Mutex& held_;
};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/thread.hpp>
#else
#include <plumb/os/posix/thread.hpp>
#endif
