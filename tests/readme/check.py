# SPDX-License-Identifier: BSL-1.0
"""usage: check.py COMPILER ARG...

Every block of C++ in README.md and docs/ stands, line by line, in a source under examples/ or tests/, which is compiled
there. A block may join several such pieces with blank lines, and single lines that tests/reject shows not to compile.
The README's first block is a program, and compiles as it is pasted.
"""

import pathlib
import re
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import tree
from compiling import compile_source

compiler = sys.argv[1:]
sources = {path: (tree.root / path).read_text() for path in tree.files()
           if path.endswith(".cpp") and path.startswith(("examples/", "tests/"))}


def lines_of(text):
    return [line.rstrip() for line in textwrap.dedent(text).strip("\n").splitlines()]


def stands_in(piece, text):
    """Whether the lines of the piece follow one another in the text, all indented alike."""
    wanted = lines_of(piece)
    there = [line.rstrip() for line in text.splitlines()]
    for at in range(len(there) - len(wanted) + 1):
        part = there[at:at + len(wanted)]
        if part[0].endswith(wanted[0]) and lines_of("\n".join(part)) == wanted:
            return True
    return False


def source_of(piece):
    return next((path for path, text in sources.items() if stands_in(piece, text)), None)


def refused_in(line):
    """The file of tests/reject that holds the line's code; what a comment behind it says is the page's own."""
    code = line.partition("//")[0].strip()
    return next((path for path, text in sources.items() if path.startswith("tests/reject/")
                 and code in (other.partition("//")[0].strip() for other in text.splitlines())), None)


def pieces_of(block):
    if source_of(block):
        return {block: source_of(block)}
    found = {}
    for paragraph in re.split(r"\n\s*\n", block.strip("\n")):
        if source_of(paragraph):
            found[paragraph] = source_of(paragraph)
        else:
            found |= {line: refused_in(line) for line in paragraph.splitlines()}
    return found


bad = blocks = 0
if not (tree.root / "README.md").is_file():
    sys.exit("there is no README.md")
for page in [path for path in tree.files() if path == "README.md" or re.fullmatch(r"docs/.*\.md", path)]:
    text = (tree.root / page).read_text()
    for found in re.finditer(r"^```(?:cpp|c\+\+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        blocks += 1
        where = f"{page}:{text.count(chr(10), 0, found.start()) + 1}"
        for piece, source in pieces_of(found[1]).items():
            print(f"{where}: {source or 'in no source of examples/ or tests/:'}")
            if not source:
                bad += 1
                print(textwrap.indent(piece, "    "))
        if page == "README.md" and blocks == 1:
            fine, output = compile_source(compiler, found[1])
            if not fine or "main(" not in found[1]:
                bad += 1
                print(f"{where}: the first program does not compile as pasted:\n{output}")

print(f"{blocks} blocks, {bad} that differ")
sys.exit(bad > 0 or blocks == 0)
