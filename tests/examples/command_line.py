#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What every example does with its command line, and when its input or output is not there."""

import os
import subprocess
import tempfile

from programs import expect, folder, listening, patience, run, sanitized

usages = {
    "tcp_echo_server": [("1.2.3.4",), ("a:1", "b:2"), ("--clients=0",), ("--clients=",), ("--clients=-1",), ("--clients=1x",),
                        ("--clients=4294967296",), ("--clients=1", "--clients=2"), ("--clients",), ("-c",), ("127.0.0.1:65536",)],
    "tcp_echo_client": [(), ("",), ("127.0.0.1",), ("127.0.0.1:",), (":1",), ("127.0.0.1:99999",), ("::1:1",), ("[::1:1",),
                        ("127.0.0.1:1", "more"), ("--", "--help"), ("--",)],
    "udp_echo_server": [("1.2.3.4",), ("--messages=0",), ("--messages=1.5",), ("127.0.0.1:-1",), ("127.0.0.1:+1",)],
    "udp_echo_client": [(), ("127.0.0.1",), ("--timeout=0", "127.0.0.1:1"), ("--timeout=1s", "127.0.0.1:1")],
    "evented_echo_server": [("--driver=select",), ("--driver=",), ("--loops=0",), ("--drain=-1",), ("127.0.0.1",)],
    "chat": [("--members=0",), ("--backlog=",), ("127.0.0.1",), ("127.0.0.1:0", "more")],
    "file_send": [(), ("/dev/null",), ("/dev/null", "127.0.0.1"), ("/dev/null", "127.0.0.1:1", "more")],
    "file_receive": [(), ("/dev/null", "127.0.0.1"), ("/dev/null", "127.0.0.1:1", "more")],
    "restart_at_once": [("127.0.0.1",), ("127.0.0.1:0", "more")],
    "signal_values": [("more",), ("--every=0",), ("--signals=none",)],
    "signal_scope": [("more",)],
    "fork_copies": [(), ("/dev/null", "more")],
    "zombie": [("more",)],
    "exit_status": [("more",)],
    "reap_children": [("more",), ("--children=0",)],
    "one_way_pipe": [],
    "split_io": [(), ("127.0.0.1",), ("127.0.0.1:1", "more")],
    "passing_echo_server": [("1.2.3.4",), ("--workers=0",), ("--drain=0",), ("127.0.0.1:0", "more")],
    "pipe_dialogue": [("more",)],
    "forking_echo_server": [("1.2.3.4",), ("--children=0",), ("--drain=0",), ("127.0.0.1:0", "more")],
    "server_models": [("1.2.3.4",), ("--model=",), ("--model=evented_",), ("--model",), ("--clients=0",)],
    "storing_echo_server": [(), ("/dev/null", "127.0.0.1"), ("/dev/null", "127.0.0.1:1", "more")],
    "forward": [(), ("127.0.0.1:0",), ("127.0.0.1", "127.0.0.1:1"), ("127.0.0.1:0", "1"), ("127.0.0.1:0", "127.0.0.1:1", "more"),
                ("--patience=0", "127.0.0.1:0", "127.0.0.1:1")],
    "same_words": [("more",)],
    "nagle": [("more",), ("--rounds=0",), ("--rounds=many",)],
}

for name, wrong in usages.items():
    code, out, err = run(name, "--help")
    expect(f"{name} --help", (code, out.split()[:2], err), (0, [b"usage:", name.encode()], ""))
    help_text = out.decode()
    for words in [*(wrong[:2] if sanitized else wrong), ("--nosuch",), ("-x",), ("--help=1",)]:
        code, out, err = run(name, *words)
        expect(f"{name} {words}", (code, out), (2, b""))
        first, _, rest = err.partition("\n")
        expect(f"{name} {words}: its usage", (first.startswith(f"{name}: "), rest), (True, help_text))

