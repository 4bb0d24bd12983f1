# SPDX-License-Identifier: BSL-1.0
"""The version is the same in core/version.hpp, meson.build, CMakeLists.txt, the change log and the namespace."""

import re

sources = {
    "meson.build": r"version: '(\d+)\.(\d+)\.(\d+)'",
    "CMakeLists.txt": r"project\(plumb VERSION (\d+)\.(\d+)\.(\d+)",
    "CHANGELOG.md": r"^## (\d+)\.(\d+)\.(\d+)",
}


def findings(tree):
    own = "include/plumb/core/version.hpp"
    number = int(re.search(r"#define PLUMB_VERSION (\d+)", tree.text(own))[1])
    version = (number // 10000, number // 100 % 100, number % 100)
    for path, pattern in sources.items():
        found = re.search(pattern, tree.text(path), re.MULTILINE)
        if not found or tuple(map(int, found.groups())) != version:
            yield path, 1, f"is not {'.'.join(map(str, version))}, as {own} says"
    space = f"v{version[0]}_{version[1]}"
    for header in tree.headers:
        for line, text in tree.code_lines(header):
            if (found := re.match(r"namespace plumb::(?:inline )?(\w+)", text)) and found[1] != space:
                yield header, line, f"the namespace is plumb::inline {space}"
