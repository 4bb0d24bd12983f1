// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/testing/faulty.hpp>
#include <plumb/testing/memory_stream.hpp>
#include <plumb/testing/traced.hpp>
