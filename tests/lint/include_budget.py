# SPDX-License-Identifier: BSL-1.0
"""The headers stay light: preprocessed lines by g++, ours included."""

import shutil
import subprocess

from source import is_umbrella

budget = {"address": 24_500, "socket": 46_000}


def findings(tree):
    compiler = shutil.which("g++")
    if not compiler:
        yield "tests/lint/include_budget.py", 1, "needs g++"
        return
    for umbrella in filter(is_umbrella, tree.headers):
        room = umbrella.rpartition("/")[2].removesuffix(".hpp")
        done = subprocess.run(
            [compiler, "-std=c++23", "-E", "-P", "-I", str(tree.root / "include"), "-x", "c++", str(tree.root / umbrella)],
            capture_output=True, text=True)
        if done.returncode:
            yield umbrella, 1, "does not preprocess: " + done.stderr.strip().splitlines()[0]
            continue
        count = done.stdout.count("\n")
        print(f"    {room + '.hpp':14}{count:8,} lines" + (f" of {budget[room]:,}" if room in budget else ""))
        if count > budget.get(room, count):
            yield umbrella, 1, f"{count:,} lines, {budget[room]:,} allowed"
