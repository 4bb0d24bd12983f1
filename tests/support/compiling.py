# SPDX-License-Identifier: BSL-1.0
"""Asks a compiler whether a source compiles, and what it says if not."""

import concurrent.futures
import os
import pathlib
import subprocess

root = pathlib.Path(__file__).resolve().parents[2]
include = root / "include"


def compile_source(compiler, source, *more):
    """Compiles the file, or the text if it is one. Returns whether that went well, and what the compiler said."""
    command = [*compiler, "-fsyntax-only", *more]
    if isinstance(source, pathlib.Path):
        run = dict(args=[*command, str(source)])
    else:
        run = dict(args=[*command, "-x", "c++", "-"], input=source)
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(**run, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout


def first_error(output):
    """The first line that holds `error:`, or nothing."""
    return next((line for line in output.splitlines() if "error:" in line), "")


def all_of(task, items):
    """Runs the task on every item, as many at a time as there are processors. Yields (item, what it gave), in order."""
    items = list(items)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        yield from zip(items, workers.map(task, items))


def public_headers():
    """Every header as it is written in an include, such as plumb/core/error.hpp."""
    return sorted(str(path.relative_to(include)) for path in include.rglob("*.hpp"))
