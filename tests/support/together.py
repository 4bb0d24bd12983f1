# SPDX-License-Identifier: BSL-1.0
"""usage: together.py TEST... -- SOURCE...

Deals the tests among the sources, so that what they include is compiled once for each source and not for each test. Every
test has a namespace of its own there, which opens after its includes. Lines and files are told as they are in the tests.
"""

import pathlib
import re
import sys


def in_a_namespace(test):
    beside = pathlib.Path(test).resolve().parent
    text = re.sub(r'^#include "(.*)"$', lambda found: f'#include "{beside / found[1]}"' if (beside / found[1]).exists() else found[0],
                  pathlib.Path(test).read_text(), flags=re.MULTILINE)
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if not re.match(r"#|//|\s*$", line))
    head, body = "".join(lines[:start]), "".join(lines[start:])
    if len(re.findall(r"^#if", head, re.MULTILINE)) != len(re.findall(r"^#endif", head, re.MULTILINE)):
        sys.exit(f"{test}: its first code stands in an #if, so it cannot be put together with others")
    if late := re.search(r"^(#include .*|namespace (plumb|std)\b.*|extern .*|.*\boperator (new|delete)\b.*)$", body, re.MULTILINE):
        sys.exit(f"{test}: cannot stand in a namespace, so it cannot be put together with others: {late[0]}")
    name = "test_of_" + "_".join(re.findall(r"\w+", test.rpartition("/tests/")[2].removesuffix(".cpp")))
    macros = re.findall(r"^ *# *define (\w+)", "".join(lines), re.MULTILINE)
    return "".join([f'#line 1 "{test}"\n', head, f"namespace {name} {{\n", f'#line {start + 1} "{test}"\n', body,
                    f"}}  // namespace {name}\n", *(f"#undef {macro}\n" for macro in macros)])


if __name__ == "__main__":
    split = sys.argv.index("--")
    tests, sources = sys.argv[1:split], {source: [] for source in sys.argv[split + 1:]}
    for text in sorted(map(in_a_namespace, tests), key=len, reverse=True):
        min(sources.values(), key=lambda texts: sum(map(len, texts))).append(text)
    for source, texts in sources.items():
        pathlib.Path(source).write_text("\n".join(texts))
