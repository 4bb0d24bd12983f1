// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/address/endpoint.hpp>
#include <plumb/address/format.hpp>
#include <plumb/address/generic.hpp>
#include <plumb/address/ip.hpp>
#include <plumb/address/ipv4.hpp>
#include <plumb/address/ipv6.hpp>
#include <plumb/address/ipv6_text.hpp>
#include <plumb/address/link.hpp>
#include <plumb/address/literals.hpp>
#include <plumb/address/local.hpp>
#include <plumb/address/port.hpp>
#include <plumb/address/prefix.hpp>
#include <plumb/address/scope.hpp>
#include <plumb/address/text.hpp>
