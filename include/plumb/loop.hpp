// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/loop/async_acceptor.hpp>
#include <plumb/loop/async_handle.hpp>
#include <plumb/loop/async_message.hpp>
#include <plumb/loop/async_pipe.hpp>
#include <plumb/loop/async_stream.hpp>
#include <plumb/loop/awaitable.hpp>
#include <plumb/loop/buffer_pool.hpp>
#include <plumb/loop/children.hpp>
#include <plumb/loop/driver.hpp>
#include <plumb/loop/limits.hpp>
#include <plumb/loop/loop.hpp>
#include <plumb/loop/loop_state.hpp>
#include <plumb/loop/proactor.hpp>
#include <plumb/loop/reactor.hpp>
#include <plumb/loop/readiness.hpp>
#include <plumb/loop/resolve.hpp>
#include <plumb/loop/run_loops.hpp>
#include <plumb/loop/scope.hpp>
#include <plumb/loop/stream_verbs.hpp>
#include <plumb/loop/suspension.hpp>
#include <plumb/loop/task.hpp>
#include <plumb/loop/timer.hpp>
#include <plumb/loop/together.hpp>
#include <plumb/loop/transfer.hpp>
#include <plumb/loop/verbs.hpp>
