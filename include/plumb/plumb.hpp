// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address.hpp>
#include <plumb/core.hpp>
#include <plumb/dns.hpp>
#include <plumb/process.hpp>
#include <plumb/serve.hpp>
#include <plumb/socket.hpp>
#include <plumb/stream.hpp>
