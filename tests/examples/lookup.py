#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The lookup example: what it prints, how it fails, and an alias of a hosts file."""

import os
import pathlib
import subprocess
import sys
import tempfile

program = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"]) / "examples" / "lookup"


def run(*words, before=()):
    done = subprocess.run([*before, program, *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")


code, out, err = run("--help")
expect("--help", (code, out.startswith("usage: lookup"), err), (0, True, ""))
for words in [(), ("a", "b"), ("--nosuch", "a"), ("--timeout=", "a"), ("--timeout=x", "a"), ("--timeout=-1", "a"), ("--timeout=0", "a")]:
    code, out, err = run(*words)
    expect(f"usage {words}", (code, out, err.startswith("lookup: ") and "usage: lookup" in err), (2, "", True))
for host in ("127.1", "0x7f.1", "010.0.0.1", "a..b", "a" * 64, "[::1]"):
    expect(host, run(host), (1, "", f"lookup: resolve {host}: Not a valid host name\n"))
code, out, err = run("localhost")
expect("localhost", (code, err, "name     localhost\n" in out, "address  127.0.0.1\n" in out), (0, "", True, True))

script = """
mount --bind "$1" /etc/hosts || exit 77
echo 'hosts: files' > "$1.order" && mount --bind "$1.order" /etc/nsswitch.conf || exit 77
shift
exec "$@"
"""
with tempfile.TemporaryDirectory() as folder:
    hosts = pathlib.Path(folder) / "hosts"
    hosts.write_text("192.0.2.1 official.test alias.test other.test\n2001:db8::1 official.test alias.test\n")
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    inside = [*unshare, "sh", "-c", script, "sh", str(hosts)]
    names = "name     official.test\nalias    alias.test\nalias    other.test\n"
    code, out, err = run("alias.test", before=inside)
    if code != 0 and not err.startswith("lookup:"):
        print("needs a mount namespace of its own; " + err.strip())
        sys.exit(77)
    expect("alias", (code, out, err), (0, names + "address  192.0.2.1\naddress  2001:db8::1\n", ""))
    expect("address", run("192.0.2.1", before=inside), (0, names + "address  192.0.2.1\n", ""))
    expect("missing", run("no.test", before=inside), (1, "", "lookup: resolve no.test: Host not found\n"))
    expect("nameless", run("192.0.2.9", before=inside), (1, "", "lookup: reverse_resolve 192.0.2.9: Host not found\n"))
print("lookup behaves")
