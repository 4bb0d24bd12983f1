// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/platform.hpp>

// The one place that includes the system's headers, so that none of their macros gets loose: a header that nobody has
// included before is asked for little (no min and max, none of the rare parts), and names that programs like for
// themselves are afterwards what they were before, macro or not. The capitals that the system's other headers are written
// in (FAR, WINAPI, TEXT …) stay. A program that needs more includes <winsock2.h> and <windows.h> itself, in that order and
// before ours; <mmsystem.h> and <dbt.h> need `far` and so come before ours too.

#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#define PLUMB_MADE_IT_LEAN
#endif
#if !defined(NOMINMAX)
#define NOMINMAX
#define PLUMB_MADE_IT_NOMINMAX
#endif

// <windows.h> was here before and brought the older <winsock.h>: MinGW's headers get along with that, but would warn.
#if defined(_WINSOCKAPI_) && !defined(_WINSOCK2API_)
#undef _WINSOCKAPI_
#endif

#pragma push_macro("min")
#pragma push_macro("max")
#pragma push_macro("near")
#pragma push_macro("far")
#pragma push_macro("small")
#pragma push_macro("hyper")
#pragma push_macro("interface")
#pragma push_macro("pascal")
#pragma push_macro("cdecl")
#pragma push_macro("ERROR")
#pragma push_macro("IN")
#pragma push_macro("OUT")
#pragma push_macro("OPTIONAL")

// clang-format off: <winsock2.h> keeps <windows.h> from including the older <winsock.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <afunix.h>
// clang-format on

#pragma pop_macro("min")
#pragma pop_macro("max")
#pragma pop_macro("near")
#pragma pop_macro("far")
#pragma pop_macro("small")
#pragma pop_macro("hyper")
#pragma pop_macro("interface")
#pragma pop_macro("pascal")
#pragma pop_macro("cdecl")
#pragma pop_macro("ERROR")
#pragma pop_macro("IN")
#pragma pop_macro("OUT")
#pragma pop_macro("OPTIONAL")

#if defined(PLUMB_MADE_IT_LEAN)
#undef WIN32_LEAN_AND_MEAN
#undef PLUMB_MADE_IT_LEAN
#endif
#if defined(PLUMB_MADE_IT_NOMINMAX)
#undef NOMINMAX
#undef PLUMB_MADE_IT_NOMINMAX
#endif

// Two functions whose own headers are not worth their price: <netioapi.h> alone is 28,000 lines.
extern "C" {
ULONG WINAPI if_nametoindex(PCSTR name);
BOOLEAN WINAPI SystemFunction036(PVOID buffer, ULONG size);    // RtlGenRandom
}
