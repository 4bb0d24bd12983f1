# SPDX-License-Identifier: BSL-1.0
"""usage: all.py [CHECK...]

Runs the checks of this folder: each is a file with a function `findings(tree)` that yields (path, line number, what is
wrong there); its docstring says what holds.
"""

import importlib.util
import pathlib
import sys

here = pathlib.Path(__file__).parent
sys.path[:0] = [str(here), str(here.parent / "support")]
from source import Tree

chosen = sys.argv[1:] or sorted(path.stem for path in here.glob("*.py") if path.stem not in ("all", "source"))
tree = Tree()
bad = 0
for name in chosen:
    spec = importlib.util.spec_from_file_location(name, here / f"{name}.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    found = list(check.findings(tree))
    bad += len(found)
    print(f"{'ok ' if not found else 'BAD'} {name}: {check.__doc__.strip().splitlines()[0]}")
    for path, line, what in found:
        print(f"    {path}:{line}: {what}")
print(f"{len(chosen)} checks, {bad} findings, {len(tree.paths)} files")
sys.exit(bad > 0 or not tree.headers)
