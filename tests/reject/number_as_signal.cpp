// SPDX-License-Identifier: BSL-1.0
// says: no matching function for call to 'on_signal
#include <plumb/process.hpp>
using namespace plumb;

bool f() {
#ifdef WRONG
    return on_signal(2, [] {}).has_value();
#else
    return on_signal(signal_number::interrupt, [] {}).has_value();
#endif
}
