// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/deadline.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/shared.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

// What a server tells while it runs, and when it ends. The same for every model.

namespace plumb::inline v0_1::serve {

// What can happen to a server.
enum class happening : unsigned char {
    accepted,    // a connection came in and is being served
    ended,       // its handler is done
    failed,      // its handler gave an error: cause
    crashed,     // its handler threw, or its process did not end by itself: reason
    cut,         // it outlasted the drain and is being ended
    starved,     // a connection could not be accepted, or no thread or process be started for it: cause. Another try follows.
};

[[nodiscard]] constexpr std::string_view name_of(happening what) noexcept {
    constexpr std::string_view names[] = {"accepted", "ended", "failed", "crashed", "cut", "starved"};
    return names[static_cast<unsigned char>(what)];
}

// One of these, as it is told to an observer.
struct event {
    happening what;
    error cause{verb::none, std::errc{}};    // of what failed and what starved
    std::string_view reason{};               // of what crashed; lives as long as the call
    std::size_t running = 0;                 // connections being served, after this
    std::uint64_t accepted = 0;              // connections since the server began
};

// "failed: read: Connection reset by peer (3 running, 40 accepted)".
[[nodiscard]] inline std::string to_string(const event& told) {
    std::string text(name_of(told.what));
    if (told.cause.cause() != 0) text.append(": ").append(told.cause.message());
    if (!told.reason.empty()) text.append(": ").append(told.reason);
    return text.append(" (").append(std::to_string(told.running)).append(" running, ")
        .append(std::to_string(told.accepted)).append(" accepted)");
}

// Hears what happens: made from any function that takes an event, which must not throw.
// Threads: it is called by one thread at a time, which may be any of the server's.
class observer {
    struct listening : os::counted {
        virtual void hear(const event& told) = 0;
        virtual ~listening() = default;
    };
    template <class Function>
    struct listening_by final : listening {
        explicit listening_by(Function hears) : hears_(std::move(hears)) {}
        void hear(const event& told) override { hears_(told); }
        Function hears_;
    };

public:
    observer() = default;    // hears nothing
    template <class Function>
        requires(!std::same_as<Function, observer>) && std::invocable<Function&, const event&>
    observer(Function hears) : listening_(new listening_by<Function>(std::move(hears))) {}

    void operator()(const event& told) const noexcept {
        if (listening_.get()) listening_->hear(told);
    }

private:
    os::shared<listening> listening_;
};

// Why a server ended.
enum class ending : unsigned char {
    stopped,       // a stop was requested
    shut_down,     // its acceptor was shut down
    served_all,    // it has served as many connections as it was to
};

// How a server ended.
struct report {
    ending why = ending::stopped;
    std::uint64_t accepted = 0;    // all of them have ended
    std::uint64_t failed = 0;      // of those, how many by an error of their handler,
    std::uint64_t crashed = 0;     // how many by a crash,
    std::uint64_t cut = 0;         // and how many had to be ended after the drain
};

// "stopped: 40 accepted, 3 failed, 0 crashed, 1 cut".
[[nodiscard]] inline std::string to_string(const report& told) {
    constexpr std::string_view reasons[] = {"stopped", "shut down", "served all"};
    std::string text(reasons[static_cast<unsigned char>(told.why)]);
    auto add = [&, before = ": "](std::uint64_t count, std::string_view what) mutable {
        text.append(std::exchange(before, ", ")).append(std::to_string(count)).append(" ").append(what);
    };
    add(told.accepted, "accepted");
    add(told.failed, "failed");
    add(told.crashed, "crashed");
    add(told.cut, "cut");
    return text;
}

// As many connections as may come.
inline constexpr std::uint64_t unlimited = (std::numeric_limits<std::uint64_t>::max)();

// How long the connections that run may go on after a stop, unless told otherwise.
inline constexpr deadline default_drain = within(std::chrono::seconds(5));

}  // namespace plumb::serve
