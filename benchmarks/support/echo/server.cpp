// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include "../allocations.hpp"
#include "../machine.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

server::server(const echo_subject& subject, protocol with, const scratch& folder, const std::vector<std::string>& tool)
    : name_(std::string(subject.name) + " " + with.name), with_(with) {
    static std::atomic<int> number = 0;
    auto path = folder / "socket" + std::to_string(++number);
    auto [process, said] = start_again({"--serve", subject.name, with.name, path}, find_cores().servers, tool);
    child_ = process;
    said_ = said;
    unsigned port = 0;
    char line[32] = {};
    if (::read(said_, line, sizeof line - 1) <= 0 || std::sscanf(line, "ready %u", &port) != 1)
        fail(name_ + ": the server did not start");
    client_ = client_connect(with.number, port, path.c_str());
}

server::~server() {
    if (child_ != -1) end();
}

void server::trips(std::size_t size, long count) {
    if (!client_trips(client_, size, count)) fail(name_ + ": " + std::strerror(errno));
}

long server::end() {
    client_end(with_.number, client_);
    char line[64] = {};
    long count = -1;
    auto size = ::read(said_, line, sizeof line - 1);
    ::close(said_);
    int status = 0;
    auto ended = ::waitpid(std::exchange(child_, -1), &status, 0);
    if (ended == -1 || status != 0 || size <= 0 || std::sscanf(line, "allocations %ld", &count) != 1)
        fail(name_ + ": the server failed");
    return count;
}

// Both lines go straight to the pipe: stdio would ask for memory.
static void say(const char* word, long number) {
    char line[64];
    auto size = std::snprintf(line, sizeof line, "%s %ld\n", word, number);
    if (::write(STDOUT_FILENO, line, static_cast<std::size_t>(size)) == -1) std::exit(1);
}

int serve(const std::string& subject, const std::string& protocol, const char* path) {
    auto ready = [](unsigned port) { say("ready", static_cast<long>(port)); };
    auto found = std::ranges::find_if(subjects(), [&](auto one) { return subject == one->name; });
    auto with = std::ranges::find_if(protocols(), [&](auto& one) { return protocol == one.name; });
    if (found == subjects().end() || with == protocols().end()) return 2;
    try {
        (*found)->servers[with->number](ready, path);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    say("allocations", allocations());
    return 0;
}
