#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Signals interrupt every waiting call of pipes, children, signals and alarms; nothing is noticed."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from interrupting import expect_unnoticed, run

program = "interrupted_waits"
expected = "hello\nnothing yet\n7\nfed\nSIGUSR1\nhandled\n1\n" * 8
done, log = run(program)
assert (done.returncode, done.stdout) == (0, expected), (done.returncode, done.stdout, done.stderr)

# The loader reads first, and is left alone.
loading = log.split("signalfd4(")[0].count("read(")
for first, step in ((1, 2), (2, 3)):
    expect_unnoticed(program, {**dict.fromkeys(["ppoll", "waitid", "pwritev2", "preadv2"], f"{first}+{step}"),
                               "read": f"{loading + first}+{step}"}, expected)
