// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process.hpp>
#include <plumb/process/spawn_options.hpp>

#include <doctest/doctest.h>

#include "descriptors.hpp"
#include "folder.hpp"
#include "helper.hpp"
#include "sanitized.hpp"
#include "scarce_descriptors.hpp"
#include "storm.hpp"

#include <csignal>
#include <fcntl.h>
#include <optional>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace plumb;
using namespace std::chrono_literals;
using support::folder;

namespace {

const std::string child = support::helper("child");

std::string add(const folder& to, std::string_view name, std::string_view content, ::mode_t mode = 0755) {
    auto at = to / name;
    REQUIRE(file::open(at, file_mode::create).value().write_all(content).has_value());
    ::chmod(at.c_str(), mode);
    return at;
}

std::string output_of(std::initializer_list<std::string_view> words, spawn_options options = {}) {
    options.output = redirect::pipe;
    auto started = process::spawn(words, options);
    if (!started) return started.error().message();
    return started->output().read_to_end<std::string>().value();
}

error refusal(const command& what, const spawn_options& options = {}) {
    auto started = process::spawn(what, options);
    return started ? error(verb::none, std::errc{}) : started.error();
}

struct number {
    int of;
    os::handle native_handle() const { return of; }
};

// The text of the last of some lines that starts so.
std::string line_of(const std::string& text, std::string_view start) {
    auto at = text.find(start);
    return at == text.npos ? "" : text.substr(at + start.size(), text.find('\n', at) - at - start.size());
}

// Runs in a copy of this program, since it changes what belongs to all of it; true if all of it held.
template <class Function>
bool holds_apart(Function function) {
    return process::fork({.keep = {}}, function).value().wait().value().succeeded();
}

bool no_child_is_left() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

}  // namespace

