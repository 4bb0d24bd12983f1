// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/loop.hpp>
#include <plumb/os/atomic.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "in_loop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

// Memory that can be had or cannot, as a test wants it. Takes the place of operator new: for a test that is a program of its own.

namespace support {

// While it lives, so many allocations succeed, and then the next one fails, or all that follow. Buffers fail then, too, but are not
// counted: a loop on io_uring has many, all alike.
class failing_memory {
public:
    enum class lack { once, for_good };

    failing_memory(int succeed, lack then) {
        failures_.store(0);
        fails_for_good_.store(then == lack::for_good);
        left_.store(succeed);
    }
    failing_memory(const failing_memory&) = delete;
    ~failing_memory() { end(); }

    // There is memory again.
    void end() noexcept { (void)pause(); }
    // The same for a while: how many would have succeeded.
    [[nodiscard]] int pause() noexcept { return left_.exchange(-1); }
    void go_on(int succeed) noexcept { left_.store(succeed); }
    // How many have failed.
    [[nodiscard]] int failures() const { return failures_.load(); }

    // How many things there are that were made by new, and how many have been made.
    [[nodiscard]] static int count_held() { return held_.load(); }
    [[nodiscard]] static int count_made() { return made_.load(); }

    [[nodiscard]] static void* allocate(std::size_t size, auto get) noexcept {
        auto found = is_refused(size) ? nullptr : get(size);
        if (found) held_.add(1), made_.add(1);
        return found;
    }
    static void give_back(void* gone) noexcept {
        if (gone) held_.add(-1);
        std::free(gone);
    }

private:
    static constexpr std::size_t size_of_buffers = 32 * 1024;

    [[nodiscard]] static bool is_refused(std::size_t size) noexcept {
        for (auto left = left_.load(); left >= 0;) {
            if (left == 0) {
                if (!fails_for_good_.load()) left_.store(-1);
                failures_.add(1);
                return true;
            }
            if (size >= size_of_buffers || left_.compare_exchange(left, left - 1)) break;
        }
        return false;
    }

    static inline plumb::os::atomic<int> left_{-1}, failures_{0}, held_{0}, made_{0};    // fewer than none left: all succeed
    static inline plumb::os::atomic<bool> fails_for_good_{false};
};

// Does something in a loop of each driver, again and again, each time with one more allocation that succeeds before memory runs out,
// until it needs no more. It may throw std::bad_alloc.
void with_ever_more_memory(auto work) {
    for (auto on : every_driver) {
        if (plumb::loop(on).current_driver() != on) continue;
        for (auto lack : {failing_memory::lack::once, failing_memory::lack::for_good})
            for (int succeed = 0, failures = 1; failures > 0; ++succeed) {
                INFO("driver: ", std::string(name_of(on)), ", after ", succeed, " allocations", std::string(lack == failing_memory::lack::once ? "" : ", for good"));
                auto descriptors = open_descriptors();
                auto held = failing_memory::count_held();
                {
                    failing_memory scarce(succeed, lack);
                    try {
                        work(on, scarce);
                    } catch (const std::bad_alloc&) {}
                    scarce.end();
                    failures = scarce.failures();
                }
                for (auto last = plumb::loop::now() + std::chrono::seconds(10); plumb::loop::now() < last;) {    // what a thread left behind holds yet
                    if (failing_memory::count_held() == held && open_descriptors() == descriptors) break;
                    (void)plumb::os::native::sleep_until(plumb::loop::now() + std::chrono::milliseconds(1));
                }
                CHECK(failing_memory::count_held() == held);
                CHECK(open_descriptors() == descriptors);
                REQUIRE(succeed < 1'000);
            }
    }
}

}  // namespace support

void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return support::failing_memory::allocate(size, std::malloc); }
void* operator new(std::size_t size) {
    if (auto found = operator new(size, std::nothrow)) return found;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size, const std::nothrow_t& none) noexcept { return operator new(size, none); }    // a sanitizer's would be another
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* gone) noexcept { support::failing_memory::give_back(gone); }
void operator delete(void* gone, std::size_t) noexcept { support::failing_memory::give_back(gone); }
void operator delete(void* gone, const std::nothrow_t&) noexcept { support::failing_memory::give_back(gone); }
void operator delete[](void* gone) noexcept { support::failing_memory::give_back(gone); }
void operator delete[](void* gone, std::size_t) noexcept { support::failing_memory::give_back(gone); }
void operator delete[](void* gone, const std::nothrow_t&) noexcept { support::failing_memory::give_back(gone); }

#if !defined(PLUMB_OS_WINDOWS)    // where what is aligned is not freed like all else
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    auto unit = static_cast<std::size_t>(alignment);
    return support::failing_memory::allocate(size, [unit](std::size_t least) { return std::aligned_alloc(unit, (least + unit - 1) / unit * unit); });
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    if (auto found = operator new(size, alignment, std::nothrow)) return found;
    throw std::bad_alloc();
}
void operator delete(void* gone, std::align_val_t) noexcept { support::failing_memory::give_back(gone); }
void operator delete(void* gone, std::size_t, std::align_val_t) noexcept { support::failing_memory::give_back(gone); }
void operator delete(void* gone, std::align_val_t, const std::nothrow_t&) noexcept { support::failing_memory::give_back(gone); }
#endif
