#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What it costs to include plumb: preprocessed lines and compile seconds of each umbrella, and the README's echo server
beside the same server in C and on Asio. Times are medians of interleaved rounds: compare them within one run only."""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
include = root / "include"
line_goals = {"plumb/address.hpp": 24_500, "plumb/socket.hpp": 46_000}
second_goals = {"plumb/plumb.hpp": 0.65}   # of asio.hpp's
echo_second_goal = 0.45                    # of the server on Asio
echo_byte_goal = 24 * 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (5)")
    parser.add_argument("--compiler", default="g++", help="g++ or clang++ of some version (g++)")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only headers whose name has TEXT in it")
    parser.add_argument("--json", metavar="FILE", help="writes the figures as JSON")
    return parser.parse_args()


def has(compiler, header):
    source = f"#if !__has_include(<{header}>)\n#error\n#endif\n"
    done = subprocess.run([compiler, "-std=c++23", "-E", "-x", "c++", "-"], input=source, text=True, capture_output=True)
    return done.returncode == 0


def lines(compiler, source):
    done = subprocess.run([compiler, "-std=c++23", "-E", "-P", "-DASIO_STANDALONE", f"-I{include}", source],
                          text=True, capture_output=True, check=True)
    return done.stdout.count("\n")


def cpu_seconds(command):
    """The CPU that a command and its children used: other work on the machine disturbs that least."""
    before = os.times()
    subprocess.run(command, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def interleaved(commands, rounds):
    """The median seconds of each command; the rounds run all of them, in an order drawn anew."""
    seconds = {name: [] for name in commands}
    for name, command in commands.items():
        cpu_seconds(command)    # the first run only fills caches
    for _ in range(rounds):
        for name in random.sample(sorted(commands), len(commands)):
            seconds[name].append(cpu_seconds(commands[name]))
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def verdict(value, goal):
    return "" if goal is None else "  reached" if value <= goal else "  MISSED"


def measure_headers(chosen, folder):
    headers = sorted((f"plumb/{path.name}" for path in (include / "plumb").glob("*.hpp")), key=lambda name: (name == "plumb/plumb.hpp", name))
    headers += [name for name in ("asio/ip/address.hpp", "asio/ip/tcp.hpp", "asio.hpp") if has(chosen.compiler, name)]
    headers = [name for name in headers if chosen.filter in name]
    sources = {}
    for name in headers:
        sources[name] = os.path.join(folder, name.replace("/", "_") + ".cpp")
        pathlib.Path(sources[name]).write_text(f"#include <{name}>\n")
    common = [chosen.compiler, "-std=c++23", "-DASIO_STANDALONE", f"-I{include}", "-fsyntax-only"]
    seconds = interleaved({name: common + [source] for name, source in sources.items()}, chosen.repeat)
    return {name: {"lines": lines(chosen.compiler, sources[name]), "seconds": seconds[name]} for name in headers}


def print_headers(found):
    asio = found.get("asio.hpp", {}).get("seconds")
    order = sorted((name for name in found if name.startswith("plumb/") and name != "plumb/plumb.hpp"), key=lambda name: found[name]["lines"])
    order += [name for name in found if name not in order]
    print(f"{'':22}{'lines':>9}{'goal':>9}{'seconds':>11}{'of asio.hpp':>14}{'goal':>7}")
    for name in order:
        one = found[name]
        line_goal, share_goal = line_goals.get(name), second_goals.get(name)
        share = one["seconds"] / asio if asio else None
        print(f"{name:22}{one['lines']:9,}{f'{line_goal:,}' if line_goal else '':>9}{one['seconds']:11.2f}"
              f"{f'{share:.2f}' if share else '':>14}{share_goal or '':>7}"
              f"{verdict(one['lines'], line_goal)}{verdict(share, share_goal) if share else ''}")
    if asio is None:
        print("Asio is not here (package libasio-dev).")


def measure_programs(chosen, folder):
    programs = {
        "C": [chosen.compiler, "-x", "c", "-std=c17", "-O2", str(here / "echo.c")],
        "plumb": [chosen.compiler, "-std=c++23", "-O2", f"-I{include}", str(root / "examples/readme_echo.cpp")],
    }
    if has(chosen.compiler, "asio.hpp"):
        programs["Asio"] = [chosen.compiler, "-std=c++23", "-O2", "-DASIO_STANDALONE", str(here / "echo_asio.cpp")]
    commands = {name: command + ["-o", os.path.join(folder, name)] for name, command in programs.items()}
    seconds = interleaved(commands, chosen.repeat)
    found = {}
    for name in programs:
        subprocess.run(["strip", os.path.join(folder, name)], check=True)
        found[name] = {"seconds": seconds[name], "stripped_bytes": os.path.getsize(os.path.join(folder, name))}
    return found


def print_programs(found):
    asio = found.get("Asio", {}).get("seconds")
    print(f"\n{'the echo server, -O2':22}{'bytes, stripped':>18}{'goal':>9}{'seconds':>11}{'of Asio':>10}{'goal':>7}")
    for name, one in found.items():
        ours = name == "plumb"
        share = one["seconds"] / asio if asio else None
        print(f"{name:22}{one['stripped_bytes']:18,}{f'{echo_byte_goal:,}' if ours else '':>9}{one['seconds']:11.2f}"
              f"{f'{share:.2f}' if share else '':>10}{echo_second_goal if ours else '':>7}"
              f"{verdict(one['stripped_bytes'], echo_byte_goal) if ours else ''}"
              f"{verdict(share, echo_second_goal) if ours and share else ''}")


def main():
    chosen = arguments()
    if not shutil.which(chosen.compiler):
        raise SystemExit(f"include_cost: {chosen.compiler} is not installed")
    version = subprocess.run([chosen.compiler, "--version"], text=True, capture_output=True, check=True).stdout.splitlines()[0]
    print(f"{version}. Preprocessed lines (-E -P), CPU seconds of -fsyntax-only; median of {chosen.repeat} interleaved rounds.\n")
    with tempfile.TemporaryDirectory() as folder:
        headers = measure_headers(chosen, folder)
        print_headers(headers)
        programs = measure_programs(chosen, folder) if not chosen.filter else {}
        if programs:
            print_programs(programs)
    if chosen.json:
        pathlib.Path(chosen.json).write_text(json.dumps({"compiler": version, "headers": headers, "programs": programs}, indent=2) + "\n")


main()