TEST_CASE("a program that cannot be started is an error of spawn with the child's own cause, and leaves nothing") {
    folder here;
    auto long_name = here.path() + "/" + std::string(300, 'n');
    ::symlink((here / "loop").c_str(), (here / "loop").c_str());
    std::filesystem::copy_file("/bin/true", here / "busy_program");
    auto writer = file::open(here / "busy_program", file_mode::update).value();
    struct {
        std::string program;
        std::errc cause;
    } cases[] = {
        {"/no/such/program", std::errc::no_such_file_or_directory},
        {"no-such-program-in-path", std::errc::no_such_file_or_directory},
        {"", std::errc::no_such_file_or_directory},
        {here.path(), std::errc::permission_denied},                                                  // a folder
        {add(here, "plain", "text", 0644), std::errc::permission_denied},                            // nobody may run it
        {here / "plain/below", std::errc::not_a_directory},
        {add(here, "no_format", "echo hello\n"), std::errc::executable_format_error},                // no shell is asked
        {add(here, "empty", ""), std::errc::executable_format_error},
        {add(here, "bad_interpreter", "#!/no/such/interpreter\n"), std::errc::no_such_file_or_directory},
        {here / "loop", std::errc::too_many_symbolic_link_levels},
        {long_name, std::errc::filename_too_long},
        {here / "busy_program", std::errc::text_file_busy},
    };
    auto before = support::open_descriptors();
    for (auto& [program, cause] : cases) {
        INFO(program);
        CHECK(refusal({program}) == cause);
        CHECK(refusal({program}, {.input = redirect::pipe, .output = redirect::pipe, .error = redirect::pipe}) == cause);
    }
    CHECK(refusal({"/bin/true", std::string(200 * 1024, 'a')}) == std::errc::argument_list_too_long);
    std::vector<std::string> endless(40'000, std::string(100, 'a'));
    endless.front() = "/bin/true";
    CHECK(refusal(endless) == std::errc::argument_list_too_long);
    CHECK(refusal({"/bin/true"}, {.directory = "/no/such/place"}) == std::errc::no_such_file_or_directory);
    CHECK(refusal({"/bin/true"}, {.directory = "/bin/true"}) == std::errc::not_a_directory);
    CHECK(refusal({"/no/such/program"}).message() == "spawn: program: No such file or directory");
    CHECK(refusal({"/bin/true"}, {.directory = "/no/such/place"}).message() == "spawn: directory: No such file or directory");
    CHECK(refusal({""}).message() == "spawn: program: No such file or directory");
    CHECK(support::open_descriptors() == before);
    CHECK(no_child_is_left());
}

TEST_CASE("a script with an interpreter runs, and its words are one each") {
    folder here;
    auto script = add(here, "script", "#!/bin/sh\necho \"$# $1\"\n");
    CHECK(output_of({script, "a b; echo c"}) == "1 a b; echo c\n");
}

TEST_CASE("a program is looked for in PATH, past what cannot be run") {
    folder first, second;
    add(first, "tool", "not for running", 0644);
    add(second, "tool", "#!/bin/sh\necho found\n");
    CHECK(holds_apart([&] {
        ::setenv("PATH", ("/no/such/place:" + first.path() + ":" + second.path()).c_str(), 1);
        if (output_of({"tool"}) != "found\n") return false;
        ::setenv("PATH", first.path().c_str(), 1);
        if (refusal({"tool"}) != std::errc::permission_denied) return false;
        ::setenv("PATH", "", 1);    // here
        if (::chdir(second.path().c_str()) != 0 || output_of({"tool"}) != "found\n") return false;
        ::unsetenv("PATH");
        return output_of({"echo", "usual"}) == "usual\n";
    }));
}

TEST_CASE("a relative program is looked for from the child's directory") {
    folder here;
    add(here, "tool", "#!/bin/sh\npwd\n");
    CHECK(output_of({"./tool"}, {.directory = here.path()}) == here.path() + "\n");
}

TEST_CASE("only its streams and what is kept reach a program, close-on-exec or not") {
    int leaks[2];
    REQUIRE(::pipe(leaks) == 0);
    auto high = ::fcntl(leaks[0], F_DUPFD, 1000);
    auto kept = file::open("/dev/null", file_mode::update).value();
    CHECK(output_of({"ls", "/proc/self/fd"}) == "0\n1\n2\n3\n");    // ls reads the folder by 3
    auto seen = output_of({"sh", "-c", "ls /proc/$$/fd"}, {.keep = {kept}});
    CHECK(seen.find("\n" + std::to_string(kept.native_handle()) + "\n") != seen.npos);
    CHECK(seen.find("\n" + std::to_string(high) + "\n") == seen.npos);
    CHECK(::fcntl(kept.native_handle(), F_GETFD) == FD_CLOEXEC);    // ours is as it was
    CHECK(refusal({"/bin/true"}, {.keep = {number{high + 7}}}) == std::errc::bad_file_descriptor);
    for (int one : {leaks[0], leaks[1], high}) ::close(one);
}

TEST_CASE("each of 64 threads' children has no descriptor of another's") {
    std::vector<std::thread> threads;
    os::atomic<int> wrong{0};
    for (int i = 0; i < 64; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < (support::is_sanitized ? 1 : 3); ++round) {
                auto one = process::spawn({"ls", "/proc/self/fd"}, {.input = redirect::pipe, .output = redirect::pipe, .error = redirect::pipe});
                if (!one || one->output().read_to_end<std::string>() != "0\n1\n2\n3\n" || !one->wait()->succeeded()) wrong.add(1);
            }
        });
    for (auto& each : threads) each.join();
    CHECK(wrong.load() == 0);
}

TEST_CASE("copies of this program that others make meanwhile, and that hold what they find open, keep no start waiting") {
    if (support::is_sanitized) return;    // a start is a copy itself there, and the end of a pipe is all that tells
    os::atomic<bool> over{false};
    std::vector<pid_t> copies;
    std::thread others([&] {
        while (!over.load() && copies.size() < 100) {
            auto copy = ::fork();
            if (copy == 0)
                for (;;) ::pause();
            copies.push_back(copy);
        }
    });
    for (int i = 0; i < 50; ++i) {
        CHECK(refusal({"/no/such"}) == std::errc::no_such_file_or_directory);
        CHECK(process::spawn({"/bin/true"})->wait()->succeeded());
    }
    over.store(true);
    others.join();
    for (auto each : copies) {
        ::kill(each, SIGKILL);
        ::waitpid(each, nullptr, 0);
    }
}

