// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/os/borrowed_handle.hpp>
#include <plumb/process/process_status.hpp>

#include <exception>
#include <type_traits>
#include <utility>
#include <vector>

// Children that run a function of the same program. Where the system has no fork, process::fork is not there.

namespace plumb::inline v0_1 {

// What a child that runs a function is started with.
struct fork_options {
    // What stays open in the child beside what is moved in: {.keep = {log, counter}}.
    std::vector<borrowed_handle> keep = {};
    // Whether the child and all that it starts are a group, which can be ended together.
    bool own_group = false;
    // Whether the child keeps this thread's signal mask and the program's signal handlers. Else it starts with none of them.
    bool inherit_signals = false;
    // How long the child may take to end when its owner goes, before it is killed.
    deadline grace = within(std::chrono::seconds(5));
};

namespace detail {

// Tells of a failure in a child, as one line on its error output.
inline void report_failure(std::string text) {
    text += '\n';
    (void)os::native_files::write(static_cast<os::handle>(standard_stream::error), text);
}

// The exit code that stands for what a child's function gave: a code is at most 255, and what is not 0 never becomes it.
template <class T>
[[nodiscard]] int exit_code_of(const T& given) {
    if constexpr (is_result<T>) {
        if (!given) report_failure(given.error().message());
        if constexpr (std::is_void_v<typename T::value_type>) return given ? 0 : 1;
        else return given ? exit_code_of(*given) : 1;
    } else if constexpr (std::same_as<T, bool>) {
        return given ? 0 : 1;
    } else if constexpr (std::same_as<T, process_status>) {
        return exit_code_of(given.code());
    } else if constexpr (std::integral<T>) {
        return given >= 0 && given <= 255 ? static_cast<int>(given) : 255;
    } else {
        static_assert(std::integral<T>, "a child's function gives nothing, a bool, an int, a process_status, or a result of those");
    }
}

template <class Call>
[[nodiscard]] int exit_code_after(Call call) {
    if constexpr (std::is_void_v<decltype(call())>) return call(), 0;
    else return exit_code_of(call());
}

// Runs what a child is for; no exception gets beyond it.
template <class Call>
[[nodiscard]] int contained(Call call) noexcept {
#if defined(__cpp_exceptions)
    try {
        return exit_code_after(call);
    } catch (const std::exception& thrown) {
        report_failure(thrown.what());
    } catch (...) {
        report_failure("an exception of unknown type");
    }
    return 1;
#else
    return exit_code_after(call);
#endif
}

// Lists the handles of what is handed to a child: of a stream, of the stream inside of another, of the open ones of two that
// are one; of mere data there are none.
template <class T>
void add_handles(dynamic_array<os::handle>& to, T& given) {
    if constexpr (has_native_handle<T>) {
        to.push_back(given.native_handle());
    } else if constexpr (requires { given.inner(); }) {
        add_handles(to, given.inner());
    } else if constexpr (requires { given.reader(), given.writer(); }) {
        if (given.reader().is_open()) add_handles(to, given.reader());
        if (given.writer().is_open()) add_handles(to, given.writer());
    }
}

template <class Self, bool = os::can_fork>
struct fork_verb {};

template <class Self>
struct fork_verb<Self, true> {
    // Starts a copy of this program that calls function(streams...) and ends with what it gives. The streams are moved in: they
    // are the child's alone, and are closed here even if it cannot be started.
    // In the child every descriptor beyond the standard streams is closed but those of the streams and of `keep`. So what the
    // function captures by reference, or in itself, is closed there: read(bad_file_descriptor).
    // The child ends with `_exit`: exit code 0 for nothing or true, 1 for false, an int from 0 to 255 as it is and any other
    // as 255, the code of a process_status; 1, and a line on the error output that says why, for an error or an exception. It
    // runs no destructor of what lies outside of the function, and what it left in buffers of stdio is not written.
    // It has but the calling thread. Whatever another one had locked stays locked, memory from new excepted.
    // Errors: resource_unavailable_try_again (too many processes), not_enough_memory, bad_file_descriptor (in keep).
    // Calls: fork, pidfd_open, waitid; in the child close_range (Linux 5.9, else /proc/self/fd).
    template <class Function, class... Streams>
        requires std::invocable<Function&, Streams...>
    [[nodiscard]] static result<Self> fork(const fork_options& options, Function function, Streams... streams) {
        dynamic_array<os::handle> kept;
        for (auto& each : options.keep) kept.push_back(each.native_handle());
        (add_handles(kept, streams), ...);
        os::launch how{.keep = kept, .own_group = options.own_group, .inherit_signals = options.inherit_signals};
        auto made = Self::kernel::fork(how, [&] {
            return contained([&]() -> decltype(auto) { return function(std::move(streams)...); });
        });
        if (!made) return failure(made.error());
        return Self(*made, options.grace);
    }
    template <class Function, class... Streams>
        requires std::invocable<Function&, Streams...>
    [[nodiscard]] static result<Self> fork(Function function, Streams... streams) {
        return fork(fork_options{}, std::move(function), std::move(streams)...);
    }
};

}  // namespace detail

}  // namespace plumb
