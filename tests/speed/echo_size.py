#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The README's echo server, stripped, fits into 24 KB."""

import os
import pathlib
import subprocess
import sys
import tempfile

most = 24 * 1024
root = pathlib.Path(os.environ["PLUMB_SOURCE_ROOT"])

with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "echo")
    source = root / "examples" / "readme_echo.cpp"
    subprocess.run(["g++", "-std=c++23", "-O2", "-s", f"-I{root / 'include'}", str(source), "-o", program, "-pthread"], check=True)
    size = os.path.getsize(program)
    imports = subprocess.run(["nm", "-D", "--undefined-only", program], check=True, text=True, capture_output=True).stdout.split()
print(f"{size:,} bytes of {most:,}; imports: {' '.join(word for word in imports if len(word) > 1)}")
sys.exit(size > most)
