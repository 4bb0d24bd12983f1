// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/serve/book.hpp>
#include <plumb/serve/forking.hpp>
#include <plumb/serve/handle.hpp>
#include <plumb/serve/intake.hpp>
#include <plumb/serve/lifeline.hpp>
#include <plumb/serve/observer.hpp>
#include <plumb/serve/sequential.hpp>
#include <plumb/serve/threaded.hpp>
