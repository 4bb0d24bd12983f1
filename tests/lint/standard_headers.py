# SPDX-License-Identifier: BSL-1.0
"""Library headers use public standard headers, none of the heavy ones, and declare nothing in std but specialisations."""

import re

from source import includes

heavy = {"algorithm", "iostream", "sstream", "fstream", "ostream", "istream", "iomanip", "functional", "thread", "stop_token", "filesystem", "memory", "regex",
         "future", "mutex", "shared_mutex", "condition_variable", "locale", "codecvt", "ranges", "format", "print"}
# Opt-in headers and the room that needs them, each with its reason.
granted = {
    ("include/plumb/core/deadline.hpp", "shared_mutex"): "the lightest that brings std::chrono's durations: <chrono> has all that this has, and four times as much",
    ("include/plumb/os/stop_from.hpp", "stop_token"): "turns a std::stop_token into a stop of ours, opt-in",
    ("include/plumb/address/ostream.hpp", "ostream"): "operator<<, opt-in",
    ("include/plumb/address/format.hpp", "format"): "std::formatter where the library has it, opt-in",
}
opens_std = re.compile(r"^\s*(?:inline\s+)?namespace\s+std\b")
declares = re.compile(r"^\s*(?:template\s*<(?!\s*>).*>\s*)?(?:class|struct|enum|union)\s+\w+\s*;")


def findings(tree):
    for header in tree.headers:
        for number, included in includes(tree, header):
            if included.startswith(("bits/", "ext/", "__", "experimental/")):
                yield header, number, f"<{included}> belongs to one library's inside"
            elif included in heavy and (header, included) not in granted:
                yield header, number, f"<{included}> is too heavy for a header"
        inside = False
        for number, line in tree.code_lines(header):
            inside = inside or bool(opens_std.match(line))
            if inside and declares.match(line):
                yield header, number, "declares a name of std: include its header"
            inside = inside and not line.startswith("}")
            if re.search(r"\b_GLIBCXX_|\b_LIBCPP_|\bstd::__", line) and not line.lstrip().startswith("#"):
                yield header, number, "the inside of a standard library"
