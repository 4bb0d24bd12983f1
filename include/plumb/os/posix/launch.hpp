// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/os/launch.hpp>
#include <plumb/os/posix/c_strings.hpp>
#include <plumb/os/posix/close_others.hpp>
#include <plumb/os/posix/failure.hpp>

#include <csignal>
#include <pthread.h>
#include <utility>

// What is made for a child before it exists, and what the child does with it before it is itself.

namespace plumb::inline v0_1::os {

// Keeps signals and cancellation away from this thread while it lives: a child that is starting must run no handler of ours.
class undisturbed {
public:
    undisturbed() noexcept {
        sigset_t every;
        ::sigfillset(&every);
        ::pthread_sigmask(SIG_SETMASK, &every, &before_);
        ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_before_);
    }
    undisturbed(const undisturbed&) = delete;
    ~undisturbed() {
        ::pthread_setcancelstate(cancel_before_, nullptr);
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    [[nodiscard]] const sigset_t& mask_before() const noexcept { return before_; }

private:
    sigset_t before_;
    int cancel_before_ = 0;
};

// Whether the system throws the status of a child away as soon as it ends.
// Calls: sigaction. Source: POSIX waitpid, "SIGCHLD".
[[nodiscard]] inline bool forgets_children() noexcept {
    struct sigaction set {};
    ::sigaction(SIGCHLD, nullptr, &set);
    return set.sa_handler == SIG_IGN || (set.sa_flags & SA_NOCLDWAIT);
}

// What a child does first, alike for programs and functions. All signals are blocked here, and stay so until the end of it.
class beginning {
public:
    explicit beginning(const launch& how) noexcept : how_(&how) {}

    // Errors: bad_file_descriptor where a handle to keep is none.
    [[nodiscard]] result<void> prepare(verb operation) {
        for (auto each : how_->keep) {
            if (::fcntl(each, F_GETFD) == -1) return failure(last_error(operation));
            keep(each);
        }
        return {};
    }

    // Leaves a descriptor open that is ours and not the child's.
    void keep(handle one) {
        if (one < first_beyond_standard) return;
        kept_.push_back(one);
        for (auto place = kept_.size() - 1; place > 0 && kept_[place - 1] > one; --place) std::swap(kept_[place - 1], kept_[place]);
    }

    // In the child.
    void close_rest() const noexcept { close_others(kept_); }
    void enter_group() const noexcept {
        if (how_->own_group) ::setpgid(0, 0);
    }
    // Sets what is handled back to its default, and what is ignored as well unless that is inherited.
    void reset_signals() const noexcept {
        struct sigaction usual {};
        usual.sa_handler = SIG_DFL;
        for (int number = 1; number < NSIG; ++number) {
            struct sigaction set {};
            if (how_->inherit_signals && ::sigaction(number, nullptr, &set) == 0 && set.sa_handler == SIG_IGN) continue;
            ::sigaction(number, &usual, nullptr);
        }
    }
    // The last step, since what was blocked arrives now.
    void unblock(const sigset_t& mask_before) const noexcept {
        sigset_t nothing;
        ::sigemptyset(&nothing);
        ::pthread_sigmask(SIG_SETMASK, how_->inherit_signals ? &mask_before : &nothing, nullptr);
    }

private:
    const launch* how_;
    detail::dynamic_array<handle> kept_;    // sorted
};

// Why a child could not become its program, as the one number that it leaves.
[[nodiscard]] constexpr int refusal(launch_step at, int cause) noexcept { return static_cast<int>(at) << 16 | cause; }
[[nodiscard]] constexpr error error_of(int refusal) noexcept {
    return {verb::spawn, static_cast<std::errc>(refusal & 0xffff), static_cast<std::uint32_t>(refusal >> 16)};
}

// A program to become.
class program {
public:
    explicit program(const launch& how) : first(how), how_(&how), directory_(how.directory) {}

    // Errors: those of beginning; invalid_argument where there is no word, or a text has a NUL inside.
    [[nodiscard]] result<void> prepare() {
        if (how_->words.empty() || how_->directory.find('\0') != how_->directory.npos)
            return failure(verb::spawn, std::errc::invalid_argument);
        if (auto ready = first.prepare(verb::spawn); !ready) return ready;
        if (auto set = places_.set(verb::spawn, places_of(how_->words.front())); !set) return set;
        if (auto set = words_.set(verb::spawn, how_->words); !set) return set;
        if (how_->variables) return variables_.set(verb::spawn, *how_->variables);
        return {};
    }

    beginning first;

    // Becomes the program. In the child; comes back only with its refusal.
    [[nodiscard]] int become(const sigset_t& mask_before) const noexcept {
        first.enter_group();
        first.reset_signals();
        if (!directory_.empty() && ::chdir(directory_.c_str()) == -1) return refusal(launch_step::directory, errno);
        if (auto cause = set_streams()) return refusal(launch_step::streams, cause);
        for (auto each : how_->keep)
            if (::fcntl(each, F_SETFD, 0) == -1) return refusal(launch_step::streams, errno);
        first.close_rest();
        first.unblock(mask_before);
        return refusal(launch_step::program, execute());
    }

private:
    // Sources that are standard streams themselves are moved out of the way first: they may be swapped.
    // dup2 of a descriptor onto itself would keep its close-on-exec flag, which POSIX dup2 says.
    [[nodiscard]] int set_streams() const noexcept {
        auto sources = how_->streams;
        for (handle place = 0; auto& source : sources) {
            if (source != none && source != place && source < first_beyond_standard)
                if ((source = ::fcntl(source, F_DUPFD_CLOEXEC, first_beyond_standard)) == none) return errno;
            ++place;
        }
        for (handle place = 0; auto source : sources) {
            auto set = source == none || source == place ? ::fcntl(place, F_SETFD, 0) : ::dup2(source, place);
            if (set == -1 && source != none) return errno;    // one of ours that is closed is closed there, too
            ++place;
        }
        return 0;
    }

    // As execvp searches, but a file without `#!` is not given to a shell. Source: POSIX exec, "ERRORS".
    [[nodiscard]] int execute() const noexcept {
        auto variables = how_->variables ? variables_.data() : ::environ;
        auto denied = false;
        for (auto place = places_.data(); *place; ++place) {
            ::execve(*place, words_.data(), variables);
            denied = denied || errno == EACCES;
            if (errno != EACCES && errno != ENOENT && errno != ENOTDIR && errno != ENODEV && errno != ESTALE && errno != ETIMEDOUT)
                return errno;
        }
        return denied ? EACCES : errno;
    }

    const launch* how_;
    std::string directory_;
    c_strings places_, words_, variables_;
};

}  // namespace plumb::os
