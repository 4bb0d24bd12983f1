// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/signal_scope.hpp>

#include <doctest/doctest.h>

#include "child.hpp"
#include "signals.hpp"

#include <cerrno>
#include <optional>
#include <thread>
#include <vector>

using namespace plumb;
using os::signal_scope;
using support::action_of, support::native, support::same;

namespace {

// Counts what it is told, and spoils errno as a careless call would.
struct counting : os::signal_listener {
    void noted(signal_number number) noexcept override {
        count.add(1);
        last.store(number);
        errno = ERANGE;
    }
    os::atomic<int> count{0};
    os::atomic<signal_number> last{signal_number::interrupt};
};

constexpr auto one = signal_number::user_1, other = signal_number::user_2;

// A handler of somebody else's, with flags and a mask, while it lives.
class foreign_handler {
public:
    foreign_handler() {
        struct sigaction wanted {};
        wanted.sa_handler = [](int) { calls = calls + 1; };
        wanted.sa_flags = SA_NODEFER | SA_NOCLDSTOP;
        ::sigaddset(&wanted.sa_mask, SIGHUP);
        ::sigaction(native(one), &wanted, &before_);
        calls = 0;
    }
    ~foreign_handler() { ::sigaction(native(one), &before_, nullptr); }
    static inline volatile std::sig_atomic_t calls;

private:
    struct sigaction before_;
};

struct listening {
    counting* told = new counting;
    std::optional<signal_scope> scope = signal_scope::listen(one, os::shared<os::signal_listener>(told)).value();
};

}  // namespace

TEST_CASE("while a scope lives its listener is told, and then what was there is there again, flags and mask and all") {
    foreign_handler before_us;
    const auto before = action_of(one);
    {
        listening ours;
        CHECK_FALSE(same(before, action_of(one)));
        ::raise(SIGUSR1);
        CHECK(ours.told->count.load() == 1);
        CHECK(ours.told->last.load() == one);
        CHECK(before_us.calls == 0);
    }
    CHECK(same(before, action_of(one)));
    ::raise(SIGUSR1);
    CHECK(before_us.calls == 1);
}

TEST_CASE("the system's handler interrupts no call that it need not, runs alone, and leaves errno as it was") {
    listening ours;
    const auto now = action_of(one);
    CHECK((now.sa_flags & SA_RESTART) != 0);
    CHECK((now.sa_flags & SA_ONSTACK) != 0);
    CHECK(support::is_in(now.sa_mask, SIGTERM));
    errno = ENOTTY;
    ::raise(SIGUSR1);
    CHECK(errno == ENOTTY);
    CHECK(ours.told->count.load() == 1);
}

TEST_CASE("of several scopes for one signal the last one has it, and then the one before") {
    const auto before = action_of(one);
    listening outer;
    {
        listening inner;
        ::raise(SIGUSR1);
        CHECK(inner.told->count.load() == 1);
        CHECK(outer.told->count.load() == 0);
    }
    ::raise(SIGUSR1);
    CHECK(outer.told->count.load() == 1);
    outer.scope.reset();
    CHECK(same(before, action_of(one)));
}

TEST_CASE("scopes for one signal may end in any order") {
    foreign_handler before_us;
    const auto before = action_of(one);
    for (auto order : {std::vector{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
        std::vector<std::optional<listening>> scopes(3);
        for (auto& each : scopes) each.emplace();
        std::optional<signal_scope> silence = signal_scope::ignore(one).value();
        ::raise(SIGUSR1);    // ignored: nobody is told
        for (auto& each : scopes) CHECK(each->told->count.load() == 0);
        scopes[static_cast<std::size_t>(order[0])].reset();
        CHECK((action_of(one).sa_handler == SIG_IGN));
        silence.reset();
        ::raise(SIGUSR1);
        int told = 0;
        for (auto& each : scopes) told += each ? each->told->count.load() : 0;
        CHECK(told == 1);
        for (auto each : order) scopes[static_cast<std::size_t>(each)].reset();
        CHECK(same(before, action_of(one)));
    }
    CHECK(before_us.calls == 0);
}

TEST_CASE("a scope that cannot have all it wants changes nothing") {
    const auto before = action_of(one);
    for (auto never : {signal_number::kill, signal_number::stop, signal_number::segmentation_fault, signal_number::bus_error,
                       signal_number::arithmetic_error, signal_number::illegal_instruction}) {
        auto told = new counting;
        auto refused = signal_scope::listen({one, never, other}, os::shared<os::signal_listener>(told));
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == std::errc::invalid_argument);
        CHECK(refused.error().operation() == verb::signal);
        CHECK(same(before, action_of(one)));
    }
    listening ours;
    REQUIRE_FALSE(signal_scope::ignore({one, signal_number::kill}));
    ::raise(SIGUSR1);
    CHECK(ours.told->count.load() == 1);
}

TEST_CASE("a scope that was moved holds on, and one that is replaced lets go") {
    const auto before = action_of(one), before_other = action_of(other);
    listening ours;
    auto moved = *std::move(ours.scope);
    ours.scope.reset();
    ::raise(SIGUSR1);
    CHECK(ours.told->count.load() == 1);
    moved = signal_scope::ignore(other).value();
    CHECK(same(before, action_of(one)));
    CHECK((action_of(other).sa_handler == SIG_IGN));
    moved = signal_scope::ignore({}).value();
    CHECK(same(before_other, action_of(other)));
}

TEST_CASE("in a copy that fork has made a signal does what it did before the scope") {
    SUBCASE("the default") {
        listening ours;
        auto child = ::fork();
        if (child == 0) {
            ::raise(SIGUSR1);
            ::_exit(1);    // not reached: SIGUSR1 ends it
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGUSR1);
        CHECK(ours.told->count.load() == 0);
    }
    SUBCASE("somebody else's handler, and a scope of the copy's own works as ever") {
        CHECK(support::in_child([] {
                  foreign_handler before_us;
                  const auto before = action_of(one);
                  listening ours;
                  return support::in_child([&]() -> std::string {
                      ::raise(SIGUSR1);
                      if (before_us.calls != 1) return "the former handler was not called";
                      if (!same(before, action_of(one))) return "the former action is not back";
                      {
                          listening own;
                          ::raise(SIGUSR1);
                          if (own.told->count.load() != 1) return "its own listener was not told";
                      }
                      if (!same(before, action_of(one))) return "the former action is not back after its own scope";
                      ours.scope.reset();
                      if (!same(before, action_of(one))) return "the end of the parent's scope changed something";
                      return "well";
                  });
              }) == "well");
    }
}

TEST_CASE("listeners come and go while signals come in other threads") {
    auto ignored = signal_scope::ignore(one).value();
    os::atomic<bool> over{false};
    int told = 0;
    {
        std::vector<std::jthread> senders;
        for (int i = 0; i < 2; ++i)
            senders.emplace_back([&] { while (!over.load()) ::raise(SIGUSR1); });
        for (int i = 0; i < 60 || told == 0; ++i) {
            listening outer, inner;
            if (i % 2) outer.scope.reset();
            std::this_thread::yield();
            told += inner.told->count.load();
        }
        over.store(true);
    }
    CHECK(told > 0);
}
