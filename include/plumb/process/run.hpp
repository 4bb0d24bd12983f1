// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/exchange.hpp>
#include <plumb/process/process.hpp>

// Programs that are started, fed, listened to and waited for in one go.

namespace plumb::inline v0_1 {

namespace detail {

// How a program is started to be run to its end: with pipes to talk to it.
[[nodiscard]] inline spawn_options to_be_run(const run_options& options) {
    return {.environment = options.environment,
            .directory = options.directory,
            .input = options.input.empty() ? redirect::null : redirect::pipe,
            .output = redirect::pipe,
            .error = redirect::pipe,
            .own_group = options.own_group,
            .inherit_signals = options.inherit_signals,
            .grace = within(std::chrono::seconds(0))};
}

}  // namespace detail

inline result<run_outcome> process::run(const command& what, const run_options& options) {
    auto settled = os::patience_of<os::native>(options.timeout, options.stop);
    auto child = spawn(what, detail::to_be_run(options));
    if (!child) return failure(child.error().during(verb::run));
    std::string output, error;
    os::exchange traffic{.input = std::move(child->input()),
                         .unsent = options.input,
                         .outputs = {{{child->output().native_handle(), &output}, {child->error().native_handle(), &error}}},
                         .most = options.most};
    auto moved = os::carry(child->child_, traffic, settled);
    if (!moved) {
        if (!child->kill_tree()) (void)child->kill();
        return failure(moved.error());
    }
    auto status = child->wait();
    if (!status) return failure(status.error().during(verb::run));
    return run_outcome{*status, std::move(output), std::move(error)};
}

}  // namespace plumb
