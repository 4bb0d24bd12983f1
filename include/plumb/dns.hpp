// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/dns/aliases.hpp>
#include <plumb/dns/ask.hpp>
#include <plumb/dns/host_name.hpp>
#include <plumb/dns/host_port.hpp>
#include <plumb/dns/resolve.hpp>
#include <plumb/dns/reverse_resolve.hpp>
