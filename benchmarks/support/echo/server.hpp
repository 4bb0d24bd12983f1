// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../tools.hpp"
#include "client.h"
#include "subject.h"

#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

// A server in a process of its own: this program started once more, to serve.

struct protocol {
    const char* name;
    int number;
};
inline constexpr std::size_t sizes[] = {64, 1024, 16384};

// What the benchmark itself says of what it measures.
struct description {
    const char *summary, *heading, *plot_title;
};
extern const description about;
[[nodiscard]] std::span<const protocol> protocols();
// C first: it is what the others are measured against.
[[nodiscard]] std::span<const echo_subject* const> subjects();

// One server and the client's connection to it.
class server {
public:
    server(const echo_subject& subject, protocol with, const scratch& folder, const std::vector<std::string>& tool = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // Makes round trips, or ends the program with a message.
    void trips(std::size_t size, long count);
    // Seconds of CPU that the server has used so far.
    [[nodiscard]] double cpu() const { return cpu_of(child_); }
    // Ends the server and says how often it asked for memory.
    long end();

private:
    std::string name_;
    protocol with_;
    pid_t child_ = -1;
    int said_ = -1;
    client_ends client_;
};

// The server's side: serves one client and returns the program's exit status.
int serve(const std::string& subject, const std::string& protocol, const char* path);
