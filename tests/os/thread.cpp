// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/thread.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

using os::native_clock;
using thread = os::native_threads::thread;
using mutex = os::native_threads::mutex;
using bell = os::native_threads::condition;
using holding = os::lock<mutex>;

}  // namespace

TEST_CASE("a thread runs its function elsewhere, and join waits for its end") {
    std::thread::id elsewhere;
    auto started = thread::start([&] { elsewhere = std::this_thread::get_id(); });
    REQUIRE(started);
    started->join();
    CHECK(elsewhere != std::thread::id());
    CHECK(elsewhere != std::this_thread::get_id());
    started->join();    // once more is nothing
}

TEST_CASE("the destructor joins") {
    std::atomic<bool> let_go = false;
    bool ended = false;
    {
        auto started = thread::start([&] {
            while (!let_go) std::this_thread::yield();
            ended = true;
        });
        REQUIRE(started);
        let_go = true;
    }
    CHECK(ended);
}

TEST_CASE("what a thread is given is moved in and dies with it") {
    struct counted {
        int* alive;
        explicit counted(int& count) : alive(&count) { ++count; }
        ~counted() { --*alive; }
    };
    int alive = 0, seen = 0;
    {
        auto alone = std::make_unique<counted>(alive);
        auto started = thread::start([alone = std::move(alone), &seen] { seen = *alone->alive; });
        REQUIRE(started);
    }
    CHECK(seen == 1);
    CHECK(alive == 0);
}

TEST_CASE("a moved thread is joined where it went") {
    std::atomic<int> ended = 0;
    auto first = thread::start([&] { ++ended; }).value();
    auto second = std::move(first);
    first.join();    // has nothing to wait for
    second = thread::start([&] { ++ended; }).value();    // joins the one it held
    CHECK(ended >= 1);
    second.join();
    CHECK(ended == 2);
}

TEST_CASE("a detached thread runs on by itself") {
    static std::atomic<bool> done;    // lives as long as such a thread may
    done = false;
    {
        auto started = thread::start([] { done = true; }).value();
        started.detach();
        started.detach();
    }
    while (!done) std::this_thread::yield();
    CHECK(done);
}

TEST_CASE("a mutex lets one in at a time") {
    mutex door;
    int count = 0;
    {
        std::vector<thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.push_back(thread::start([&] {
                for (int round = 0; round < 20'000; ++round) {
                    holding held(door);
                    ++count;
                }
            }).value());
    }
    CHECK(count == 80'000);
}

TEST_CASE("try_lock says whether the mutex was free") {
    mutex door;
    REQUIRE(door.try_lock());
    bool got_in = true;
    thread::start([&] { got_in = door.try_lock(); }).value().join();
    CHECK_FALSE(got_in);
    door.unlock();
    thread::start([&] {
        got_in = door.try_lock();
        if (got_in) door.unlock();
    }).value().join();
    CHECK(got_in);
}

TEST_CASE("a condition hands turns to and fro") {
    mutex door;
    bell turn;
    int number = 0;
    auto play = [&](int parity) {
        for (int i = 0; i < 1'000; ++i) {
            holding held(door);
            while (number % 2 != parity) turn.wait(door);
            ++number;
            turn.notify_one();
        }
    };
    {
        auto odd = thread::start([&] { play(1); }).value();
        play(0);
    }
    CHECK(number == 2'000);
}

TEST_CASE("notify_all wakes everybody") {
    mutex door;
    bell start;
    bool open = false;
    int through = 0;
    {
        std::vector<thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.push_back(thread::start([&] {
                holding held(door);
                while (!open) start.wait(door);
                ++through;
            }).value());
        holding held(door);
        open = true;
        start.notify_all();
    }
    CHECK(through == 8);
}

TEST_CASE("a wait ends with false when its moment has come, and not before") {
    mutex door;
    bell never;
    holding held(door);
    auto until = native_clock::now() + 30ms;
    int early = 0;
    while (never.wait_until(door, until)) ++early;
    CHECK(native_clock::now() >= until);
    CHECK(early <= 20);
    CHECK_FALSE(never.wait_until(door, native_clock::now() - 1s));
}

TEST_CASE("a wait until a moment ends with true when it is notified before") {
    mutex door;
    bell rung;
    bool set = false;
    auto ringer = thread::start([&] {
        holding held(door);
        set = true;
        rung.notify_all();
    });
    holding held(door);
    bool in_time = true;
    while (!set && in_time) in_time = rung.wait_until(door, (instant::max)());
    CHECK(in_time);
    CHECK(set);
}
