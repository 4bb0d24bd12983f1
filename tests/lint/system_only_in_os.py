# SPDX-License-Identifier: BSL-1.0
"""The operating system's headers and names stand only in os/, and the question which system this is only in os/platform.hpp."""

import re

from source import includes, prefix, room_of

system_headers = re.compile(
    r"(sys|netinet|arpa|net|netpacket|linux|asm|netax25|netipx)/.*"
    r"|(unistd|fcntl|netdb|poll|pthread|signal|spawn|sched|dlfcn|ifaddrs|resolv|aio|termios|syslog|utime|dirent|features"
    r"|windows|winsock2?|ws2tcpip|ws2def|mswsock|iphlpapi|io|process|direct|afunix|mstcpip|bcrypt|winternl|ntstatus)\.h", re.IGNORECASE)
asks_which = re.compile(
    r"^\s*#\s*(?:el)?(?:if|ifdef|ifndef|elifdef|elifndef)\b.*\b(_WIN32|_WIN64|__linux__|__linux|__unix__|__APPLE__|__FreeBSD__"
    r"|__NetBSD__|__OpenBSD__|__MINGW32__|__MINGW64__|__CYGWIN__|__ANDROID__|__GLIBC__|__musl__|_POSIX_\w+)\b")
knows_which = re.compile(r"\bPLUMB_OS_\w+")
system_names = re.compile(
    r"\b(AF_[A-Z0-9]+|PF_[A-Z0-9]+|SOCK_[A-Z]+|IPPROTO_\w+|SOL_\w+|SO_[A-Z]+\w*|MSG_[A-Z]+|SHUT_\w+|INADDR_\w+|EAI_\w+|AI_[A-Z]+"
    r"|sockaddr(?:_\w+)?|in_addr|in6_addr|addrinfo|hostent|socklen_t|ssize_t|msghdr|iovec|WSA\w+|SOCKET_ERROR|INVALID_SOCKET"
    r"|INVALID_HANDLE_VALUE|errno|E[A-Z]{3,}\b)\b(?!\s*:)")
allowed_names = {"to_sockaddr", "from_sockaddr"}


def findings(tree):
    for header in tree.headers:
        inside_os = room_of(header) == "os" and header.startswith(prefix + "os/")
        if header != prefix + "os/platform.hpp":
            for number, line in tree.code_lines(header):
                if found := asks_which.search(line):
                    yield header, number, f"{found[1]} is asked only in os/platform.hpp"
        if inside_os:
            continue
        for number, included in includes(tree, header):
            if system_headers.fullmatch(included):
                yield header, number, f"<{included}> is the system's"
        for number, line in tree.code_lines(header):
            if found := knows_which.search(line):
                yield header, number, f"{found[0]} is for os/"
            if line.lstrip().startswith("#"):
                continue
            for found in system_names.finditer(line):
                if found[0] not in allowed_names and not re.match(r"\s*std::errc", line):
                    yield header, number, f"{found[0]} is the system's name"
