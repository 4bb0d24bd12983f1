# SPDX-License-Identifier: BSL-1.0
"""Every file names its licence in one of its first two lines."""

silent = (".svg", ".png", ".json", ".csv")
unmarked = {"LICENSE", "README.md"}


def findings(tree):
    for path in tree.paths:
        if path in unmarked or path.endswith(silent):
            continue
        if not any("SPDX-License-Identifier: BSL-1.0" in line for number, line in tree.lines(path) if number <= 2):
            yield path, 1, "no SPDX line"
