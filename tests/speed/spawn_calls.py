#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A start copies nothing of the parent (vfork, no fork and no clone) and makes no system call that posix_spawn would not, but
those of the pipe that the cause of a failure comes through, of the pidfd, and of closing what was not handed over."""

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

program = os.path.join(os.environ["PLUMB_BUILD_ROOT"], "benchmarks", "spawn", "spawn")
if not os.path.exists(program):
    print("the benchmarks are not built")
    sys.exit(77)
if not shutil.which("strace"):
    print("needs strace")
    sys.exit(77)


def calls(subject):
    """System calls for a start, in the parent and in the child before it is the program."""
    with tempfile.NamedTemporaryFile("r") as log:
        done = subprocess.run(["strace", "-f", "-qq", "-o", log.name, program, "--parent", subject, "1"], input=b"0.2\n0.2\n", stdout=subprocess.PIPE)
        starts = sum(int(line.split()[0]) for line in done.stdout.splitlines())
        made, programs, children = collections.Counter(), set(), None
        for line in log:
            found = re.match(r"(\d+) +(\w+)\(", line)
            if not found:
                continue
            process, name = found.groups()
            children = children or process    # the first one is the parent
            if process not in programs and (process != children or made or name in ("vfork", "clone", "clone3", "pipe2")):
                made[name] += 1
            if name == "execve" and process != children:
                programs.add(process)
    return {name: count / starts for name, count in made.items() if count >= starts}, starts


ours, starts = calls("plumb")
theirs, _ = calls("posix_spawn")
print(f"plumb, {starts} starts: {ours}\nposix_spawn: {theirs}")
wrong = []
if starts < 3:
    wrong.append(f"{starts} starts are too few to tell")
if ours.get("vfork") != 1 or any(name in ours for name in ("fork", "clone", "clone3")):
    wrong.append("a start is not one vfork")
more = {"pipe2": 1, "pidfd_open": 1, "close_range": 2, "close": 4, "fcntl": 3, "rt_sigprocmask": 4, "rt_sigaction": 3}
for name, count in ours.items():
    most = theirs.get(name, 0) + more.get(name, 0)
    if name not in ("vfork", "waitid", "getrusage") and count > most:    # the last is the benchmark's own
        wrong.append(f"{count} calls of {name}, {most} allowed")
print(*wrong, sep="\n")
sys.exit(bool(wrong))
