# SPDX-License-Identifier: BSL-1.0
"""An include points to the same room or to one below; an umbrella includes its own room, and the two systems stay apart."""

from source import includes, is_umbrella, room_of

below = {
    "core": [],
    "address": ["core"],
    "os": ["address", "core"],
    "stream": ["os", "address", "core"],
    "dns": ["os", "address", "core"],
    "socket": ["stream", "dns", "os", "address", "core"],
    "process": ["stream", "os", "address", "core"],
    "loop": ["process", "socket", "stream", "dns", "os", "address", "core"],
    "serve": ["process", "socket", "stream", "dns", "os", "address", "core", "loop"],
    "testing": ["serve", "loop", "process", "socket", "stream", "dns", "os", "address", "core"],
}


def findings(tree):
    for header in tree.headers:
        room = room_of(header)
        if room != "plumb" and room not in below:
            yield header, 1, f"the room {room} is not known to this check"
            continue
        for line, included in includes(tree, header):
            if not included.startswith("plumb/"):
                if included.endswith(".hpp"):
                    yield header, line, "write <plumb/...>, from the top"
                continue
            target = "include/" + included
            if target not in tree.headers:
                yield header, line, f"{included} does not exist"
            elif room == "plumb":
                if not is_umbrella(target):
                    yield header, line, "plumb.hpp includes rooms, not their headers"
            elif is_umbrella(target) and is_umbrella(header):
                yield header, line, f"the umbrella of {room} includes nothing else"
            elif is_umbrella(target):
                if room_of(target) != room or header.removeprefix("include/") in {name for _, name in includes(tree, target)}:
                    yield header, line, "a header includes headers, not umbrellas (an opt-in one may include its own room's)"
            elif is_umbrella(header):
                if room_of(target) != room:
                    yield header, line, f"the umbrella of {room} includes nothing else"
            elif room_of(target) not in [room, *below[room]]:
                yield header, line, f"{room} stands below {room_of(target)}"
            for one, other in (("/os/posix/", "/os/windows/"), ("/os/linux/", "/os/windows/")):
                if one in header and other in target or other in header and one in target:
                    yield header, line, "one system does not include the other"
            parts = header.removeprefix("include/plumb/").split("/")
            if len(parts) > 1 and parts[0] != "os" and target.count("/os/") and target.count("/") > 3:
                yield header, line, "outside os/ include the contract, not an implementation"
