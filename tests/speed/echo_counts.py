#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The blocking echo paths cost what hand-written C costs: the same system calls, a few user instructions more a round trip, no
allocation. Counted by callgrind and strace, so no clock is involved."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

# Benchmark, protocol: how many instructions more than C.
more_allowed = {("echo", "tcp"): 2, ("echo", "local"): 2, ("echo", "udp"): 2, ("pipes", "pipe"): 10}

for tool in ("valgrind", "strace"):
    if not shutil.which(tool):
        print(f"needs {tool}")
        sys.exit(77)


def measured(benchmark):
    program = os.path.join(os.environ["PLUMB_BUILD_ROOT"], "benchmarks", benchmark, benchmark)
    if not os.path.exists(program):
        print("the benchmarks are not built")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "counts.json")
        subprocess.run([program, "--counts-only", "--json", path], check=True)
        with open(path) as file:
            return json.load(file)


wrong = []


def must(holds, what):
    if not holds:
        wrong.append(what)


all_measured = {benchmark: measured(benchmark) for benchmark in {benchmark for benchmark, _ in more_allowed}}
for (benchmark, protocol), more in more_allowed.items():
    found = {one["subject"]: one for one in all_measured[benchmark]["counts"] if one["protocol"] == protocol}
    c, plumb = found["C"], found["plumb"]
    must(sum(c["system_calls"].values()) == 2, f"{protocol}: C makes {c['system_calls']}, not two calls")
    must(plumb["system_calls"] == c["system_calls"], f"{protocol}: plumb makes {plumb['system_calls']}, C {c['system_calls']}")
    must(plumb["allocations"] == 0, f"{protocol}: {plumb['allocations']} allocations a round trip")
    must(c["instructions"] >= 20, f"{protocol}: {c['instructions']} instructions in C are too few to be true")
    if all_measured[benchmark]["compiler"].startswith("g++"):
        most = c["instructions"] + more
        must(plumb["instructions"] <= most, f"{protocol}: {plumb['instructions']} user instructions, {most:g} allowed")

print(*wrong, sep="\n")
sys.exit(bool(wrong))
