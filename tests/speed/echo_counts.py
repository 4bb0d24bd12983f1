#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The blocking echo path costs what hand-written C costs: the same system calls, at most two user instructions more a
round trip, no allocation. Counted by callgrind and strace, so no clock is involved."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

benchmark = os.path.join(os.environ["PLUMB_BUILD_ROOT"], "benchmarks/echo/echo")
more_allowed = {"tcp": 2, "local": 2}    # a datagram also brings its sender and its full size: counted, not bounded

if not os.path.exists(benchmark):
    print("the benchmarks are not built")
    sys.exit(77)
for tool in ("valgrind", "strace"):
    if not shutil.which(tool):
        print(f"needs {tool}")
        sys.exit(77)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "counts.json")
    subprocess.run([benchmark, "--counts-only", "--json", path], check=True)
    with open(path) as file:
        measured = json.load(file)

wrong = []


def must(holds, what):
    if not holds:
        wrong.append(what)


found = {(one["protocol"], one["subject"]): one for one in measured["counts"]}
for protocol in ("tcp", "udp", "local"):
    c, plumb = found[protocol, "C"], found[protocol, "plumb"]
    must(sum(c["system_calls"].values()) == 2, f"{protocol}: C makes {c['system_calls']}, not two calls")
    must(plumb["system_calls"] == c["system_calls"], f"{protocol}: plumb makes {plumb['system_calls']}, C {c['system_calls']}")
    must(plumb["allocations"] == 0, f"{protocol}: {plumb['allocations']} allocations a round trip")
    must(c["instructions"] >= 20, f"{protocol}: {c['instructions']} instructions in C are too few to be true")
    if measured["compiler"].startswith("g++") and protocol in more_allowed:
        most = c["instructions"] + more_allowed[protocol]
        must(plumb["instructions"] <= most, f"{protocol}: {plumb['instructions']} user instructions, {most:g} allowed")

print(*wrong, sep="\n")
sys.exit(bool(wrong))
