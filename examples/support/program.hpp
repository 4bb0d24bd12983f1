// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/plumb.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the examples share: how they read their command line, speak, and end.
//   exit 0   it worked
//   exit 1   it did not; stderr says why:  tcp_echo_client: connect 127.0.0.1:1: Connection refused
//   exit 2   the command line is wrong; stderr says how it goes
// Data goes to stdout, everything else to stderr.

namespace program {

inline std::string name;    // in front of everything on stderr

// Says something to whoever started the program.
inline void say(std::string_view text) {
    std::fprintf(stderr, "%s: %.*s\n", name.c_str(), static_cast<int>(text.size()), text.data());
}

// "connect 127.0.0.1:1: Connection refused"
[[nodiscard]] inline std::string sentence(plumb::error cause, std::string_view subject) {
    return std::string(name_of(cause.operation())).append(" ").append(subject).append(": ").append(cause.reason());
}

// Gives the value of a result, or ends the program with the reason. The subject is what a person calls the thing.
template <class T>
T require(plumb::result<T> outcome, std::string_view subject) {
    if (!outcome) throw std::runtime_error(sentence(outcome.error(), subject));
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

// The program's own input, as a stream like any other.
[[nodiscard]] inline plumb::file input() {
    return require(plumb::file::standard(plumb::standard_stream::input), "stdin");
}

// Writes data to stdout, whole and at once.
inline void print(plumb::bytes data) {
    static auto output = require(plumb::file::standard(plumb::standard_stream::output), "stdout");
    require(output.write_all(data), "stdout");
}

// The first address of a HOST:PORT.
[[nodiscard]] inline plumb::endpoint place_at(std::string_view text) {
    return require(plumb::resolve(text), text).endpoints.front();
}

// What is wrong with the command line.
struct usage_error : std::runtime_error {
    using runtime_error::runtime_error;
};

// The words of a command line. Each is taken once; what nobody has taken at the end() is one word too many.
class arguments {
public:
    arguments(int count, char** words) {
        auto options_ended = false;
        for (int i = 1; i < count; ++i) {
            std::string_view word = words[i];
            auto is_option = !options_ended && word.size() > 1 && word.starts_with('-');
            if (is_option && word == "--") options_ended = true;
            else (is_option ? options_ : positionals_).push_back(word);
        }
    }

    // Whether --name is there.
    [[nodiscard]] bool flag(std::string_view option) {
        return taken(options_, [&](auto word) { return word.starts_with("--") && word.substr(2) == option; }).has_value();
    }

    // The number of --name=NUMBER, which is at least 1.
    [[nodiscard]] std::uint32_t number(std::string_view option, std::uint32_t otherwise) {
        auto digits = text(option);
        if (!digits) return otherwise;
        std::uint32_t value = 0;
        auto [end, wrong] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
        if (wrong != std::errc() || end != digits->data() + digits->size() || value == 0)
            refuse(option, *digits, "that is no number from 1 to 4294967295");
        return value;
    }

    // The WORD of --name=WORD, which is one of those: the first, if the option is not there.
    [[nodiscard]] std::string_view choice(std::string_view option, std::initializer_list<std::string_view> all) {
        auto word = text(option);
        if (!word) return *all.begin();
        if (std::ranges::find(all, *word) == all.end()) refuse(option, *word, "there is no such choice");
        return *word;
    }

    // The next word that is no option. The options have been taken before it.
    [[nodiscard]] std::string_view word(std::string_view what) {
        auto found = optional_word();
        if (!found) throw usage_error(std::string(what) + " is missing");
        return *found;
    }

    // The next word that is no option, if there is one.
    [[nodiscard]] std::optional<std::string_view> optional_word() {
        refuse(options_);
        return taken(positionals_, [](auto) { return true; });
    }

    // The HOST:PORT to talk to.
    [[nodiscard]] std::string_view remote_place() {
        auto text = word("HOST:PORT");
        auto halves = plumb::split_host_port(text);
        if (!halves) throw usage_error(std::string(text) + ": that is no HOST:PORT");
        auto is_name = std::ranges::any_of(halves->service, [](unsigned char each) { return std::isalpha(each); });
        if (!is_name && !plumb::port::parse(halves->service)) throw usage_error(std::string(text) + ": that is no port");
        return text;
    }

    // The HOST:PORT to be found at, which is the last word: by default a free port, which only this machine reaches.
    [[nodiscard]] plumb::endpoint local_place() {
        if (positionals_.empty()) return {plumb::ipv4_address::loopback(), plumb::port::any()};
        auto text = remote_place();
        end();
        return place_at(text);
    }

    // Ends the reading of the command line.
    void end() const {
        refuse(options_);
        refuse(positionals_);
    }

private:
    // What follows --name=.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view option) {
        auto start = "--" + std::string(option) + "=";
        auto word = taken(options_, [&](auto each) { return each.starts_with(start); });
        if (word) word->remove_prefix(start.size());
        return word;
    }

    [[noreturn]] static void refuse(std::string_view option, std::string_view value, std::string_view why) {
        throw usage_error("--" + std::string(option) + "=" + std::string(value) + ": " + std::string(why));
    }
    static void refuse(const std::vector<std::string_view>& left) {
        if (!left.empty()) throw usage_error(std::string(left.front()) + ": unknown, or once too often");
    }

    static std::optional<std::string_view> taken(std::vector<std::string_view>& from, auto fits) {
        auto found = std::ranges::find_if(from, fits);
        if (found == from.end()) return {};
        auto word = *found;
        from.erase(found);
        return word;
    }

    std::vector<std::string_view> options_, positionals_;
};

// Whoever started the program may have closed its input or output. What is opened first would then take their place, and
// get what was meant for a person: something harmless takes it instead.
inline void hold_standard_streams() {
    while (auto held = plumb::file::open("/dev/null")) {
        if (held->native_handle() > 2) return;
        (void)held->release();
    }
}

// Runs a program: its main function in all but name. The usage text starts with the program's name.
int run(std::string_view usage, int count, char** words, auto body) {
    hold_standard_streams();
    name = usage.substr(0, usage.find_first_of(" \n"));
    auto help = "usage: " + std::string(usage);
    try {
        arguments given(count, words);
        if (given.flag("help")) print(help);
        else body(given);
        return 0;
    } catch (const usage_error& wrong) {
        say(wrong.what());
        std::fputs(help.c_str(), stderr);
        return 2;
    } catch (const std::exception& wrong) {
        say(wrong.what());
        return 1;
    }
}

}  // namespace program
