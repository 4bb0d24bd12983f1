#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""An echo on the event loop, on epoll, makes the system calls of hand-written C and allocates nothing; it costs no more user
instructions, and an idle connection no more memory, than it did, there and on io_uring. Counted by callgrind, strace and malloc's
books: no clock is involved."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

# How many user instructions more than C, one connection alone and fifty of which many are ready in one turn. How many are decides
# over a few. On io_uring that many, alone and in batches.
more_alone, more_in_batches = 146, 96
most_on_uring = 470
# Of an idle connection. One buffer more or less of a loop on io_uring is 26 for each of them.
most_bytes = {"plumb, epoll": 400, "plumb, io_uring": 420}

for tool in ("vgdb", "strace"):
    if not shutil.which(tool):
        print(f"needs {tool}")
        sys.exit(77)

program = os.path.join(os.environ["PLUMB_BUILD_ROOT"], "benchmarks", "evented_echo", "evented_echo")
if not os.path.exists(program):
    print("the benchmarks are not built")
    sys.exit(77)


def count(subjects):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "counts.json")
        subprocess.run([program, "--counts-only", "--filter", subjects, "--json", path], check=True)
        with open(path) as file:
            return json.load(file)


measured = count("epoll")
wrong = []


def must(holds, what):
    if not holds:
        wrong.append(what)


found = {one["subject"]: one for one in measured["counts"] + count("plumb, io_uring")["counts"]}
c, plumb = found["C, epoll"], found["plumb, epoll"]
for name in {*c["system_calls"], *plumb["system_calls"]}:
    of_c, of_plumb = c["system_calls"].get(name, 0), plumb["system_calls"].get(name, 0)
    must(abs(of_c - of_plumb) < 0.02, f"{name}: {of_plumb} an echo, C {of_c}")
for name, most in most_bytes.items():
    if one := found.get(name):    # io_uring may be forbidden here
        must(one["allocations"] < 0.01, f"{name}: {one['allocations']} allocations an echo")
        must(one["connection_allocations"] < 1.1, f"{name}: {one['connection_allocations']} allocations a connection")
        must(one["connection_bytes"] <= most, f"{name}: {one['connection_bytes']} bytes an idle connection")
must(c["instructions"] >= 60, f"{c['instructions']} instructions in C are too few to be true")
if measured["compiler"].startswith("g++"):
    for what, more in (("instructions", more_alone), ("instructions_in_batches", more_in_batches)):
        must(plumb[what] <= c[what] + more, f"{what}: {plumb[what]}, C {c[what]}")
        must(found.get("plumb, io_uring", {}).get(what, 0) <= most_on_uring, f"{what}, on io_uring: {found.get('plumb, io_uring')}")

print(*wrong, sep="\n")
sys.exit(bool(wrong))
