# SPDX-License-Identifier: BSL-1.0
"""The project's files as the checks see them."""

import re

import tree as files_of

prefix = "include/plumb/"


class Tree:
    def __init__(self):
        self.root = files_of.root
        self.paths = files_of.files()
        self.headers = [path for path in self.paths if path.startswith(prefix) and path.endswith(".hpp")]
        self._texts = {}

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(errors="replace")
        return self._texts[path]

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def code(self, path):
        """The text with comments and the insides of quotes blanked out; lines and columns stay where they are."""
        return blank(self.text(path))

    def code_lines(self, path):
        return enumerate(self.code(path).splitlines(), 1)


def room_of(header):
    """The room of a header by its path in the tree: address, os, …; its own name for an umbrella."""
    return header.removeprefix(prefix).partition("/")[0].removesuffix(".hpp")


def is_umbrella(header):
    return "/" not in header.removeprefix(prefix)


_quiet = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def blank(text):
    def spaces(match):
        found = match[0]
        before = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
        if found[0] == '"' and re.fullmatch(r"\s*#\s*include\s*", before):
            return found
        return re.sub(r"[^\n]", " ", found)
    return _quiet.sub(spaces, text)


def includes(tree, path):
    """(line, what is included), whether in <> or in quotes."""
    for number, line in tree.lines(path):
        if found := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
            yield number, found[1]
