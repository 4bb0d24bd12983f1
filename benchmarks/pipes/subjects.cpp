// SPDX-License-Identifier: BSL-1.0
#include "../support/echo/server.hpp"
#include "subjects.h"

// The blocking echo path over a pair of pipes: plumb beside hand-written C.

const description about = {
    .summary = "How fast an echo server over two pipes is on plumb, beside hand-written C, and what it does that no machine changes.",
    .heading = "Blocking echo over two pipes.",
    .plot_title = "Blocking echo over two pipes",
};

std::span<const protocol> protocols() {
    static constexpr protocol all[] = {{"pipe", 0}};
    return all;
}

std::span<const echo_subject* const> subjects() {
    static const echo_subject* const all[] = {&subject_c, &subject_plumb};
    return all;
}
