// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/process_status.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace plumb;

TEST_CASE("a status is exited or signaled, never both and never neither") {
    for (auto told : {os::ending{}, os::ending{.code = 255}, os::ending{.signal = 15}, os::ending{.signal = 11, .core_dumped = true}}) {
        process_status status(told);
        CHECK(status.exited() != status.signaled());
    }
}

TEST_CASE("a code of 0 says that all went well, and no signal looks like it") {
    CHECK(process_status(os::ending{}).succeeded());
    CHECK(process_status(os::ending{}).code() == 0);
    CHECK(process_status(os::ending{}).signal() == signal_number{});
    CHECK(process_status(os::ending{.code = 3}).code() == 3);
    CHECK_FALSE(process_status(os::ending{.code = 3}).succeeded());
    CHECK(process_status(os::ending{.signal = 15}).code() == 143);    // as shells say it
    CHECK(process_status(os::ending{.signal = 15}).signal() == signal_number::terminate);
    CHECK_FALSE(process_status(os::ending{.signal = 15}).succeeded());
}

TEST_CASE("a status says itself") {
    CHECK(to_string(process_status(os::ending{})) == "exited with 0");
    CHECK(to_string(process_status(os::ending{.code = 0xc000'0005})) == "exited with 3221225477");    // Windows' access violation
    CHECK(to_string(process_status(os::ending{.signal = 15})) == "ended by SIGTERM");
    CHECK(to_string(process_status(os::ending{.signal = 15, .core_dumped = true})) == "ended by SIGTERM (core dumped)");
}

TEST_CASE("statuses are compared by how the child ended") {
    CHECK(process_status(os::ending{.code = 9}) == process_status(os::ending{.code = 9}));
    CHECK(process_status(os::ending{.code = 9}) != process_status(os::ending{.signal = 9}));
}

TEST_CASE("there is no status of a child that has not ended") {
    static_assert(!std::is_default_constructible_v<process_status>);
}
