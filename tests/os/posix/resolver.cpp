// SPDX-License-Identifier: BSL-1.0
#include <plumb/os/resolver.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <netdb.h>

using namespace plumb;

TEST_CASE("each failure of the resolver has a cause of ours") {
    struct {
        int number;
        lookup cause;
    } rows[] = {
        {EAI_NONAME, lookup::host_not_found},   {EAI_NODATA, lookup::no_address},
        {EAI_ADDRFAMILY, lookup::no_address},   {EAI_AGAIN, lookup::try_again},
        {EAI_FAIL, lookup::failed},             {EAI_SERVICE, lookup::service_not_found},
        {EAI_FAMILY, lookup::family_not_supported}, {EAI_SOCKTYPE, lookup::family_not_supported},
        {EAI_IDN_ENCODE, lookup::invalid_name}, {-12345, lookup::failed},
    };
    for (auto row : rows) {
        CAPTURE(row.number);
        CHECK(os::lookup_error(verb::resolve, row.number) == error(verb::resolve, row.cause));
    }
    CHECK(os::lookup_error(verb::resolve, EAI_MEMORY) == std::errc::not_enough_memory);
    CHECK(os::lookup_error(verb::resolve, EAI_OVERFLOW) == std::errc::value_too_large);
    CHECK(os::lookup_error(verb::resolve, EAI_BADFLAGS) == std::errc::invalid_argument);
    errno = EMFILE;
    CHECK(os::lookup_error(verb::resolve, EAI_SYSTEM) == std::errc::too_many_files_open);
    errno = 0;
    CHECK(os::lookup_error(verb::resolve, EAI_SYSTEM) == lookup::failed);
}

TEST_CASE("each failure of a host's lookup has a cause of ours") {
    CHECK(os::host_error(verb::resolve, HOST_NOT_FOUND, 0) == error(verb::resolve, lookup::host_not_found));
    CHECK(os::host_error(verb::resolve, NO_DATA, 0) == lookup::no_address);
    CHECK(os::host_error(verb::resolve, TRY_AGAIN, EAGAIN) == lookup::try_again);
    CHECK(os::host_error(verb::resolve, NO_RECOVERY, 0) == lookup::failed);
    CHECK(os::host_error(verb::resolve, NETDB_INTERNAL, ERANGE) == std::errc::result_out_of_range);
    CHECK(os::host_error(verb::resolve, NETDB_INTERNAL, 0) == lookup::failed);
}

TEST_CASE("an answer that does not fit is asked for again with more room") {
    int asked = 0;
    auto found = os::ask_for_host(verb::resolve, [&](hostent* entry, char* buffer, std::size_t room, hostent** result, int* cause) {
        *cause = NETDB_INTERNAL;
        if (++asked < 3) return ERANGE;
        buffer[room - 1] = '\0';
        static char name[] = "official";
        *entry = {name, nullptr, AF_INET, 4, nullptr};
        *result = entry;
        return 0;
    });
    CHECK(found->canonical_name == "official");
    CHECK(asked == 3);
    asked = 0;
    auto never = os::ask_for_host(verb::resolve, [&](auto, auto, auto, auto, int* cause) {
        ++asked;
        *cause = NETDB_INTERNAL;
        return ERANGE;
    });
    CHECK(never.error() == std::errc::result_out_of_range);
    CHECK(asked < 10);
}

TEST_CASE("an address of the other family is no address") {
    CHECK(os::native_names::resolve({"192.0.2.1", "80", ip_family::ipv6, transport::tcp}).error() == error(verb::resolve, lookup::no_address));
}
