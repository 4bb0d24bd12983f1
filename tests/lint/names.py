# SPDX-License-Identifier: BSL-1.0
"""No namespace, enumerator, variable or function has a name that is a macro on some system, and min( and max( stand in brackets."""

import re

macros = ("linux|unix|major|minor|makedev|interface|small|near|far|pascal|cdecl|stdin|stdout|stderr|min|max|errno|assert|IN|OUT|OPTIONAL"
          "|ERROR|DELETE|TRUE|FALSE|BOOL|CONST|VOID|NULL|EOF|Yield|None|Status|Bool|Success|sun|mips|i386|arm|hpux|sgi"
          "|s_addr|s6_addr|h_addr|h_errno|sa_handler|sa_sigaction|si_pid|st_atime|NO_ERROR|NO_DATA|NO_ADDRESS|HOST_NOT_FOUND|TRY_AGAIN")
declared = re.compile(
    rf"(?:\bnamespace\s+(?:\w+::)*(?P<space>{macros})\b)"
    rf"|(?:(?:[\w>&*]|\]\])\s+(?P<thing>{macros})\s*(?:[;={{,)]|\(\s*(?!\))))"
    rf"|(?:^\s*(?P<enumerator>{macros})\s*(?:,|=[^=]|$))")
words_before = re.compile(r"\b(return|co_return|co_yield|throw|case|not|and|or|else|delete|goto)\s+$")


def findings(tree):
    for header in tree.headers:
        for number, line in tree.code_lines(header):
            if line.lstrip().startswith("#"):
                continue
            for found in re.finditer(r"\b(min|max)\(", line):
                yield header, number, f"{found[1]} is a macro somewhere: write (std::{found[1]})(a, b), (limits::{found[1]})()"
            for found in declared.finditer(line):
                name = next(filter(None, found.groups()))
                at = found.start(found.lastgroup)
                if words_before.search(line[:at]) or name in ("stdin", "stdout", "stderr", "errno", "assert"):
                    continue
                yield header, number, f"{name} is a macro somewhere"
