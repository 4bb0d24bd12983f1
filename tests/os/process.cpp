// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/process.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace plumb;

TEST_CASE("the system of this machine carries out every call") {
    static_assert(os::process_system<os::native_processes>);
}

TEST_CASE("the environment of this program is told variable by variable") {
    auto all = os::native_processes::variables();
    REQUIRE(std::getenv("PATH"));
    auto is_path = [](const std::string& one) { return one.starts_with("PATH=") || one.starts_with("Path="); };
    auto path = std::find_if(all.begin(), all.end(), is_path);
    REQUIRE(path != all.end());
    CHECK(path->substr(5) == std::getenv("PATH"));
}
