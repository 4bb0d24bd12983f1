// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "server.hpp"

#include <map>
#include <optional>

// What a server does that does not depend on the machine. For each round trip of 64 bytes on one connection, which is the
// same every time (instructions on 50 as well, whose messages reach a server under callgrind in batches): the difference of
// two runs of different lengths. For each connection: the difference that ten thousand of them make.

struct counts {
    const evented_subject* subject;
    std::optional<double> instructions, batched;           // of the user's half, by callgrind; batched: on 50 connections
    std::optional<std::map<std::string, double>> calls;    // by strace
    double allocations;                                    // for each round trip
    double connection_allocations, connection_bytes;       // for each idle connection, by malloc's books
    double connection_resident;                            // the same by the kernel's, in pages and with what malloc does not know of
};

[[nodiscard]] counts count(const evented_subject& subject, const scratch& folder);
