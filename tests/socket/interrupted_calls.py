#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Signals interrupt every waiting call, the second of its kind and every third after it; nothing is noticed, and close is never retried."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from interrupting import expect_unnoticed, run

program = "interrupted"
calls = ["recvfrom", "recvmsg", "sendto", "sendmsg", "accept4", "connect", "ppoll", "sendfile"]
expected = "hello\nnothing yet\nletter\nrecord\n" * 10

for when in ("2+3", "1+2"):
    expect_unnoticed(program, dict.fromkeys(calls, when), expected, children=True)

# A close that is interrupted has closed: a second one could hit somebody else's descriptor.
# The loader's own closes come first and are left alone.
done, log = run(program, children=True)
loading = log.split("socket(")[0].count(" close(")
done, log = run(program, f"close:error=EINTR:when={loading + 1}+1", children=True)
assert (done.returncode, done.stdout) == (0, expected), (done.returncode, done.stderr)
closed = re.findall(r"\bclose\((\d+)\).*INJECTED", log)
print(f"close interrupted {len(closed)} times")
assert len(closed) > 40
assert len(closed) == len(set(closed)), "a descriptor was closed twice"
