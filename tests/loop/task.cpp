// SPDX-License-Identifier: BSL-1.0
#include <plumb/loop/task.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

using namespace plumb;

static_assert(std::is_nothrow_move_constructible_v<task<int>> && !std::is_copy_constructible_v<task<int>>);

namespace {

// Another library's coroutine: begins at once, and knows nothing of ours.
struct foreign {
    struct promise_type {
        foreign get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { throw; }
    };
    std::coroutine_handle<promise_type> frame;
    foreign(std::coroutine_handle<promise_type> made) : frame(made) {}
    foreign(const foreign&) = delete;
    ~foreign() { frame.destroy(); }
};

// Another library's awaitable: it keeps who waits, for the test to let go on.
struct foreign_gate {
    std::coroutine_handle<> waiter;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { waiter = handle; }
    int await_resume() const noexcept { return 42; }
};

task<int> five() { co_return 5; }
task<int> sum(int first, int second) { co_return first + second + co_await five(); }
task<> fails() {
    throw std::runtime_error("on purpose");
    co_return;
}
task<int> through(foreign_gate& gate) { co_return co_await gate + 1; }

template <class T>
T run(task<T> work) {
    work.start();
    REQUIRE(work.is_done());
    return work.take();
}

}  // namespace

TEST_CASE("a task begins when it is awaited, and gives its value") {
    auto begun = false;
    auto work = [&]() -> task<int> {
        begun = true;
        co_return co_await sum(1, 2);
    };
    auto made = work();
    CHECK_FALSE(begun);
    CHECK(run(std::move(made)) == 8);
    CHECK(begun);
    CHECK(made.is_empty());
}

TEST_CASE("a task gives what cannot be copied, and references") {
    auto made = run([]() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); }());
    CHECK(*made == 3);
    int here = 1;
    auto refer = [&]() -> task<int&> { co_return here; };
    auto outer = [&]() -> task<> { (co_await refer())++; };
    run(outer());
    CHECK(here == 2);
}

TEST_CASE("an exception reaches whoever awaits the task, through every level") {
    auto middle = []() -> task<> { co_await fails(); };
    auto outer = [&]() -> task<std::string> {
        try {
            co_await middle();
        } catch (const std::runtime_error& thrown) {
            co_return thrown.what();
        }
        co_return "nothing was thrown";
    };
    CHECK(run(outer()) == "on purpose");
    CHECK_THROWS_WITH(run(middle()), "on purpose");
}

TEST_CASE("a million awaits of tasks that are ready take no stack") {
    auto work = []() -> task<long> {
        long all = 0;
        for (int i = 0; i < 1'000'000; ++i) all += co_await five();
        co_return all;
    };
    CHECK(run(work()) == 5'000'000);
}

TEST_CASE("tasks that end one after another, each having waited, take no stack either") {
    foreign_gate gate;
    auto work = [&]() -> task<int> {
        int all = 0;
        for (int i = 0; i < 100'000; ++i) all += co_await through(gate);
        co_return all;
    };
    auto made = work();
    made.start();
    while (!made.is_done()) gate.waiter.resume();
    CHECK(made.take() == 4'300'000);
}

TEST_CASE("a task awaits what another library made, and goes on when that lets it") {
    foreign_gate gate;
    auto work = [&]() -> task<int> { co_return co_await through(gate) * 2; };
    auto made = work();
    made.start();
    CHECK_FALSE(made.is_done());
    gate.waiter.resume();
    CHECK(made.take() == 86);
}

TEST_CASE("another library's coroutine awaits a task of ours, whether it waits or not") {
    foreign_gate gate;
    int got = 0;
    auto work = [&]() -> foreign {
        got = co_await five();
        got += co_await through(gate);
    };
    auto other = work();
    CHECK(got == 5);
    gate.waiter.resume();
    CHECK(got == 48);
    CHECK(other.frame.done());
}

TEST_CASE("a task that is dropped while it waits runs its destructors, and those of the tasks that it awaits") {
    std::vector<std::string> gone;
    struct mark {
        std::vector<std::string>& told;
        std::string name;
        ~mark() { told.push_back(name); }
    };
    foreign_gate gate;
    auto inner = [&]() -> task<int> {
        mark one{gone, "inner"};
        co_return co_await gate;
    };
    auto outer = [&]() -> task<> {
        mark one{gone, "outer"};
        (void)co_await inner();
        gone.push_back("not reached");
    };
    {
        auto made = outer();
        made.start();
    }
    CHECK(gone == std::vector<std::string>{"inner", "outer"});
    { auto never = outer(); }
    CHECK(gone.size() == 2);
}

TEST_CASE("a task that is assigned to another ends the other") {
    auto work = five();
    work = sum(1, 1);
    CHECK(run(std::move(work)) == 7);
}
