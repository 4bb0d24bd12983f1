#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Every benchmark runs, however shortly: each subject that is built does its work without an error, and the figures are such as
can be. How fast anything is depends on the machine and is not looked at."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

built = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "benchmarks")
source = pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"], "benchmarks")
if not (built / "echo" / "echo").exists():
    print("the benchmarks are not built")
    sys.exit(77)

shortly = ["--duration", "0.02", "--repeat", "1"]


def figures(program, *words):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "figures.json")
        done = subprocess.run([program, *words, "--json", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            sys.exit(f"{program.name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(path.read_text())


def expect(holds, what):
    if not holds:
        sys.exit(f"{what}")


def spreads(one):
    """The figures of a subject: its medians with their quartiles."""
    return {name: value for name, value in one.items() if isinstance(value, dict) and "median" in value}


def check(benchmark, rows, case, wanted):
    """Each case has the same subjects, the wanted ones among them, and each of those has figures."""
    subjects = {}
    for one in rows:
        what = f"{benchmark}: {one[case]}: {one['subject']}"
        expect("failed" not in one, f"{what}: {one.get('failed')}")
        expect(spreads(one), f"{what} has no figures")
        for name, value in spreads(one).items():
            expect(0 <= value["lower_quartile"] <= value["median"] <= value["upper_quartile"], f"{what}: {name} is {value}")
        subjects.setdefault(str(one[case]), []).append(one["subject"])
    expect(subjects, f"{benchmark} has no cases")
    for found in subjects.values():
        expect(set(wanted) <= set(found), f"{benchmark} has the subjects {found}")
    print(f"{benchmark}: {len(subjects)} cases with {sorted(set(sum(subjects.values(), [])))}")


found = figures(built / "evented_echo" / "evented_echo", *shortly, "--filter", "50/64/16", "--times-only")
check("evented_echo", found["times"], "cell", ["C, epoll", "plumb, epoll", "plumb, poll"])
for one in found["times"]:
    for name in ("round_trips_a_second", "p50_microseconds"):    # what the CPU did may have been done before so short a turn
        expect(one[name]["median"] > 0, f"evented_echo: {one}")
    expect(one["p50_microseconds"]["median"] <= one["p99_microseconds"]["median"] <= one["p999_microseconds"]["median"], f"evented_echo: {one}")

for name, protocol in ("echo", "tcp"), ("echo", "udp"), ("pipes", "pipe"):
    found = figures(built / name / name, *shortly, "--filter", f"{protocol}/64", "--times-only")
    check(f"{name}, {protocol}", found["times"], "size", ["C", "plumb"])
found = figures(built / "copy" / "copy", *shortly)
check("copy", found["times"], "case", ["loop", "plumb copy"])
found = figures(built / "spawn" / "spawn", *shortly, "--filter", "plumb")
check("spawn", found["starts"], "parent_mebibytes", ["plumb"])

if (built / "addresses" / "addresses").exists():
    done = subprocess.run([built / "addresses" / "addresses", "--benchmark_min_time=0.0001", "--benchmark_format=json"], check=True,
                          capture_output=True, text=True, timeout=120)
    names = [one["name"] for one in json.loads(done.stdout)["benchmarks"] if one["iterations"] > 0 and "error_message" not in one]
    expect(any("plumb" in name for name in names), f"addresses: {done.stdout}")
    print(f"addresses: {len(names)} cases")

found = figures(source / "include_cost" / "include_cost.py", "--filter", "address", "--repeat", "1")
cost = found["headers"]["plumb/address.hpp"]
expect(cost["lines"] > 1000 and cost["seconds"] > 0, f"include_cost: {found}")
print(f"include_cost: {cost}")
