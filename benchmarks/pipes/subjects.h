// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/echo/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct echo_subject subject_c, subject_plumb;

#ifdef __cplusplus
}
#endif
