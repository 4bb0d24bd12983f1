#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The tour prints what the README says that it does."""

import os
import pathlib
import subprocess

program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "examples", "tour")
done = subprocess.run([program], capture_output=True, text=True, timeout=30)
assert (done.returncode, done.stderr) == (0, ""), done
assert done.stdout.splitlines() == [
    "you said: GET report",
    "stopped: 1 accepted, 0 failed, 0 crashed, 0 cut",
    "parse: Invalid text at offset 12",
    "connect: Connection refused",
    "9 of 40 bytes",
    "accept: A stop was requested",
    "2 and 3 lines",
    "the child exited with 0",
    "PLUMB",
    "1 line",
], done.stdout
