// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/os/handle.hpp>
#include <plumb/os/windows/api.hpp>

namespace plumb::inline v0_1::os {

// A handle of ours as Windows takes it. -1 stands for the process itself there: better a null one.
[[nodiscard]] inline HANDLE as_native(handle ours) noexcept { return ours == none ? nullptr : reinterpret_cast<HANDLE>(ours); }

// As much of a buffer as one ReadFile or WriteFile takes.
[[nodiscard]] inline DWORD clamped(std::size_t size) noexcept { return static_cast<DWORD>(detail::least(size, 1 << 30)); }

}  // namespace plumb::os