TEST_CASE("every way to exchange the standard streams is right") {
    folder here;
    CHECK(holds_apart([&] {
        for (int i = 0; i < 3; ++i) {    // 0, 1 and 2 are files that tell their names
            auto made = ::open((here.path() + "/" + std::to_string(i)).c_str(), O_RDWR | O_CREAT, 0644);
            ::dup2(made, i);
            ::close(made);
        }
        auto at = here / "seen";
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                for (int c = 0; c < 3; ++c) {
                    auto one = process::spawn({child, "streams", at}, {.input = number{a}, .output = number{b}, .error = number{c}});
                    if (!one || !one->wait()->succeeded()) return false;
                    std::string wanted;
                    for (int source : {a, b, c}) wanted += here.path() + "/" + std::to_string(source) + "\n";
                    if (file::open(at).value().read_to_end<std::string>() != wanted) return false;
                }
        return true;
    }));
}

TEST_CASE("a program whose own standard streams are closed starts others all the same") {
    for (int closed = 1; closed < 8; ++closed) {
        INFO(closed);
        CHECK(holds_apart([=] {
            for (int i = 0; i < 3; ++i)
                if (closed >> i & 1) ::close(i);
            {
                auto cat = process::spawn({"cat"}, {.input = redirect::pipe, .output = redirect::pipe, .error = redirect::pipe});
                if (!cat || !cat->input().write_all("through")) return false;
                cat->input().close();
                if (cat->output().read_to_end<std::string>() != "through" || !cat->wait()->succeeded()) return false;
            }
            if (refusal({"/no/such"}) != std::errc::no_such_file_or_directory) return false;
            for (int i = 0; i < 3; ++i)    // they are closed still
                if (closed >> i & 1 && ::fcntl(i, F_GETFD) != -1) return false;
            return process::run({"cat"}, {.input = "again"})->output == "again";
        }));
    }
}

TEST_CASE("a child blocks and ignores nothing, unless that is asked for, and our mask is as it was") {
    sigset_t blocked, before, after;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    auto pipe_before = ::signal(SIGPIPE, SIG_IGN);
    auto user_before = ::signal(SIGUSR2, [](int) {});
    auto plain = output_of({"cat", "/proc/self/status"});
    CHECK(line_of(plain, "SigBlk:\t") == "0000000000000000");
    CHECK(line_of(plain, "SigIgn:\t") == "0000000000000000");
    auto asked = output_of({"cat", "/proc/self/status"}, {.inherit_signals = true});
    CHECK(line_of(asked, "SigBlk:\t") == "0000000000004200");
    auto ours = file::open("/proc/self/status").value().read_to_end<std::string>().value();
    CHECK(line_of(asked, "SigIgn:\t") == line_of(ours, "SigIgn:\t"));
    CHECK((std::stoull(line_of(asked, "SigIgn:\t"), nullptr, 16) & 0x1000) != 0);    // SIGPIPE
    CHECK(refusal({"/no/such"}) == std::errc::no_such_file_or_directory);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (int signal : {SIGTERM, SIGUSR1}) CHECK(::sigismember(&after, signal) == 1);
    for (int signal : {SIGINT, SIGCHLD, SIGUSR2, SIGRTMIN}) CHECK(::sigismember(&after, signal) == 0);
    auto deaf = process::spawn({child, "wait"}).value();
    CHECK(deaf.terminate().has_value());
    CHECK(deaf.wait()->signal() == signal_number::terminate);
    ::signal(SIGPIPE, pipe_before);
    ::signal(SIGUSR2, user_before);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("without descriptors nothing is started, nothing is left and nothing is lost") {
    auto open = support::open_descriptors();
    int started = 0, refused = 0;
    for (rlim_t more = 0; more <= 10; ++more) {
        std::optional<support::scarce_descriptors> few(std::in_place, more);
        auto one = process::spawn({"/bin/true"}, {.input = redirect::pipe, .output = redirect::pipe});
        auto ended = one ? one->wait() : result<process_status>(failure(one.error()));
        few.reset();
        if (ended && ended->succeeded()) ++started;
        else if (!one && one.error() == std::errc::too_many_files_open && one.error().operation() == verb::spawn) ++refused;
    }
    CHECK(started > 0);
    CHECK(refused > 0);
    CHECK(started + refused == 11);
    CHECK(support::open_descriptors() == open);
    CHECK(no_child_is_left());
}

TEST_CASE("without memory for an output nothing is left of a program that was run") {
    if (support::is_sanitized) return;    // which needs more memory than it may be left with
    CHECK(holds_apart([] {
        std::string unread(3 << 20, 'x');
        auto before = support::open_descriptors();
        rlimit little{256 << 20, 256 << 20};
        ::setrlimit(RLIMIT_AS, &little);
        try {
            (void)process::run({child, "fill", "1000000000", "0"}, {.input = unread});
            return false;
        } catch (const std::bad_alloc&) {
            return support::open_descriptors() == before && no_child_is_left();
        }
    }));
}

TEST_CASE("without processes nothing is started, and the pipes are closed") {
    CHECK(holds_apart([] {
        rlimit none{0, 0};
        if (::setuid(65534) != 0 && ::getuid() == 0) return false;
        ::setrlimit(RLIMIT_NPROC, &none);
        auto before = support::open_descriptors();
        auto cause = refusal({"/bin/true"}, {.input = redirect::pipe, .output = redirect::pipe});
        return cause == std::errc::resource_unavailable_try_again && support::open_descriptors() == before;
    }));
}

TEST_CASE("with SIGCHLD ignored a program's failure and its status are told all the same") {
    struct sigaction before, ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGCHLD, &ignored, &before);
    CHECK(refusal({"/no/such/program"}) == std::errc::no_such_file_or_directory);
    for (auto code : {"0", "7"}) {
        auto status = process::spawn({child, "exit", code})->wait();
        CHECK((status ? std::to_string(status->code()) == code : status.error() == condition::status_lost));
    }
    auto done = process::run({"cat"}, {.input = "text"});
    CHECK((done ? done->output == "text" : done.error() == condition::status_lost));
    ::sigaction(SIGCHLD, &before, nullptr);
}

