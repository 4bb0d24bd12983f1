# SPDX-License-Identifier: BSL-1.0
"""Every function that returns a result, or an answer of the system, is [[nodiscard]]: no compiler warns of a dropped std::expected by itself."""

import re


def closing(text, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for place in range(at, len(text)):
        if text[place] == "<":
            depth += 1
        elif text[place] == ">" and text[place - 1] != "-":
            depth -= 1
            if depth == 0:
                return place
    return at


def findings(tree):
    for header in tree.headers:
        code = tree.code(header)
        for found in re.finditer(r"(?<![\w:<,])(?:plumb::)?(?:result|(?:os::)?answer)<", code):
            end = closing(code, found.end() - 1)
            # A qualified name is the definition of what was declared elsewhere.
            named = re.match(r"\s+(operator\s*\S+?|\w+)\s*\(", code[end + 1:])
            if not named or is_variable(code[end + 1 + named.end():]):
                continue
            start = max(code.rfind(mark, 0, found.start()) for mark in ";{}")
            before = code[start + 1:found.start()]
            said = re.sub(r"^\s*#.*$", " ", before, flags=re.MULTILINE)
            if re.search(r"\b(return|using|case|else|co_return)\b|[=(]\s*$", said):
                continue
            if re.search(r"template\s*<\s*>", said):    # a specialisation of what was declared elsewhere
                continue
            if "nodiscard" not in said:
                yield header, code.count("\n", 0, found.start()) + 1, f"{named[1]} returns a result and is not [[nodiscard]]"


def is_variable(after):
    """`result<int> got(std::move(other));` in a body: what stands in the brackets is no parameter list."""
    return bool(re.match(r"\s*(?:std::(?:move|in_place|unexpect|forward)\b|\d|\*)", after))
