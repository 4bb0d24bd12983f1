# SPDX-License-Identifier: BSL-1.0
"""usage: check.py FILE gcc|clang COMPILER ARG...     or check.py --twins COMPILER ARG...     or check.py --list

The file must not compile with WRONG defined, and the first error must read as the file says in a line
`// says: REGEX`, or `// g++ says: REGEX` and `// clang says: REGEX`. Without WRONG it must compile: its twin, and --twins
compiles those of all files, together.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from compiling import compile_source, first_error
from together import in_a_namespace

programs = sorted(pathlib.Path(__file__).resolve().parent.glob("*.cpp"))
if sys.argv[1] == "--list":
    print(*(path.stem for path in programs))
    sys.exit()
if sys.argv[1] == "--twins":
    fine, output = compile_source(sys.argv[2:], "".join(in_a_namespace(str(path)) for path in programs))
    print(f"{len(programs)} twins" + ("" if fine else f" must compile, but:\n{output}"))
    sys.exit(not fine)

path, family, *compiler = sys.argv[1:]
source = pathlib.Path(path)
speaker = "clang" if "clang" in family else r"g\+\+"
said = re.search(rf"^// (?:{speaker} )?says: *(\S.*)$", source.read_text(), re.MULTILINE)
if not said:
    sys.exit(f"{source.name} does not tell what {family} must say")

fine, output = compile_source(compiler, source, "-DWRONG")
first = first_error(output)
errors = sum("error:" in line for line in output.splitlines())
print(f"expected: {said[1]}\nfirst:    {first}\nerrors:   {errors}, in {len(output.splitlines())} lines")
if fine:
    sys.exit("compiles, and must not")
if not re.search(said[1], first):
    sys.exit(f"the first error is another one:\n{output}")