TEST_CASE("a grandchild that holds the outputs open keeps nobody waiting, and is ended with its group") {
    auto start = os::native::now();
    auto done = process::run({"sh", "-c", "sleep 100 & echo $!"}).value();
    CHECK(os::native::now() - start < 20s);
    CHECK(done.status.succeeded());
    auto orphan = static_cast<pid_t>(std::stoi(done.output));
    CHECK(::kill(orphan, 0) == 0);
    ::kill(orphan, SIGKILL);

    done = process::run({"sh", "-c", "yes & echo $! >&2"}, {.own_group = true}).value();    // and one that never stops writing
    ::kill(static_cast<pid_t>(std::stoi(done.error)), SIGKILL);

    auto group = process::spawn({"sh", "-c", "sleep 100 & echo $!; wait"}, {.output = redirect::pipe, .own_group = true}).value();
    char line[16] = {};
    REQUIRE(group.output().read(line).has_value());
    auto member = static_cast<pid_t>(std::stoi(line));
    CHECK(::getpgid(member) == static_cast<pid_t>(group.id().number()));
    CHECK(group.kill_tree().has_value());
    CHECK(group.wait()->signaled());
    auto runs = [&] {    // an orphan is collected by whoever adopted it, or stays a zombie
        auto stat = file::open("/proc/" + std::to_string(member) + "/stat");
        auto text = stat ? stat->read_to_end<std::string>().value_or("") : "";
        return !text.empty() && text.find(") Z ") == text.npos;
    };
    while (runs()) {}
}

TEST_CASE("under a storm of signals programs are started, fed, heard and collected as without") {
    std::string text(200'000, 'x');
    support::storm storm;
    for (int round = 0; round < 10; ++round) {
        auto done = process::run({"cat"}, {.input = text}).value();
        CHECK((done.output == text && done.status.succeeded()));
        CHECK(refusal({"/no/such"}) == std::errc::no_such_file_or_directory);
    }
    auto quiet = process::spawn({child, "wait"}).value();
    CHECK(quiet.wait(within(50ms)).error() == condition::timed_out);
    CHECK(quiet.kill().has_value());
    CHECK(quiet.wait()->signal() == signal_number::kill);
    CHECK(storm.count() > 0);
}
