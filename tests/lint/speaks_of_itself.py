# SPDX-License-Identifier: BSL-1.0
"""The project's text names no machine's paths, leaves nothing to be done, and speaks in its own words."""

import re

unwanted = {
    re.compile(r"(?<![\w.$}])/(?:work|home|root|Users)/\w"): "a path of one machine",
    re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"): "left to be done",
    re.compile(r"\b(?:not implemented|placeholder)\b", re.IGNORECASE): "left to be done",
}


def findings(tree):
    for path in tree.paths:
        if path == "tests/lint/speaks_of_itself.py":
            continue
        for number, line in tree.lines(path):
            for pattern, what in unwanted.items():
                if found := pattern.search(line):
                    yield path, number, f"{found[0]!r}: {what}"
