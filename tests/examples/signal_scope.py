#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The handlers of signal_scope answer in their scopes; afterwards the signal does what it did before: the kernel says so too."""

import pathlib
import re
import signal

from programs import expect, start

program = start("signal_scope")


def is_caught():
    """Whether the program has a handler for SIGINT, by the kernel's own record."""
    record = pathlib.Path(f"/proc/{program.pid}/status").read_text()
    return bool(int(re.search(r"SigCgt:\s*(\w+)", record)[1], 16) >> (signal.SIGINT - 1) & 1)


for waiting, answer in ((b"waiting\n", b"the outer handler\n"), (b"waiting inside\n", b"the inner handler\n"),
                        (b"waiting again\n", b"the outer handler\n")):
    expect("it waits", program.stdout.readline(), waiting)
    expect("caught", is_caught(), True)
    program.send_signal(signal.SIGINT)
    expect("it answers", program.stdout.readline(), answer)
expect("it waits", program.stdout.readline(), b"waiting for its end\n")
expect("not caught", is_caught(), False)
program.send_signal(signal.SIGINT)
out, err = program.communicate(timeout=30)
expect("its end", (program.returncode, out, err), (-signal.SIGINT, b"", b""))

print("what was there before was there again")
