// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/transfer.hpp>

#include <plumb/os/native.hpp>

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace plumb;
using os::handle_kind, os::waiting;

namespace {

using native = os::native_transfers;

// Two ends that are connected, closed when they go.
struct pair {
    int from = -1, to = -1;
    explicit pair(handle_kind kind) {
        int made[2];
        REQUIRE((kind == handle_kind::pipe ? ::pipe2(made, O_CLOEXEC) : ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, made)) == 0);
        from = made[0];
        to = made[1];
    }
    pair(const pair&) = delete;
    ~pair() {
        if (from != -1) ::close(from);
        ::close(to);
    }
    void close_reader() {
        ::close(from);
        from = -1;
    }
    std::string read() {
        std::string text(100'000, ' ');
        auto size = ::read(from, text.data(), text.size());
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }
};

struct memory_file {
    int handle = ::memfd_create("plumb", MFD_CLOEXEC);
    explicit memory_file(std::string_view content = "") {
        REQUIRE(::pwrite(handle, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
    }
    memory_file(const memory_file&) = delete;
    ~memory_file() { ::close(handle); }
    std::string content() const {
        std::string text(100, ' ');
        text.resize(static_cast<std::size_t>(::pread(handle, text.data(), text.size(), 0)));
        return text;
    }
};

bool is_pending() {
    sigset_t pending;
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGPIPE) == 1;
}

template <handle_kind From, handle_kind To>
result<std::size_t> transfer(int from, int to, std::size_t most, waiting waits = waiting::yes) {
    static_assert(native::transfers(From, To, waiting::yes));
    return native::transfer<From, To>(from, to, most, waits);
}

constexpr auto file = handle_kind::file, pipe_ = handle_kind::pipe, socket_ = handle_kind::socket;

}  // namespace

TEST_CASE("the kernel joins these pairs and no others") {
    struct { handle_kind from, to; bool joins, without_waiting; } rows[] = {
        {file, file, true, true},      {file, pipe_, true, true},    {file, socket_, true, false},
        {pipe_, file, true, true},     {pipe_, pipe_, true, true},   {pipe_, socket_, true, false},
        {socket_, file, false, false}, {socket_, pipe_, true, true}, {socket_, socket_, false, false},
    };
    for (auto& row : rows) {
        CHECK(native::transfers(row.from, row.to, waiting::yes) == row.joins);
        CHECK(native::transfers(row.from, row.to, waiting::no) == row.without_waiting);
    }
}

TEST_CASE("a file is taken from where it stands, as far as it goes, and moves on") {
    memory_file from("0123456789"), to;
    pair pipe(pipe_), socket(socket_);
    REQUIRE(::lseek(from.handle, 1, SEEK_SET) == 1);
    CHECK(transfer<file, socket_>(from.handle, socket.to, 2) == 2u);
    CHECK(transfer<file, pipe_>(from.handle, pipe.to, 2) == 2u);
    CHECK(transfer<file, file>(from.handle, to.handle, 2) == 2u);
    CHECK(::lseek(from.handle, 0, SEEK_CUR) == 7);
    CHECK(transfer<file, socket_>(from.handle, socket.to, 100) == 3u);
    CHECK(transfer<file, socket_>(from.handle, socket.to, 100) == 0u);
    CHECK(transfer<file, pipe_>(from.handle, pipe.to, 100) == 0u);
    CHECK(transfer<file, file>(from.handle, to.handle, 100) == 0u);
    CHECK(socket.read() == "12789");
    CHECK(pipe.read() == "34");
    CHECK(to.content() == "56");
}

TEST_CASE("a pipe is taken as far as it is filled, and its end is 0") {
    memory_file to;
    pair from(pipe_), pipe(pipe_), socket(socket_);
    REQUIRE(::write(from.to, "abcdefg", 7) == 7);
    CHECK(transfer<pipe_, pipe_>(from.from, pipe.to, 2) == 2u);
    CHECK(transfer<pipe_, file>(from.from, to.handle, 2) == 2u);
    CHECK(transfer<pipe_, socket_>(from.from, socket.to, 100) == 3u);
    CHECK((pipe.read() == "ab" && to.content() == "cd" && socket.read() == "efg"));
    CHECK(transfer<pipe_, file>(from.from, to.handle, 100, waiting::no).error() == std::errc::resource_unavailable_try_again);
    ::close(from.to);
    from.to = ::dup(from.from);
    CHECK(transfer<pipe_, file>(from.from, to.handle, 100, waiting::no) == 0u);
}

TEST_CASE("nothing waits that was told not to: not for a socket, not for a pipe, empty or full") {
    pair from(socket_), to(pipe_);
    memory_file zeros(std::string(100'000, 'z'));
    CHECK(transfer<socket_, pipe_>(from.from, to.to, 100, waiting::no).error() == std::errc::resource_unavailable_try_again);
    REQUIRE(::write(from.to, "abc", 3) == 3);
    CHECK(transfer<socket_, pipe_>(from.from, to.to, 100, waiting::no) == 3u);
    CHECK(to.read() == "abc");
    auto moved = transfer<file, pipe_>(zeros.handle, to.to, 100'000, waiting::no);
    CHECK(moved.value() >= 4096);
    CHECK(transfer<file, pipe_>(zeros.handle, to.to, 100'000, waiting::no).error() == std::errc::resource_unavailable_try_again);
    REQUIRE(::write(from.to, "abc", 3) == 3);
    CHECK(transfer<socket_, pipe_>(from.from, to.to, 100, waiting::no).error() == std::errc::resource_unavailable_try_again);
}

TEST_CASE("under a guard a reader that is gone is an error and no signal, and what was pending is pending still") {
    memory_file some("some");
    auto all_to_nobody = [&] {
        pair pipe(pipe_), socket(socket_), from(pipe_);
        REQUIRE(::write(from.to, "x", 1) == 1);
        pipe.close_reader();
        socket.close_reader();
        ::lseek(some.handle, 0, SEEK_SET);
        CHECK(transfer<file, socket_>(some.handle, socket.to, 4).error() == std::errc::broken_pipe);      // sendfile
        CHECK(transfer<file, pipe_>(some.handle, pipe.to, 4).error() == std::errc::broken_pipe);          // splice
        CHECK(transfer<pipe_, pipe_>(from.from, pipe.to, 4).error() == std::errc::broken_pipe);
        CHECK(transfer<pipe_, socket_>(from.from, socket.to, 4).error() == std::errc::broken_pipe);
    };
    {
        native::transfer_guard quiet;
        all_to_nobody();
        CHECK(is_pending());    // held back
    }
    CHECK_FALSE(is_pending());
    sigset_t only, before, after;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &only, &before);
    ::pthread_kill(::pthread_self(), SIGPIPE);
    {
        native::transfer_guard quiet;
        all_to_nobody();
    }
    CHECK(is_pending());
    timespec at_once{};
    CHECK(::sigtimedwait(&only, nullptr, &at_once) == SIGPIPE);
    ::pthread_sigmask(SIG_SETMASK, &before, &after);
    CHECK(::sigismember(&after, SIGPIPE) == 1);
}

TEST_CASE("what cannot be joined is an invalid argument, and a file that hides its size is no empty one") {
    pair pipe(pipe_), socket(socket_);
    REQUIRE(::write(pipe.to, "x", 1) == 1);
    CHECK(transfer<file, socket_>(pipe.from, socket.to, 1).error() == std::errc::invalid_argument);    // a pipe under a file's name
    auto hidden = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    memory_file to;
    auto moved = transfer<file, file>(hidden, to.handle, 100);
    CHECK((moved ? *moved > 0 : moved.error() == std::errc::invalid_argument));
    ::close(hidden);
}
