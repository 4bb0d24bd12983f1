// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/echo/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { echo_tcp, echo_udp, echo_local };    // the numbers of the protocols

extern const struct echo_subject subject_c, subject_plumb, subject_asio;

#ifdef __cplusplus
}
#endif
