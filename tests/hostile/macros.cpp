// SPDX-License-Identifier: BSL-1.0
// Macros that some system's headers leave behind. The standard library's and the system's own headers come before them,
// as they do in a program that has met <windows.h>.
#include "every_standard_header"
#include "every_posix_header"

#define linux 1
#define unix 1
#define interface struct
#define small char
#define near
#define far
#define pascal
#define cdecl
#define hyper int
#define IN
#define OUT
#define OPTIONAL
#undef ERROR
#define ERROR 0
#undef DELETE
#define DELETE (0x00010000L)
#define TRUE 1
#define FALSE 0
#define VOID void
#define CONST const
#define NO_ERROR 0
#define NEAR near
#define FAR far
#define GetMessage GetMessageA
#define CreateProcess CreateProcessA
#define SendMessage SendMessageA
#define GetObject GetObjectA
#define Yield()
#define None 0L
#define Bool int
#define Status int
#define Success 0
#define Always 2
#define sun 1
#define mips 1
#define sgi 1
#define hpux 1
#undef major
#undef minor
#undef makedev
#define major(device) ((device) >> 8)
#define minor(device) ((device) & 255)
#define makedev(major_number, minor_number) ((major_number) << 8 | (minor_number))

#include "every_header"
