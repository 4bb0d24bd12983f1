// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/os/process.hpp>

#include <initializer_list>

// What a program is started as: its words, and its environment.

namespace plumb::inline v0_1 {

// A program and its arguments, word by word: no shell reads them, and what only a shell can run is refused. A program without a
// slash is looked for in the folders of this program's PATH; on Windows where CreateProcess looks, first beside this program.
// A view: the words must outlive the call.
class command {
public:
    command(std::initializer_list<std::string_view> words) {
        words_.reserve(words.size());
        for (auto each : words) words_.push_back(each);
    }
    // Any range of texts, such as a std::vector<std::string>.
    template <class Range>
        requires requires(const Range& range) {
            { *range.begin() } -> std::convertible_to<std::string_view>;
            range.end();
        }
    command(const Range& words) {
        for (std::string_view each : words) words_.push_back(each);
    }

    [[nodiscard]] os::slice<const std::string_view> words() const noexcept { return words_; }

private:
    detail::dynamic_array<std::string_view> words_;
};

// The environment of a child: by default that of this program.
class environment {
public:
    environment() = default;
    // These variables, each NAME=value, and no others.
    environment(std::initializer_list<std::string_view> only) : variables_(only.begin(), only.end()), is_whole_(true) {}
    // No variable at all.
    [[nodiscard]] static environment none() { return environment(std::initializer_list<std::string_view>{}); }
    // Those of this program, but these: NAME=value sets one, NAME alone takes one away.
    [[nodiscard]] static environment with(std::initializer_list<std::string_view> changes) {
        environment changed(changes);
        changed.is_whole_ = false;
        return changed;
    }

    [[nodiscard]] bool is_inherited() const noexcept { return !is_whole_ && variables_.empty(); }

    // Every variable that the child gets.
    // Errors: invalid_argument (no NAME; no = where it is needed).
    [[nodiscard]] result<std::vector<std::string>> variables() const {
        auto all = is_whole_ ? std::vector<std::string>() : os::native_processes::variables();
        for (std::string_view each : variables_) {
            auto name = each.substr(0, each.find('='));
            if (name.empty() || (is_whole_ && name.size() == each.size())) return failure(verb::spawn, std::errc::invalid_argument);
            std::erase_if(all, [&](std::string_view other) {
                return os::is_same_variable(name, other.substr(0, other.find('=', 1)));    // Windows has some that start with =
            });
            if (name.size() < each.size()) all.emplace_back(each);
        }
        return all;
    }

private:
    std::vector<std::string> variables_;
    bool is_whole_ = false;
};

}  // namespace plumb
