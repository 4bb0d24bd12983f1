// SPDX-License-Identifier: BSL-1.0
// Compiled once, before the programs that must not compile: each of them then takes a third of the time.
#include <plumb/plumb.hpp>
