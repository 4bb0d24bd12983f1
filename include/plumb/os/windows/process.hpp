// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/process.hpp>
#include <plumb/os/thread.hpp>
#include <plumb/os/windows/command_line.hpp>

namespace plumb::inline v0_1::os {

inline constexpr bool can_fork = false;
inline constexpr std::string_view null_device = "NUL";

// Names of variables are compared without regard to case, here that of ASCII.
[[nodiscard]] inline bool is_same_variable(std::string_view left, std::string_view right) noexcept {
    auto lowered = [](char one) { return one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one; };
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (lowered(left[i]) != lowered(right[i])) return false;
    return true;
}

struct native_processes {
    // A handle keeps the number from others. The job holds the child and what it starts.
    struct child {
        HANDLE process;
        HANDLE job;
        DWORD number;
    };

    [[nodiscard]] static bool is_ours(child) noexcept { return true; }

    // Calls: GetEnvironmentStringsW.
    [[nodiscard]] static std::vector<std::string> variables() {
        std::vector<std::string> all;
        auto block = ::GetEnvironmentStringsW();
        for (auto each = block; each && *each; each += std::wstring_view(each).size() + 1) all.push_back(from_wide(each));
        if (block) ::FreeEnvironmentStringsW(block);
        return all;
    }

    // Calls: CreateProcessW with PROC_THREAD_ATTRIBUTE_HANDLE_LIST; for a group CreateJobObjectW, AssignProcessToJobObject.
    [[nodiscard]] static answer<child> start(const launch& how) {
        auto line = command_line(how.words);
        if (!line) return failure(line.error());
        if (how.directory.find('\0') != how.directory.npos) return failure(verb::spawn, std::errc::invalid_argument);
        auto directory = to_wide(verb::spawn, how.directory);
        if (!directory) return failure(directory.error());
        auto block = environment_block(how.variables);
        if (!block) return failure(block.error());
        inheritance handed;
        if (auto given = handed.give(how); !given) return failure(given.error());

        PROCESS_INFORMATION made;
        DWORD flags = CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | (how.own_group ? CREATE_SUSPENDED : 0);
        if (!::CreateProcessW(nullptr, line->data(), nullptr, nullptr, handed.is_any(), flags, how.variables ? block->data() : nullptr,
                              directory->empty() ? nullptr : directory->c_str(), handed.startup(), &made))
            return failure(refusal(last_error(verb::spawn)));
        child started{made.hProcess, nullptr, made.dwProcessId};
        auto grouped = how.own_group ? join_job(started) : result<void>();
        if (how.own_group && grouped) ::ResumeThread(made.hThread);
        ::CloseHandle(made.hThread);
        if (grouped) return started;
        ::TerminateProcess(started.process, by_kill);
        close(started);
        return failure(grouped.error());
    }

    [[nodiscard]] static std::uint32_t number(child one) noexcept { return one.number; }
    [[nodiscard]] static handle watched(child one) noexcept { return reinterpret_cast<handle>(one.process); }

    // More than the system waits for at once are looked after in turn, every 10 ms.
    // Calls: WaitForMultipleObjects.
    [[nodiscard]] static result<void> await(child one, const patience& limits) { return await_any({&one, 1}, limits); }
    [[nodiscard]] static result<void> await_any(slice<const child> children, const patience& limits) {
        constexpr std::size_t most = MAXIMUM_WAIT_OBJECTS - 1;
        HANDLE waited[most + 1];
        if (limits.sleeper) {
            auto stop = limits.sleeper->open_event();
            if (!stop) return failure(stop.error().during(verb::wait));
            waited[0] = reinterpret_cast<HANDLE>(*stop);
        }
        for (std::size_t next = 0;;) {
            DWORD count = limits.sleeper ? 1 : 0;
            for (auto last = detail::least(next + most, children.size()); next < last; ++next) waited[count++] = children[next].process;
            if (next == children.size()) next = 0;
            auto left = milliseconds_until(limits.until);
            auto ended = ::WaitForMultipleObjects(count, waited, FALSE, children.size() > most ? detail::least(left, 10) : left);
            if (ended == WAIT_FAILED) return failure(last_error(verb::wait));
            if (ended != WAIT_TIMEOUT && !(limits.sleeper && ended == WAIT_OBJECT_0)) return {};
            if (auto still = check<native>(verb::wait, limits); !still) return still;
        }
    }

    // Calls: WaitForSingleObject, GetExitCodeProcess.
    [[nodiscard]] static answer<ending> collect(child one, waiting waits) noexcept {
        auto ended = ::WaitForSingleObject(one.process, waits == waiting::yes ? INFINITE : 0);
        if (ended == WAIT_TIMEOUT) return failure(verb::wait, std::errc::resource_unavailable_try_again);
        DWORD code = 0;
        if (ended == WAIT_FAILED || !::GetExitCodeProcess(one.process, &code)) return failure(last_error(verb::wait));
        return ending{.code = code};
    }

    // There is no asking: it ends with the code that a signal stands for elsewhere. As elsewhere it may have ended already.
    // Calls: TerminateProcess.
    [[nodiscard]] static result<void> end(child one, bool force) noexcept {
        if (::TerminateProcess(one.process, force ? by_kill : by_terminate)) return {};
        auto cause = last_error(verb::kill);
        if (::WaitForSingleObject(one.process, 0) == WAIT_OBJECT_0) return {};
        return failure(cause);
    }
    // Calls: TerminateJobObject.
    [[nodiscard]] static result<void> end_tree(child one, bool force, bool) noexcept {
        if (!one.job) return failure(verb::kill, std::errc::operation_not_permitted);
        return done_or_error(verb::kill, ::TerminateJobObject(one.job, force ? by_kill : by_terminate));
    }

