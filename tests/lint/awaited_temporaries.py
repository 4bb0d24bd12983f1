# SPDX-License-Identifier: BSL-1.0
"""No options and no closure that holds a value are made inside a co_await: g++ 12 destroys them twice. They have a name."""

import re

made_there = re.compile(r"\bco_await\b[^;]*?(?:\{\s*\.\w|[(,]\s*\[(?!this\])[\w=])")


def findings(tree):
    for path in tree.paths:
        if not path.endswith((".hpp", ".cpp")):
            continue
        code = tree.code(path)
        for found in made_there.finditer(code):
            yield path, code.count("\n", 0, found.end()) + 1, "give it a name before: auto options = …; co_await …(options)"
