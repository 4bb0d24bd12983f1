#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Alarms and signals come as values, one after the other, and the program ends when it has seen enough of them."""

import os
import pty
import signal

from programs import expect, folder, start

# The alarm goes off by itself; signals are told with who sent them.
program = start("signal_values", "--every=20", "--signals=2")
for _ in range(3):
    expect("an alarm", program.stdout.readline().startswith(b"alarm"), True)
told = []
for number in (signal.SIGINT, signal.SIGTERM):
    program.send_signal(number)
    while (line := program.stdout.readline()).startswith(b"alarm"):
        pass
    told.append(line.decode())
expect("who", told, [f"SIGINT from process {os.getpid()}\n", f"SIGTERM from process {os.getpid()}\n"])
out, err = program.communicate(timeout=30)
expect("its end", (program.returncode, out.replace(b"alarm\n", b""), err), (0, b"", b""))

# What it missed while it was stopped is counted.
program = start("signal_values", "--every=10", "--signals=1")
expect("an alarm", program.stdout.readline(), b"alarm\n")
program.send_signal(signal.SIGSTOP)
os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WNOWAIT)
signal.sigtimedwait([], 0.1)
program.send_signal(signal.SIGCONT)
while not (line := program.stdout.readline()).startswith(b"alarm, the last of "):
    expect("nothing else", line, b"alarm\n")
expect("so many", int(line.split()[-1]) >= 9, True)
program.terminate()
expect("its end", (program.wait(), program.stderr.read()), (0, b""))

# Ctrl-C at a terminal comes from nobody's process.
child, terminal = pty.fork()
if child == 0:
    os.execv(folder / "signal_values", ["signal_values", "--every=20", "--signals=1"])
heard = b""
while b"alarm" not in heard:
    heard += os.read(terminal, 4096)
os.write(terminal, b"\x03")
while b"terminal\r\n" not in heard:
    heard += os.read(terminal, 4096)
expect("who", b"SIGINT from the terminal\r\n" in heard, True)
expect("its end", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

print("signals and alarms as values")
