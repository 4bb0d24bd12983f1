// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/stream/buffered.hpp>
#include <plumb/stream/copy.hpp>
#include <plumb/stream/file.hpp>
#include <plumb/stream/reader.hpp>
#include <plumb/stream/stream.hpp>
#include <plumb/stream/writer.hpp>
