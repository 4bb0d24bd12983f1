// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/allocations.hpp"
#include "../support/tools.hpp"
#include "subject.h"

#include <span>
#include <string>
#include <vector>

// C on epoll first: it is what the others are measured against. Those that are not installed are not among them.
[[nodiscard]] std::span<const evented_subject* const> subjects();
// All, installed or not.
[[nodiscard]] std::span<const evented_subject* const> all_subjects();

// A server in a process of its own, which lives as long as this.
class server {
public:
    explicit server(const evented_subject& subject, const std::vector<std::string>& tool = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    [[nodiscard]] unsigned port() const { return port_; }
    [[nodiscard]] pid_t process() const { return process_; }
    [[nodiscard]] double cpu() const { return cpu_of(process_); }
    [[nodiscard]] memory_in_use memory() const { return *memory_; }
    [[nodiscard]] long resident() const;    // bytes

private:
    pid_t child_ = -1;      // the tool, if there is one
    pid_t process_ = -1;
    unsigned port_ = 0;
    memory_in_use* memory_;
};

// The server's side; returns the program's exit status.
int serve(const std::string& subject, const std::string& memory);
