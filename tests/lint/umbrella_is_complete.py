# SPDX-License-Identifier: BSL-1.0
"""An umbrella includes every header of its room but the opt-in ones, whose first lines say that they are opt-in."""

from source import includes, is_umbrella, prefix, room_of


def findings(tree):
    for umbrella in filter(is_umbrella, tree.headers):
        room = room_of(umbrella)
        if room == "plumb":
            continue
        has = {included for _, included in includes(tree, umbrella)}
        for header in tree.headers:
            inside = header.removeprefix(f"{prefix}{room}/")
            if inside == header or header.removeprefix("include/") in has:
                continue
            if "opt-in" not in "\n".join(tree.text(header).splitlines()[:30]).lower():
                yield umbrella, 1, f"lacks {header.removeprefix('include/')}, which does not say that it is opt-in"
