// SPDX-License-Identifier: BSL-1.0
#include "machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <sched.h>
#include <sys/utsname.h>

std::string machine() {
    utsname found;
    return ::uname(&found) == 0 ? std::string(found.sysname) + ' ' + found.release + ' ' + found.machine : "unknown";
}

std::string compiler() {
#if defined(__clang__)
    return __VERSION__;
#else
    return "g++ " __VERSION__;
#endif
}

void warn_of_load() {
    double load = 0;
    if (::getloadavg(&load, 1) == 1 && load > 1.5) std::printf("Load average %.1f: the machine has other work, which blurs the times.\n", load);
}

// The cores that this program was given, before it ties itself to one.
static const cpu_set_t& all_cores() {
    static const cpu_set_t all = [] {
        cpu_set_t given;
        CPU_ZERO(&given);
        ::sched_getaffinity(0, sizeof given, &given);
        return given;
    }();
    return all;
}

cores find_cores() {
    const auto& allowed = all_cores();
    cores found{-1, -1};
    for (int core = 0; core < CPU_SETSIZE && found.servers == -1; ++core)
        if (CPU_ISSET(core, &allowed)) (found.client == -1 ? found.client : found.servers) = core;
    if (found.servers == -1) found.servers = found.client;
    return found;
}

void stay_on(int core) {
    cpu_set_t one = all_cores();
    if (core >= 0) {
        CPU_ZERO(&one);
        CPU_SET(core, &one);
    }
    ::sched_setaffinity(0, sizeof one, &one);
}