# After -- even what looks like an option is none: here a place that cannot be.
code, out, err = run("tcp_echo_client", "--", "127.0.0.1:1")
expect("--", (code, err), (1, "tcp_echo_client: connect 127.0.0.1:1: Connection refused\n"))
with tempfile.TemporaryDirectory() as here:
    code, out, err = run("file_send", "--", "--help", "127.0.0.1:1", cwd=here)
    expect("a file of that name", (code, err), (1, "file_send: open --help: No such file or directory\n"))

# The promised sentences.
with listening() as (taken, place):
    said = f"bind {place}: Address already in use\n"
    expect("in use", run("tcp_echo_server", place), (1, b"", "tcp_echo_server: " + said))
    expect("in use again", run("restart_at_once", place), (1, b"", "restart_at_once: " + said))
    expect("and for many", run("server_models", place), (1, b"", "server_models: " + said))
    expect("and for files", run("file_receive", "/dev/null", place), (1, b"", "file_receive: " + said))
refusals = {
    ("tcp_echo_client", "127.0.0.1:1"): "connect 127.0.0.1:1: Connection refused",
    ("tcp_echo_client", "localhost:1"): "connect localhost:1: Connection refused",
    ("tcp_echo_client", "0.0.0.0:1"): "connect 0.0.0.0:1: Cannot assign requested address",      # every interface: no destination
    ("tcp_echo_client", "127.0.0.1:0"): "connect 127.0.0.1:0: Cannot assign requested address",  # no port
    ("tcp_echo_client", "no..host:1"): "resolve no..host:1: Not a valid host name",
    ("file_send", "/dev/null", "127.0.0.1:1"): "connect 127.0.0.1:1: Connection refused",
    ("file_send", "/no/such", "127.0.0.1:1"): "open /no/such: No such file or directory",
    ("file_receive", "/no/such"): "open /no/such: No such file or directory",
    ("file_receive", "/"): "open /: Is a directory",
    ("tcp_echo_server", "192.0.2.1:0"): "bind 192.0.2.1:0: Cannot assign requested address",     # not an address of ours
    ("udp_echo_server", "192.0.2.1:0"): "bind 192.0.2.1:0: Cannot assign requested address",
}
for (name, *words), sentence in refusals.items():
    expect(f"{name} {words}", run(name, *words), (1, b"", f"{name}: {sentence}\n"))


def shell(redirection, name, *words):
    """Runs a program with a stream closed or turned elsewhere by the shell."""
    done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", folder / name, *words], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=patience)
    return done.returncode, done.stderr.decode()


# A closed output is an error like any other, and what is opened first does not take its place.
for name, *words in [("tcp_echo_server",), ("udp_echo_server",), ("nagle", "--rounds=1"), ("nagle", "--help"), ("restart_at_once",)]:
    expect(f"{name} >&-", shell(">&-", name, *words), (1, f"{name}: write stdout: Bad file descriptor\n"))
    expect(f"{name} >/dev/full", shell(">/dev/full", name, *words), (1, f"{name}: write stdout: No space left on device\n"))
    expect(f"{name} 2>&- >&-", shell(">&- 2>&-", name, *words), (1, ""))

# Nobody reads the output any more: no death by a signal.
for name in usages:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([folder / name, "--help"], stdout=writer, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=patience)
    os.close(writer)
    expect(f"{name} --help | :", (done.returncode, done.stderr.decode()), (1, f"{name}: write stdout: Broken pipe\n"))

# A closed input is an empty one.
with listening() as (ours, place):
    client = subprocess.Popen(["sh", "-c", 'exec "$@" <&-', "sh", folder / "tcp_echo_client", place], stderr=subprocess.PIPE)
    peer, _ = ours.accept()
    expect("nothing to say", peer.recv(1), b"")
    expect("closed input", (client.wait(patience), client.stderr.read()), (0, b""))
    client.stderr.close()
    peer.close()

print("the command lines behave")
