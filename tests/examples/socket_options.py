#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The examples of socket options: what they print is what the kernel tells Python, and how they refuse a wrong command line."""

import os
import pathlib
import socket
import subprocess
import sys

examples = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"], "examples")


def run(name, *words):
    done = subprocess.run([examples / name, *words], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")


def table(protocol):
    code, out, err = run("socket_options", protocol)
    expect(protocol, (code, err), (0, ""))
    rows = [line.split("\t") for line in out.splitlines()]
    expect("three columns", {len(row) for row in rows}, {3})
    return {(layer, name): value for layer, name, value in rows}


def asked(kind, family, level, name):
    with socket.socket(family, kind) as fresh:
        return str(fresh.getsockopt(level, name))


for name, words in (("socket_options", ()), ("socket_options", ("sctp",)), ("socket_options", ("tcp", "udp")),
                    ("buffer_sizes", ("--receive=0",)), ("buffer_sizes", ("--receive=-1",)), ("buffer_sizes", ("4080",))):
    code, out, err = run(name, *words)
    expect(f"usage of {name} {words}", (code, out, err.startswith(f"{name}: "), f"usage: {name}" in err), (2, "", True, True))
for name in ("socket_options", "buffer_sizes"):
    code, out, err = run(name, "--help")
    expect(f"{name} --help", (code, out.startswith(f"usage: {name}"), err), (0, True, ""))

tcp, udp, local = table("tcp"), table("udp"), table("local")
stream = socket.SOCK_STREAM, socket.AF_INET
for name, number in (("receive_buffer_size", socket.SO_RCVBUF), ("send_buffer_size", socket.SO_SNDBUF), ("type_number", socket.SO_TYPE)):
    expect(name, tcp["socket", name], asked(*stream, socket.SOL_SOCKET, number))
expect("of udp", udp["socket", "receive_buffer_size"], asked(socket.SOCK_DGRAM, socket.AF_INET, socket.SOL_SOCKET, socket.SO_RCVBUF))
expect("idle", tcp["tcp", "keep_alive_idle"], asked(*stream, socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) + " s")
expect("count", tcp["tcp", "keep_alive_count"], asked(*stream, socket.IPPROTO_TCP, socket.TCP_KEEPCNT))
expect("ttl", tcp["ip", "time_to_live"], asked(*stream, socket.IPPROTO_IP, socket.IP_TTL))
for key, value in {("tcp", "no_delay"): "off", ("tcp", "user_timeout"): "off", ("socket", "keep_alive"): "off",
                   ("socket", "linger_on_close"): "off", ("tcp", "connection_info"): "closed"}.items():
    expect(key, tcp[key], value)
expect("layers of tcp", {layer for layer, _ in tcp}, {"socket", "ip", "tcp"})
expect("layers of udp", {layer for layer, _ in udp}, {"socket", "ip", "udp"})
expect("layers of local", {layer for layer, _ in local}, {"socket", "local"})
expect("multicast", (udp["ip", "multicast_ttl"], ("ip", "multicast_ttl") in tcp), ("1", False))
expect("peer", local["local", "peer_credentials"].split(", ")[1:], [f"user {os.geteuid()}", f"group {os.getegid()}"])
expect("path", udp["ip", "path_mtu_size"], "- (Transport endpoint is not connected)")

most = {name: 2 * int(pathlib.Path(f"/proc/sys/net/core/{name}_max").read_text()) for name in ("rmem", "wmem")}
for asked_for, given, reason in ((4080, 8160, "doubled"), (100, 2304, "the least"), (1 << 30, most["rmem"], "the most")):
    code, out, err = run("buffer_sizes", f"--receive={asked_for}", f"--send={asked_for}")
    expect(reason, (code, err), (0, ""))
    rows = [line.split("\t") for line in out.splitlines()]
    expect("head", rows[0], ["buffer", "before", "asked", "after"])
    expect(reason, rows[1], ["receive", tcp["socket", "receive_buffer_size"], str(asked_for), str(given)])
    given = {100: 4608, 1 << 30: most["wmem"]}.get(asked_for, given)
    expect(reason, rows[2], ["send", tcp["socket", "send_buffer_size"], str(asked_for), str(given)])
print(f"{len(tcp)} options of TCP, {len(udp)} of UDP, {len(local)} of local sockets")
