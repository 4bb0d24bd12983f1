// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/file.hpp>
#include <plumb/os/launch.hpp>
#include <plumb/os/persist.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

// Child processes at the height of system calls. Everything that a child needs is made before it exists, so that between its
// start and its program only calls are made that a signal handler might make, too.

namespace plumb::inline v0_1::os {

// What carries out the calls. A `child` is a plain value that names one; whoever has it closes it.
//   can_fork                      whether there is fork()
//   null_device                   the path of what swallows everything and is always at its end
//   is_same_variable(left, right)    whether two names are those of one variable
//   variables()                   the environment of this program, each NAME=value
//   start(launch)                 a child that runs a program. Its failure to start is an error of this.
//   fork(launch, function)        POSIX alone: a child that ends with what function() gives, the low eight bits of an int
//   is_ours(child)                whether this process has started it; a copy of the one that has must leave it alone
//   number(child)                 the system's number for it
//   watched(child)                what becomes readable when it ends; none where the system has no such thing
//   await(child, patience)        waits until it has ended, and leaves it to be collected
//   await_any(children, patience) waits until at least one of them has ended
//   collect(child, waiting)       how it ended; afterwards the system has forgotten it. With no: resource_unavailable_try_again
//                                 while it runs. status_lost when somebody else has collected it.
//   send(child, number)           sends a signal to it. Never after it was collected.
//   end(child, force)             asks it to end (SIGTERM, and SIGCONT should it be stopped), or ends it by force (SIGKILL)
//   end_tree(child, force, collected)    the same for it and what it started, if own_group was asked for
//   close(child)                  lets go of it after it was collected
//   abandon(child)                lets go of it while it runs: it is collected by a later start, once it has ended
template <class System>
concept process_system = requires(typename System::child child, slice<const typename System::child> children,
                                  const launch& how, const patience& limits, waiting waits) {
    { System::variables() } -> std::same_as<std::vector<std::string>>;
    { System::start(how) } -> std::convertible_to<result<typename System::child>>;
    { System::is_ours(child) } noexcept -> std::same_as<bool>;
    { System::number(child) } noexcept -> std::same_as<std::uint32_t>;
    { System::watched(child) } noexcept -> std::same_as<handle>;
    { System::await(child, limits) } -> std::same_as<result<void>>;
    { System::await_any(children, limits) } -> std::same_as<result<void>>;
    { System::collect(child, waits) } -> std::convertible_to<result<ending>>;
    { System::end(child, true) } -> std::same_as<result<void>>;
    { System::end_tree(child, true, true) } -> std::same_as<result<void>>;
    { System::close(child) } noexcept;
    { System::abandon(child) };
};

}  // namespace plumb::os

#if defined(PLUMB_OS_WINDOWS)
#include <plumb/os/windows/process.hpp>
#else
#include <plumb/os/posix/process.hpp>
#endif
