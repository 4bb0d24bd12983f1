// SPDX-License-Identifier: BSL-1.0
// min and max as <windows.h> leaves them, which a standard library cannot be included after.
#include "every_standard_header"
#include "every_posix_header"

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))

#include "every_header"
