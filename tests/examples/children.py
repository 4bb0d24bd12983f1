#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The programs about child processes and pipes: what they show is what the system does."""

import os
import re
import tempfile
import threading

from programs import Server, expect, folder, listening, reset, run, sanitized

every_byte = bytes(range(256))

# Variables are copied, an open file is shared: the parent reads on where the child stopped.
with tempfile.NamedTemporaryFile() as text:
    text.write(b"first\nsecond\n")
    text.flush()
    expect("fork_copies", run("fork_copies", text.name),
           (0, b"child:  counter 11, reads first\nparent: counter 1, reads second\n", ""))
    text.truncate(len("first\n"))
    code, out, err = run("fork_copies", text.name)
    expect("fork_copies without a second line", (code, out), (1, b"child:  counter 11, reads first\n"))
    expect("why", err, f"fork_copies: read {text.name}: The stream ended early, after 0 bytes\n")
expect("fork_copies without a file", run("fork_copies", "/nowhere/at/all"),
       (1, b"", "fork_copies: open /nowhere/at/all: No such file or directory\n"))

expect("zombie", run("zombie"),
       (0, b"ended:     Z (zombie)\ncollected: no such process, it exited with 7\n", ""))

expect("exit_status", run("exit_status"), (0, b"""\
nothing to say: exited with 0
a code: exited with 3
a code too large: exited with 255
an error: exited with 1
an exception: exited with 1
a program: exited with 42
a signal of its own: ended by SIGKILL
one that waits: runs
one that waits, 10 ms later: wait: The deadline passed
one that waits, told the end: exited with 0
""", "connect: Connection refused\nthrown in a child\n"))

# However few signals tell of them, all are collected, each with its own code.
for children in (1, 50) if sanitized else (1, 50, 300):
    code, out, err = run("reap_children", f"--children={children}")
    expect("reap_children", (code, out), (0, b"collected %d of %d children\n" % (children, children)))
    signals = int(re.fullmatch(r"reap_children: SIGCHLD was noticed (\d+) times\n", err)[1])
    expect("no more signals than children", 1 <= signals <= children, True)

expect("one_way_pipe", run("one_way_pipe", "a", "b c"), (0, b"heard a\nheard b c\nthe child exited with 0\n", ""))
expect("one_way_pipe by itself", run("one_way_pipe")[1].count(b"heard"), 4)

expect("pipe_dialogue", run("pipe_dialogue", input=b"abc\n\nlast without an end"),
       (0, b"cba\n\ndne na tuohtiw tsal\n", ""))
expect("pipe_dialogue with nothing to say", run("pipe_dialogue"), (0, b"", ""))

# Everything comes back, though far more is on its way than all buffers hold.
with Server("tcp_echo_server") as server:
    for said in (b"", every_byte, os.urandom(8 << 20)):
        expect(f"split_io, {len(said)} bytes", run("split_io", server.text, input=said), (0, said, ""))

# A peer that is gone ends both processes.
with listening() as (ours, place):
    def hang_up():
        peer, _ = ours.accept()
        peer.recv(1)
        reset(peer)
    hanging_up = threading.Thread(target=hang_up)
    hanging_up.start()
    code, out, err = run("split_io", place, input=os.urandom(8 << 20))
    hanging_up.join()
    expect("split_io with a peer that resets", (code, out), (1, b""))
    # A reset is told once, to whichever of the two meets it first; the writing one may still find out that nobody reads.
    reading = f"split_io: read {place}: Connection reset by peer\n"
    expect("why", err in (reading, "copy: Broken pipe\n" + reading,
                          "copy: Connection reset by peer\nsplit_io: the writing process exited with 1\n"), True)
leftover = [entry for entry in os.listdir("/proc") if entry.isdigit() and os.path.exists(f"/proc/{entry}/exe")
            and os.readlink(f"/proc/{entry}/exe") == str(folder / "split_io")]
expect("processes left over", leftover, [])

print("children and pipes: what the programs show is what the system does")
