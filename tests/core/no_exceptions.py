#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A program without exceptions does the same by error values, and dies with the message where it says must()."""

import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "tests", "support")))
from compiling import include

program = r"""
#include <plumb/plumb.hpp>
#include <array>
#include <cstdio>
using namespace plumb;
int main() {
    auto server = must(tcp::listen({ipv4_address::loopback(), 0}));
    auto at = must(server.local_endpoint());
    auto client = must(tcp::connect(at, within(std::chrono::seconds(5)), no_delay{true}));
    auto peer = must(server.accept());
    must(client.write_all("hello"));
    must(client.shutdown(direction::write));
    buffered lines(std::move(peer));
    auto line = lines.read_line();
    if (!line) return 3;
    std::printf("%.*s\n", static_cast<int>(line->size()), line->data());
    auto end = lines.read_line();
    std::printf("%s\n", end ? "more" : end.error().message().c_str());
    auto child = must(process::fork([] { return 3; }));
    std::printf("%s\n", to_string(must(child.wait())).c_str());
    auto failing = must(process::fork([]() -> result<void> { return failure(verb::bind, std::errc::address_in_use); }));
    std::printf("%s\n", to_string(must(failing.wait())).c_str());
    std::printf("%s", must(process::run({"cat"}, {.input = "through\n"})).output.c_str());
    std::printf("%s\n", process::spawn({"/no/such"}).error().message().c_str());
    std::fflush(stdout);
    must(tcp::connect({ipv4_address::any(), 80}));
}
"""
for compiler in ("g++", "clang++-19"):
    try:
        subprocess.run([compiler, "--version"], check=True, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        continue
    subprocess.run([compiler, "-std=c++23", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror", f"-I{include}", "-x", "c++", "-", "-o", "without"],
                   input=program, text=True, check=True)
    done = subprocess.run(["./without"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"})
    print(compiler, done)
    assert done.stdout == ("hello\nread: The stream ended early, after 0 bytes\nexited with 3\nexited with 1\nthrough\n"
                           "spawn: program: No such file or directory\n")
    assert done.stderr == "bind: Address already in use\nconnect: Cannot assign requested address\n"
    assert done.returncode == -signal.SIGABRT
