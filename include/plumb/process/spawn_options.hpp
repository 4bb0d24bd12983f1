// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/process/command.hpp>
#include <plumb/process/process_status.hpp>
#include <plumb/process/redirect.hpp>

#include <limits>

// What programs are started with, and what comes of one that is run to its end.

namespace plumb::inline v0_1 {

// How process::spawn starts a program: {.input = redirect::pipe, .directory = "/"}.
struct spawn_options {
    plumb::environment environment = {};
    // Where it starts; empty is where this program is. A program that is named by a relative path is looked for from there, on
    // POSIX; on Windows from where this program is.
    std::string_view directory = {};
    redirect input = redirect::inherit;
    redirect output = redirect::inherit;
    redirect error = redirect::inherit;
    // What it finds open beside its standard streams, under the same numbers. Nothing else crosses.
    std::vector<borrowed_handle> keep = {};
    // Whether the child and all that it starts are a group (Windows: a job), which can be ended together.
    bool own_group = false;
    // Whether it starts with this thread's signal mask, and ignores what this program ignores. Else it blocks and ignores nothing.
    bool inherit_signals = false;
    // How long the child may take to end when its owner goes, before it is killed.
    deadline grace = within(std::chrono::seconds(5));
};

// How process::run runs one.
struct run_options {
    bytes input = {};
    // For all of it: a child that has not ended by then is killed.
    deadline timeout = {};
    stop_token stop = {};
    // The most that either output may be.
    std::size_t most = (std::numeric_limits<std::size_t>::max)();
    plumb::environment environment = {};
    std::string_view directory = {};
    bool own_group = false;
    bool inherit_signals = false;
};

// What a program that was run has left.
struct run_outcome {
    process_status status;
    std::string output;
    std::string error;
};

}  // namespace plumb
