// SPDX-License-Identifier: BSL-1.0
// g++ says: could not convert 'moment' from|no matching function for call to 'until|cannot convert 'moment' from|could not convert '.*steady_clock
// clang says: no matching function for call to 'until'
#include <plumb/socket.hpp>

using namespace plumb;

deadline f([[maybe_unused]] std::chrono::steady_clock::time_point moment) {
#ifdef WRONG
    return until(moment);
#else
    return until(tcp::now());
#endif
}
