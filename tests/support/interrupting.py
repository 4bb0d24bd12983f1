# SPDX-License-Identifier: BSL-1.0
"""Runs a test's program under strace, which makes its system calls fail as a signal would."""

import os
import pathlib
import re
import shutil
import subprocess
import sys


def run(name, *injected, children=False):
    """What the program did, and the log of its calls. `injected` is what strace's inject= takes."""
    if not shutil.which("strace"):
        print("strace is not installed")
        sys.exit(77)
    program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", name)
    log = pathlib.Path(f"strace.{name}.log").resolve()
    words = ["strace", *["-f"] * children, "-o", str(log), *(word for one in injected for word in ("-e", f"inject={one}"))]
    done = subprocess.run([*words, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=50)
    if "Operation not permitted" in done.stderr and "ptrace" in done.stderr:
        print("strace may not trace here")
        sys.exit(77)
    return done, log.read_text()


def expect_unnoticed(name, calls, expected, **more):
    """Interrupts each call by its schedule: nothing of that may be seen."""
    done, log = run(name, *(f"{call}:error=EINTR:when={when}" for call, when in calls.items()), **more)
    assert (done.returncode, done.stdout) == (0, expected), (calls, done.returncode, done.stdout, done.stderr)
    for call, when in calls.items():
        hits = len(re.findall(rf"\b{call}\(.*INJECTED", log))
        print(f"{when}: {call} interrupted {hits} times")
        assert hits > 0, call
