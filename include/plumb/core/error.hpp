// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/cause.hpp>

#include <compare>

// What went wrong, as a value: which operation failed, why, and where. One 64-bit word, so that it travels in a register.

namespace plumb::inline v0_1 {

// The operations that can fail. An error's message starts with the name of its own.
enum class verb : std::uint8_t {
    none, parse, open, close, bind, listen, connect, accept, read, write, send, receive, shutdown, get, set,
    local_endpoint, peer_endpoint, duplicate, adopt, pair, send_file, resolve, reverse_resolve, wait, seek, scope,
    random, start_thread, convert, pipe, copy, spawn, fork, run, kill, signal, alarm,
};

namespace detail {

inline constexpr char verb_names[][16] = {
    "", "parse", "open", "close", "bind", "listen", "connect", "accept", "read", "write", "send", "receive",
    "shutdown", "get", "set", "local_endpoint", "peer_endpoint", "duplicate", "adopt", "pair", "send_file",
    "resolve", "reverse_resolve", "wait", "seek", "scope", "random", "start_thread", "convert", "pipe", "copy", "spawn",
    "fork", "run", "kill", "signal", "alarm",
};

}  // namespace detail

[[nodiscard]] constexpr std::string_view name_of(verb operation) noexcept {
    return detail::verb_names[static_cast<std::uint8_t>(operation)];
}

// Where the start of a child failed: the detail of an error of spawn or run, and in its message.
enum class launch_step : std::uint32_t {
    preparing,    // what the child was to be given, or the child itself, could not be made
    streams,      // its standard streams could not be set up
    directory,    // it could not go where it was to start
    program,      // the program could not be found or run
};

// One failed operation: which, why, and a number that says more (an offset, or the bytes that did move).
// Threads: a plain value.
class error {
public:
    constexpr error(verb operation, std::errc cause, std::uint32_t detail = 0) noexcept
        : error(operation, error_domain::posix, static_cast<std::uint16_t>(cause), detail) {}
    constexpr error(verb operation, condition cause, std::uint32_t detail = 0) noexcept
        : error(operation, error_domain::plumb, static_cast<std::uint16_t>(cause), detail) {}
    constexpr error(verb operation, lookup cause, std::uint32_t detail = 0) noexcept
        : error(operation, error_domain::resolver, static_cast<std::uint16_t>(cause), detail) {}
    constexpr error(verb operation, error_domain domain, std::uint16_t cause, std::uint32_t detail = 0) noexcept
        : word_(std::uint64_t{detail} << 32 | std::uint64_t(domain) << 24 | std::uint64_t(operation) << 16 | cause) {}

    [[nodiscard]] constexpr verb operation() const noexcept { return static_cast<verb>(word_ >> 16 & 0xff); }
    [[nodiscard]] constexpr error_domain domain() const noexcept { return static_cast<error_domain>(word_ >> 24 & 0xff); }
    [[nodiscard]] constexpr std::uint16_t cause() const noexcept { return static_cast<std::uint16_t>(word_); }
    [[nodiscard]] constexpr std::uint32_t detail() const noexcept { return static_cast<std::uint32_t>(word_ >> 32); }

    // The same cause, told of another operation.
    [[nodiscard]] constexpr error during(verb operation) const noexcept { return {operation, domain(), cause(), detail()}; }
    // The same error with another detail.
    [[nodiscard]] constexpr error with(std::uint32_t detail) const noexcept { return {operation(), domain(), cause(), detail}; }

    // The cause as the standard library spells it.
    [[nodiscard]] std::error_code code() const noexcept { return {cause(), detail::category_of(domain())}; }

    // The cause as a sentence, without the operation: "Connection refused".
    [[nodiscard]] std::string reason() const;

    // Operation and cause: "connect: Connection refused", "spawn: directory: No such file or directory".
    [[nodiscard]] std::string message() const;

    friend constexpr bool operator==(error, error) noexcept = default;
    friend constexpr bool operator==(error left, condition right) noexcept {
        return left.domain() == error_domain::plumb && left.cause() == static_cast<std::uint16_t>(right);
    }
    friend constexpr bool operator==(error left, lookup right) noexcept {
        return left.domain() == error_domain::resolver && left.cause() == static_cast<std::uint16_t>(right);
    }
    // True on every system whose cause means the same.
    friend constexpr bool operator==(error left, std::errc right) noexcept {
        return detail::meaning_of(left.domain(), left.cause()) == right && right != std::errc{};
    }

private:
    std::uint64_t word_;    // cause 0..15, operation 16..23, domain 24..31, detail 32..63
};

static_assert(sizeof(error) == 8);

namespace detail {

[[gnu::cold]] inline void add_reason(short_text& to, error cause) {
    add_sentence(to, cause.domain(), cause.cause());
    if (cause.domain() != error_domain::plumb) return;
    auto add_detail = [&](std::string_view before, std::string_view after) {
        to.add(before);
        to.add(cause.detail());
        to.add(after);
    };
    switch (static_cast<condition>(cause.cause())) {
    case condition::end_of_stream: return add_detail(", after ", " bytes");
    case condition::invalid_text: return add_detail(" at offset ", "");
    case condition::too_long: return add_detail(" of ", " bytes");
    case condition::truncated: return cause.detail() ? add_detail(": ", " bytes") : void();
    case condition::timed_out:
    case condition::cancelled: return cause.detail() ? add_detail(", after ", " bytes") : void();
    default: return;
    }
}

[[nodiscard]] constexpr std::string_view step_of(error cause) noexcept {
    constexpr std::string_view steps[] = {"", "streams: ", "directory: ", "program: "};
    auto is_of_start = cause.operation() == verb::spawn || cause.operation() == verb::run;
    auto is_of_system = cause.domain() == error_domain::posix || cause.domain() == error_domain::windows;
    return steps[is_of_start && is_of_system ? cause.detail() & 3 : 0];
}

[[nodiscard, gnu::cold]] inline short_text message_of(error cause) {
    short_text text;
    text.add(verb_names[static_cast<std::uint8_t>(cause.operation())]);
    if (cause.operation() != verb::none) text.add(": ");
    text.add(step_of(cause));
    add_reason(text, cause);
    return text;
}

}  // namespace detail

inline std::string error::reason() const {
    detail::short_text text;
    detail::add_reason(text, *this);
    return std::string(text.view());
}

inline std::string error::message() const { return std::string(detail::message_of(*this).view()); }

}  // namespace plumb