    static void close(child one) noexcept {
        ::CloseHandle(one.process);
        if (one.job) ::CloseHandle(one.job);
    }
    static void abandon(child one) noexcept { close(one); }    // the system keeps no zombies

private:
    static constexpr UINT by_terminate = 128 + 15, by_kill = 128 + 9;

    // What a child inherits: its standard streams, as duplicates, and what is kept. Nothing else crosses, whatever is inheritable.
    class inheritance {
    public:
        inheritance() { info_.StartupInfo.cb = sizeof info_; }
        inheritance(const inheritance&) = delete;
        ~inheritance() {
            for (auto each : made_) ::CloseHandle(each);
            for (auto each : marked_) ::SetHandleInformation(each, HANDLE_FLAG_INHERIT, 0);
            if (marks_) marking().unlock();
            if (info_.lpAttributeList) ::DeleteProcThreadAttributeList(info_.lpAttributeList);
        }

        [[nodiscard]] result<void> give(const launch& how) {
            constexpr DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
            HANDLE* places[] = {&info_.StartupInfo.hStdInput, &info_.StartupInfo.hStdOutput, &info_.StartupInfo.hStdError};
            info_.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
            for (int i = 0; i < 3; ++i) {
                auto source = how.streams[static_cast<std::size_t>(i)];
                auto given = duplicate(source == none ? ::GetStdHandle(standard[i]) : reinterpret_cast<HANDLE>(source), source != none);
                if (!given) return failure(given.error());
                *places[i] = *given;
            }
            if (marks_ = !how.keep.empty(); marks_) marking().lock();
            for (auto each : how.keep)
                if (auto marked = mark(reinterpret_cast<HANDLE>(each)); !marked) return marked;
            return list();
        }
        [[nodiscard]] STARTUPINFOW* startup() noexcept { return &info_.StartupInfo; }
        [[nodiscard]] bool is_any() const noexcept { return !listed_.empty(); }

    private:
        // Held from before what is kept is marked until it is so no more: the mark is the handle's, and another start of the same
        // would take it away too early.
        [[nodiscard]] static native_threads::mutex& marking() noexcept {
            static native_threads::mutex one;
            return one;
        }
        // One of our own that is not there is not there for the child either.
        [[nodiscard]] answer<HANDLE> duplicate(HANDLE source, bool must_be_there) {
            auto self = ::GetCurrentProcess();
            HANDLE made = nullptr;
            if (::DuplicateHandle(self, source, self, &made, 0, TRUE, DUPLICATE_SAME_ACCESS)) {
                made_.push_back(made);
                listed_.push_back(made);
            } else if (must_be_there) {
                return failure(last_error(verb::spawn));
            }
            return made;
        }
        [[nodiscard]] result<void> mark(HANDLE kept) {
            DWORD flags = 0;
            if (!::GetHandleInformation(kept, &flags) || !::SetHandleInformation(kept, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
                return failure(last_error(verb::spawn));
            if (!(flags & HANDLE_FLAG_INHERIT)) marked_.push_back(kept);
            listed_.push_back(kept);
            return {};
        }
        [[nodiscard]] result<void> list() {
            constexpr DWORD_PTR handle_list = 0x0002'0002;    // PROC_THREAD_ATTRIBUTE_HANDLE_LIST
            if (listed_.empty()) return {};
            SIZE_T size = 0;
            ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
            room_.resize(size);
            auto attributes = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(room_.data());
            if (!::InitializeProcThreadAttributeList(attributes, 1, 0, &size)) return failure(last_error(verb::spawn));
            info_.lpAttributeList = attributes;
            return done_or_error(verb::spawn, ::UpdateProcThreadAttribute(attributes, 0, handle_list, listed_.data(),
                                                                          listed_.size() * sizeof(HANDLE), nullptr, nullptr));
        }

        STARTUPINFOEXW info_{};
        std::vector<HANDLE> made_, marked_, listed_;
        bool marks_ = false;
        std::vector<std::byte> room_;
    };

    // The error of a start, which tells what of it failed.
    [[nodiscard]] static error refusal(error cause) noexcept {
        auto at = cause.cause() == ERROR_DIRECTORY ? launch_step::directory : launch_step::program;
        return cause.with(static_cast<std::uint32_t>(at));
    }

    [[nodiscard]] static result<void> join_job(child& one) noexcept {
        one.job = ::CreateJobObjectW(nullptr, nullptr);
        return done_or_error(verb::spawn, one.job && ::AssignProcessToJobObject(one.job, one.process));
    }

    // Each variable with its NUL, and one NUL more.
    [[nodiscard]] static answer<std::wstring> environment_block(const std::vector<std::string>* variables) {
        std::wstring block;
        if (!variables) return block;
        for (auto& each : *variables) {
            auto wide = to_wide(verb::spawn, each);
            if (!wide) return failure(wide.error());
            if (wide->find(L'\0') != wide->npos) return failure(verb::spawn, std::errc::invalid_argument);
            block.append(*wide).append(1, L'\0');
        }
        if (block.empty()) block.append(1, L'\0');
        return block.append(1, L'\0');
    }
};

}  // namespace plumb::os
