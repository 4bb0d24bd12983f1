#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What a program prints that dies of an error: operation and cause."""

import os
import pathlib
import resource
import signal
import subprocess

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", "uncaught")

for way, sentence in {
    "value": "bind: Address already in use",
    "must": "bind: Address already in use",
    "must_void": "read: The stream ended early, after 3 bytes",
}.items():
    done = subprocess.run([program, way], env={**os.environ, "LC_ALL": "C"}, stderr=subprocess.PIPE, text=True)
    print(f"{way}: {done.returncode} {done.stderr!r}")
    assert done.returncode == -signal.SIGABRT, way
    assert sentence in done.stderr, way
    if way.startswith("must"):
        assert done.stderr == sentence + "\n", way
assert subprocess.run([program]).returncode == 0
