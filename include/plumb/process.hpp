// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/process/alarm_clock.hpp>
#include <plumb/process/command.hpp>
#include <plumb/process/fork.hpp>
#include <plumb/process/pipe.hpp>
#include <plumb/process/process.hpp>
#include <plumb/process/process_id.hpp>
#include <plumb/process/process_status.hpp>
#include <plumb/process/redirect.hpp>
#include <plumb/process/run.hpp>
#include <plumb/process/signals.hpp>
#include <plumb/process/sleep.hpp>
#include <plumb/process/spawn_options.hpp>
#include <plumb/process/wait_readable.hpp>
