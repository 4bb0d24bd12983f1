// SPDX-License-Identifier: BSL-1.0
#include <plumb/core.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

using namespace plumb;

static_assert(sizeof(plumb::error) == 8);
static_assert(std::is_trivially_copyable_v<plumb::error>);
static_assert(sizeof(result<std::size_t>) <= 2 * sizeof(void*) + (sizeof(void*) < 8 ? 8 : 0));
static_assert(plumb::error(verb::read, std::errc::connection_reset) == std::errc::connection_reset);

TEST_CASE("an error keeps its operation, cause and detail apart") {
    plumb::error all(verb::convert, error_domain::windows, 0xffff, 0xffff'ffff);
    CHECK(all.operation() == verb::convert);
    CHECK(all.domain() == error_domain::windows);
    CHECK(all.cause() == 0xffff);
    CHECK(all.detail() == 0xffff'ffff);
    CHECK(all.during(verb::read) == plumb::error(verb::read, error_domain::windows, 0xffff, 0xffff'ffff));
    CHECK(all.with(7) == plumb::error(verb::convert, error_domain::windows, 0xffff, 7));
}

TEST_CASE("every operation has a name of its own") {
    std::vector<std::string> names;
    for (auto one = 0;; ++one) {
        names.emplace_back(name_of(static_cast<verb>(one)));
        if (static_cast<verb>(one) == verb::alarm) break;
    }
    CHECK(names.front().empty());
    for (std::size_t i = 1; i < names.size(); ++i) {
        CHECK_FALSE(names[i].empty());
        for (std::size_t j = 0; j < i; ++j) CHECK(names[i] != names[j]);
    }
    CHECK(name_of(verb::bind) == "bind");
    CHECK(name_of(verb::reverse_resolve) == "reverse_resolve");
    CHECK(name_of(verb::convert) == "convert");
}

TEST_CASE("a message is the operation, a colon and the cause") {
    struct row {
        plumb::error failed;
        std::string says;
    };
    const row rows[] = {
        {{verb::bind, std::errc::address_in_use}, "bind: Address already in use"},          // in the words of POSIX on every system
        {{verb::read, condition::end_of_stream, 3}, "read: The stream ended early, after 3 bytes"},      // with the count
        {{verb::parse, condition::invalid_text, 9}, "parse: Invalid text at offset 9"},                  // with the place
        {{verb::read, condition::too_long, 64}, "read: Longer than the limit of 64 bytes"},              // with the limit
        {{verb::receive, condition::truncated}, "receive: More came than there was room for"},      // size not known
        {{verb::receive, condition::truncated, 9}, "receive: More came than there was room for: 9 bytes"},
        {{verb::read, condition::timed_out}, "read: The deadline passed"},                               // nothing had moved
        {{verb::write, condition::timed_out, 5}, "write: The deadline passed, after 5 bytes"},
        {{verb::accept, condition::cancelled}, "accept: A stop was requested"},
        {{verb::connect, condition::self_connected}, "connect: Connection refused (the socket reached itself)"},
        {{verb::adopt, condition::wrong_descriptor}, "adopt: The descriptor is not of this type"},
        {{verb::wait, condition::status_lost}, "wait: How the child ended is lost"},
        {{verb::spawn, std::errc::no_such_file_or_directory}, "spawn: No such file or directory"},       // of no step
        {{verb::spawn, std::errc::no_such_file_or_directory, 2}, "spawn: directory: No such file or directory"},
        {{verb::run, error_domain::windows, 2, 3}, "run: program: No such file or directory"},
        {{verb::run, condition::too_long, 3}, "run: Longer than the limit of 3 bytes"},
        {{verb::copy, std::errc::broken_pipe, 3}, "copy: Broken pipe"},                                  // no step, but bytes
        {{verb::resolve, lookup::host_not_found}, "resolve: Host not found"},
        {{verb::none, condition::invalid_text, 0}, "Invalid text at offset 0"},                          // of no operation
        {{verb::connect, error_domain::windows, 10061}, "connect: Connection refused"},
        {{verb::open, error_domain::windows, 4711}, "open: Windows error 4711"},                         // one we do not know
    };
    for (auto& row : rows) CHECK(row.failed.message() == row.says);
}

TEST_CASE("an error compares with std::errc by what it means, on whichever system it came from") {
    struct row {
        plumb::error failed;
        std::errc means;
    };
    const row rows[] = {
        {{verb::connect, std::errc::connection_refused}, std::errc::connection_refused},
        {{verb::connect, error_domain::windows, 10061}, std::errc::connection_refused},    // WSAECONNREFUSED
        {{verb::read, error_domain::windows, 10054}, std::errc::connection_reset},         // WSAECONNRESET
        {{verb::bind, error_domain::windows, 10048}, std::errc::address_in_use},           // WSAEADDRINUSE
        {{verb::read, error_domain::windows, 10035}, std::errc::resource_unavailable_try_again},
        {{verb::read, error_domain::windows, 10004}, std::errc::interrupted},
        {{verb::accept, error_domain::windows, 10024}, std::errc::too_many_files_open},
        {{verb::send, error_domain::windows, 10040}, std::errc::message_size},
        {{verb::open, error_domain::windows, 2}, std::errc::no_such_file_or_directory},    // ERROR_FILE_NOT_FOUND
        {{verb::open, error_domain::windows, 5}, std::errc::permission_denied},            // ERROR_ACCESS_DENIED
        {{verb::read, condition::timed_out}, std::errc::timed_out},
        {{verb::read, condition::cancelled}, std::errc::operation_canceled},
        {{verb::receive, condition::truncated}, std::errc::message_size},
        {{verb::parse, condition::invalid_text}, std::errc::invalid_argument},
        {{verb::connect, condition::self_connected}, std::errc::connection_refused},
        {{verb::resolve, lookup::try_again}, std::errc::resource_unavailable_try_again},
        {{verb::resolve, lookup::invalid_name}, std::errc::invalid_argument},
    };
    for (auto& row : rows) {
        CHECK(row.failed == row.means);
        CHECK(row.failed != std::errc::io_error);
        CHECK(row.failed.code() == row.means);    // the standard library agrees
    }
    CHECK_FALSE(plumb::error(verb::read, condition::end_of_stream) == std::errc{});    // it means nothing of the system's
    CHECK_FALSE(plumb::error(verb::open, error_domain::windows, 4711) == std::errc{});
}

TEST_CASE("errors of different domains with one number are different") {
    plumb::error ours(verb::read, condition::timed_out), systems(verb::read, static_cast<std::errc>(3)), lookups(verb::read, lookup::try_again);
    CHECK(ours == condition::timed_out);
    CHECK_FALSE(systems == condition::timed_out);
    CHECK_FALSE(lookups == condition::timed_out);
    CHECK(lookups == lookup::try_again);
    CHECK_FALSE(ours == lookup::try_again);
    CHECK(ours != systems);
    CHECK(ours.code() != lookups.code());
}

TEST_CASE("code() tells the category by name") {
    CHECK(plumb::error(verb::read, std::errc::broken_pipe).code() == std::error_code(EPIPE, std::generic_category()));
    CHECK(plumb::error(verb::read, condition::end_of_stream).code().category().name() == std::string("plumb"));
    CHECK(plumb::error(verb::resolve, lookup::failed).code().category().name() == std::string("resolver"));
    CHECK(plumb::error(verb::read, error_domain::windows, 10054).code().category().name() == std::string("windows"));
    CHECK(plumb::error(verb::read, condition::end_of_stream).code().message() == "The stream ended early");
}
