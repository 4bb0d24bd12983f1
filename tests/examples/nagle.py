#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Nagle's algorithm saves segments: as the program counts them, and as the kernel does for a network of its own."""

import pathlib
import re
import subprocess
import sys

from programs import expect, folder, patience, run


def counts(out):
    found = re.fullmatch(rb"writes +(\d+)\nsegments with Nagle +(\d+)\nsegments without it +(\d+)\n", out)
    if not found:
        sys.exit(f"said {out!r}")
    return [int(number) for number in found.groups()]


for rounds in (1, 20):
    code, out, err = run("nagle", f"--rounds={rounds}")
    expect("it ends well", (code, err), (0, ""))
    writes, with_nagle, without = counts(out)
    expect("writes", writes, rounds * 100)
    expect(f"{with_nagle} < {without} <= {writes}", with_nagle < without <= writes, True)

# In a network of its own nobody else sends: what the kernel has counted there is all ours.
script = """
ip link set lo up || exit 77
cat /proc/net/snmp
"$1" --rounds=20 || exit 1
cat /proc/net/snmp
"""
done = subprocess.run(["unshare", "--net", "--map-root-user", "sh", "-c", script, "sh", folder / "nagle"], capture_output=True,
                      timeout=patience)
if done.returncode == 77 or b"unshare" in done.stderr:
    print("needs a network namespace of its own; " + done.stderr.decode().strip())
    sys.exit(77)
expect("alone", (done.returncode, done.stderr), (0, b""))
writes, with_nagle, without = counts(b"".join(re.findall(rb"^(?:writes|segments) .*\n", done.stdout, re.MULTILINE)))
tables = [line.split() for line in done.stdout.decode().splitlines() if line.startswith("Tcp:")]
column = tables[0].index("OutSegs")
kernel = int(tables[3][column]) - int(tables[1][column])
# Beside the data there are the segments that open connections, close them and acknowledge: no more than one for each, and ten.
ours = with_nagle + without
expect(f"{ours} segments with data, {kernel} in all", ours < kernel <= 2 * ours + 10, True)

print(f"{writes} writes: {with_nagle} segments with Nagle, {without} without")
