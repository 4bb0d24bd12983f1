#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What holds of children holds without pidfds and without close_range as well, as on older kernels and in a sandbox."""

import os
import pathlib
import subprocess
import sys

folder = pathlib.Path(os.environ["PLUMB_BUILD_ROOT"]) / "tests"

missing = "pidfd_open,close_range"

for name in ("fork", "process", "run", "spawn_options"):
    together = folder / "process_tests"
    program = together if together.exists() else folder / f"process_{name}"
    done = subprocess.run([folder / "without", missing, program, f"--source-file=*/tests/process/{name}.cpp"],
                          capture_output=True, timeout=60)
    if done.returncode:
        sys.exit(f"{name} without {missing}: {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    if b" 0 failed" not in done.stdout or b"test cases:  0" in done.stdout:
        sys.exit(f"{name} without {missing} ran no test\n{done.stdout.decode()}")

# They were really missing.
try_it = """
import errno, os
try:
    os.pidfd_open(os.getpid())
except OSError as refused:
    raise SystemExit(refused.errno != errno.ENOSYS)
raise SystemExit(1)
"""
if subprocess.run([folder / "without", missing, sys.executable, "-c", try_it]).returncode:
    sys.exit("the kernel had pidfds all along")
print("children behave without what newer kernels give")
