#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Signals interrupt every waiting call, the second of its kind and every third after it; nothing is noticed, and close is never retried."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

if not shutil.which("strace"):
    print("strace is not installed")
    sys.exit(77)
program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "tests", "interrupted")
calls = ["recvfrom", "recvmsg", "sendto", "sendmsg", "accept4", "connect", "ppoll", "sendfile"]
expected = "hello\nnothing yet\nletter\nrecord\n" * 10


def run(*injected):
    log = pathlib.Path("strace.log").resolve()
    words = ["strace", "-f", "-o", str(log), *(word for one in injected for word in ("-e", f"inject={one}"))]
    done = subprocess.run([*words, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=50)
    if "Operation not permitted" in done.stderr and "ptrace" in done.stderr:
        print("strace may not trace here")
        sys.exit(77)
    return done, log.read_text()


for when in ("2+3", "1+2"):
    done, log = run(*(f"{call}:error=EINTR:when={when}" for call in calls))
    assert (done.returncode, done.stdout) == (0, expected), (when, done.returncode, done.stdout, done.stderr)
    for call in calls:
        hits = len(re.findall(rf"\b{call}\(.*INJECTED", log))
        print(f"{when}: {call} interrupted {hits} times")
        assert hits > 0, call

# A close that is interrupted has closed: a second one could hit somebody else's descriptor.
# The loader's own closes come first and are left alone.
done, log = run()
loading = log.split("socket(")[0].count(" close(")
done, log = run(f"close:error=EINTR:when={loading + 1}+1")
assert (done.returncode, done.stdout) == (0, expected), (done.returncode, done.stderr)
closed = re.findall(r"\bclose\((\d+)\).*INJECTED", log)
print(f"close interrupted {len(closed)} times")
assert len(closed) > 40
assert len(closed) == len(set(closed)), "a descriptor was closed twice"
