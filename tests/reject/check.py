# SPDX-License-Identifier: BSL-1.0
"""usage: check.py FILE gcc|clang COMPILER ARG...     or check.py --list

The file must not compile with WRONG defined, and the first error must read as the file says in a line
`// says: REGEX`, or `// g++ says: REGEX` and `// clang says: REGEX`. Without WRONG it must compile.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from compiling import compile_source, first_error

if sys.argv[1:] == ["--list"]:
    print(*sorted(path.stem for path in pathlib.Path(__file__).parent.glob("*.cpp")))
    sys.exit()

path, family, *compiler = sys.argv[1:]
source = pathlib.Path(path)
speaker = "clang" if "clang" in family else r"g\+\+"
said = re.search(rf"^// (?:{speaker} )?says: *(\S.*)$", source.read_text(), re.MULTILINE)
if not said:
    sys.exit(f"{source.name} does not tell what {family} must say")

fine, output = compile_source(compiler, source)
if not fine:
    sys.exit(f"the positive twin must compile, but:\n{output}")

fine, output = compile_source(compiler, source, "-DWRONG")
first = first_error(output)
errors = sum("error:" in line for line in output.splitlines())
print(f"expected: {said[1]}\nfirst:    {first}\nerrors:   {errors}, in {len(output.splitlines())} lines")
if fine:
    sys.exit("compiles, and must not")
if not re.search(said[1], first):
    sys.exit(f"the first error is another one:\n{output}")
