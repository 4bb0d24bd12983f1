// SPDX-License-Identifier: BSL-1.0
#pragma once

// How often this process has asked for memory, whether by malloc or by operator new. -1 where that cannot be told.
long allocations() noexcept;
