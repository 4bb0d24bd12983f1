# SPDX-License-Identifier: BSL-1.0
"""In a header plumb's includes stand before the others, each block in order, after `#pragma once`.

Where an order is the system's own, `// clang-format off` says why."""

from source import includes


def findings(tree):
    for header in tree.headers:
        lines = tree.text(header).splitlines()
        if len(lines) < 2 or lines[1] != "#pragma once":
            yield header, 2, "the second line is #pragma once"
        block = []
        free = {number for number in range(len(lines) + 1)
                if "\n".join(lines[:number]).count("clang-format off") > "\n".join(lines[:number]).count("clang-format on")}
        for number, included in includes(tree, header):
            indented = lines[number - 1].startswith(" ") or (number > 1 and lines[number - 2].lstrip().startswith(("#if", "#el")))
            if block and (number != block[-1][0] + 1 or indented):
                block = []
            if block and included < block[-1][1] and number not in free:
                yield header, number, f"{included} after {block[-1][1]}"
            block.append((number, included))
