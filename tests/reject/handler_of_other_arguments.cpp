// SPDX-License-Identifier: BSL-1.0
// says: what on_signal calls takes a signal_number or nothing
#include <plumb/process.hpp>
using namespace plumb;

bool f() {
#ifdef WRONG
    return on_signal(signal_number::interrupt, [](const char*) {}).has_value();
#else
    return on_signal(signal_number::interrupt, [](signal_number) {}).has_value();
#endif
}
