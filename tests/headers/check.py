# SPDX-License-Identifier: BSL-1.0
"""usage: check.py MODE COMPILER ARG...

alone          every header compiles by itself, included twice; what another one includes first, that one shows
windows        so does every one of os/windows/ and every umbrella, by a compiler for Windows
gnu            all of them together with -std=gnu++23, which defines linux and unix
no_exceptions  and with -fno-exceptions
linked         two sources that include all of them make one program
too_old        for C++17, or a library without std::expected, the first error of every header names the fix
"""

import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from compiling import all_of, compile_source, first_error, include, public_headers

mode, *compiler = sys.argv[1:]
foreign = ("/os/posix/", "/os/linux/") if mode == "windows" else ("/os/windows/",)
headers = [header for header in public_headers() if not any(folder in header for folder in foreign)]
everything = "".join(f"#include <{header}>\n" for header in headers)


def verdict(what, went_well, output):
    if not went_well:
        print(f"{what}:\n{output}")
    return went_well


if mode in ("alone", "windows"):
    def twice(header):
        return compile_source(compiler, f"#include <{header}>\n" * 2)
    chosen = [header for header in headers if mode == "alone" or "/os/windows/" in header or header.count("/") == 1]
    firsts = (re.match(r"(?://.*|#pragma once|\s)*#include <(.*)>", (include / header).read_text()) for header in chosen)
    shown = {first[1] for first in firsts if first}
    chosen = [header for header in chosen if header not in shown]
    outcomes = [verdict(header, *outcome) for header, outcome in all_of(twice, chosen)]
elif mode == "gnu":
    outcomes = [verdict("with -std=gnu++23", *compile_source(compiler, everything, "-std=gnu++23"))]
elif mode == "no_exceptions":
    outcomes = [verdict("with -fno-exceptions", *compile_source(compiler, everything, "-fno-exceptions"))]
elif mode == "linked":
    with tempfile.TemporaryDirectory() as folder:
        sources = [pathlib.Path(folder, name) for name in ("one.cpp", "two.cpp")]
        sources[0].write_text(everything + "int main() {}\n")
        sources[1].write_text(everything)
        command = [*compiler, "-o", str(pathlib.Path(folder, "both")), *map(str, sources), "-pthread"]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        outcomes = [verdict("two sources in one program", done.returncode == 0, done.stdout)]
elif mode == "too_old":
    without_expected = "#include <version>\n#undef __cpp_lib_expected\n"
    cases = [(header, *case) for header in headers for case in (
        ("", "-std=gnu++17", "plumb needs C++23"), (without_expected, "-std=c++23", "plumb needs std::expected"))]

    def refusal(case):
        header, prelude, standard, sentence = case
        fine, output = compile_source(compiler, f"{prelude}#include <{header}>\n", standard, "-Wfatal-errors")
        return not fine and sentence in first_error(output), output
    outcomes = [verdict(f"{case[0]} with {case[2]}", *outcome) for case, outcome in all_of(refusal, cases)]
else:
    sys.exit(__doc__)

print(f"{mode}: {outcomes.count(True)} of {len(outcomes)} hold, {len(headers)} headers")
sys.exit(not outcomes or not all(outcomes))
