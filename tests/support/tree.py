# SPDX-License-Identifier: BSL-1.0
"""The files of the project: those that git tracks or would track."""

import pathlib
import subprocess

root = pathlib.Path(__file__).resolve().parents[2]


def files(under="."):
    """Paths relative to the root, sorted. Without git: everything but build folders."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={root}", "ls-files", "-z", "--cached", "--others", "--exclude-standard", under],
            cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(root)) for path in (root / under).rglob("*")]
        listed = [path for path in listed if not {"build", ".git", "__pycache__"} & set(pathlib.Path(path).parts)]
    return sorted({path for path in listed if path and (root / path).is_file()})
