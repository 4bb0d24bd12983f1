// SPDX-License-Identifier: BSL-1.0
#include "../support/slow_parsers.hpp"
#include "agreement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::text(data, size);
    fuzz::must_be_empty(slow::disagreement<plumb::ipv4_address>(text), text);
    fuzz::must_be_empty(slow::disagreement_with_c<plumb::ipv4_address>(text), text);
    return 0;
}
