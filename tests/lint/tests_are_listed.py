# SPDX-License-Identifier: BSL-1.0
"""Every header has a test at its path, and every test and example is listed where Meson builds it."""

import re

from source import is_umbrella, prefix

# Headers that another's test covers, or that the compiler proves.
covered = {
    "core/version": "its errors are tested in tests/reject and by the header tests",
    "os/borrowed_handle": "the handle of a stream, tested by tests/process/fork.cpp and tests/socket/descriptors.cpp",
    "os/completion": "a list of what tests/loop runs on",
    "os/exchange": "one function, tested by tests/process/run.cpp",
    "loop/async_connect": "tested by tests/loop/verbs.cpp",
    "loop/async_handle": "the base of every awaitable socket: its close and release end what waits in tests/loop/awaitable.cpp and async_stream.cpp",
    "loop/chore": "tested by tests/loop/visits.cpp and tests/loop/aside.cpp",
    "loop/inlet": "a structure, tested by tests/loop/visits.cpp and tests/loop/inflow.cpp",
    "loop/loop_state": "the inside of a loop: its fair share and its used places are seen from outside in tests/loop/async_stream.cpp",
    "loop/proactor": "a contract, which every test of the room exercises on every driver",
    "loop/reactor": "the drivers, on which every test of the room runs",
    "loop/readiness": "tested by tests/loop/loop.cpp",
    "loop/stream_verbs": "tested by tests/loop/async_stream.cpp and tests/loop/async_pipe.cpp",
    "loop/suspension": "lists and chains, tested by what waits in them",
    "loop/transfer": "tested by tests/loop/async_stream.cpp",
    "loop/until": "tested by tests/loop/scope.cpp and tests/loop/channel.cpp",
    "os/handle": "two aliases, tested by tests/os/native.cpp",
    "os/launch": "two structures, tested by tests/process/process.cpp",
    "os/options": "numbers and values, tested by tests/socket/options",
    "os/inet_address": "the part of os/socket_address that systems share, tested by its test",
    "os/poll": "what os/poll_set stands on",
    "os/poll_set": "one of the drivers on which tests/loop runs",
    "os/readiness": "a list of what tests/loop runs on",
    "os/platform": "a ladder of #if",
    "os/tcp_report": "a structure, tested by tests/socket/options/connection_info.cpp",
    "os/signals": "the calls below signal_scope and signal_reader, tested by their tests",
    "os/timer": "the whole of an alarm_clock but its makers, tested by its test",
    "serve/book": "what servers count, tested by the tests of each",
    "serve/handle": "how servers call a handler, tested by the tests of each",
    "socket/handle": "the base of every socket, tested by their tests",
    "socket/received": "a structure, tested by tests/socket/datagram_socket.cpp and tests/socket/record_socket.cpp",
    "socket/peer_handle": "the base of every socket with a peer, tested by their tests",
}


def findings(tree):
    listing = tree.text("tests/meson.build")
    listed = set()
    room = table = None
    for line in listing.splitlines():
        if found := re.match(r"(\w+) = [\[{]", line):
            table = found[1]
        elif found := re.match(r"    '(\w+)': \[", line):
            room = found[1]
        elif found := re.match(r"        '([\w/]+)',", line):
            listed.add(f"{room}/{found[1]}")
        elif table in ("helpers", "scripts") and (found := re.match(r"    '([\w/]+(?:\.\w+)?)',", line)):
            listed.add(found[1])
    for path in tree.paths:
        found = re.fullmatch(r"tests/(\w+(?:/\w+)+)\.cpp", path)
        if found and found[1].split("/")[0] not in ("support", "reject", "hostile", "headers", "fuzz", "vendoring", "readme", "lint"):
            if found[1] not in listed:
                yield path, 1, "is not listed in tests/meson.build"
    for folder in ("examples", "tests/fuzz"):
        text = tree.text(f"{folder}/meson.build")
        for path in tree.paths:
            if re.fullmatch(rf"{folder}/(\w+)\.cpp", path) and f"'{path.rpartition('/')[2].removesuffix('.cpp')}'" not in text:
                yield path, 1, f"is not listed in {folder}/meson.build"
    for path in tree.paths:
        found = re.fullmatch(r"tests/(\w+/\w+\.(?:py|sh))", path)
        if found and (tree.root / path).stat().st_mode & 0o100 and found[1] not in listed:
            yield path, 1, "can be started, and is not listed in tests/meson.build"
    for header in tree.headers:
        inside = header.removeprefix(prefix).removesuffix(".hpp")
        if is_umbrella(header) or inside.count("/") > 1 or inside in covered:
            continue
        if f"tests/{inside}.cpp" not in tree.paths:
            yield header, 1, f"has no tests/{inside}.cpp"
