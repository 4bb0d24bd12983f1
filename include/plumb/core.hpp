// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/byte_order.hpp>
#include <plumb/core/bytes.hpp>
#include <plumb/core/cause.hpp>
#include <plumb/core/deadline.hpp>
#include <plumb/core/dynamic_array.hpp>
#include <plumb/core/error.hpp>
#include <plumb/core/least.hpp>
#include <plumb/core/result.hpp>
#include <plumb/core/version.hpp>
