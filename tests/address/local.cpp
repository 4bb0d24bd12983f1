// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/local.hpp>

#include "../support/address_checks.hpp"

#if __has_include(<sys/un.h>)
#include <sys/un.h>
#endif

using namespace plumb;
using namespace std::string_view_literals;

#if __has_include(<sys/un.h>)
static_assert(local_address::max_size == sizeof(sockaddr_un::sun_path) - 1);
#endif

namespace {

const std::string as_long_as_allowed(107, 'x'), one_longer(108, 'x');

}  // namespace

TEST_CASE("a local address is a path, an abstract name, or unnamed, and knows which") {
    constexpr local_address unnamed;
    constexpr auto path = *local_address::path("/run/echo.sock");
    constexpr auto name = *local_address::abstract_name("echo");
    static_assert(unnamed.is_unnamed() && !unnamed.is_path() && !unnamed.is_abstract() && unnamed.kind() == local_kind::unnamed);
    static_assert(path.is_path() && !path.is_unnamed() && !path.is_abstract() && path.kind() == local_kind::path);
    static_assert(name.is_abstract() && !name.is_unnamed() && !name.is_path() && name.kind() == local_kind::abstract_name);
    static_assert(path.file_name() == "/run/echo.sock" && path.name() == "");
    static_assert(name.name() == "echo" && name.file_name() == "");
    CHECK(to_string(unnamed) == "(unnamed)");
    CHECK(to_string(path) == "/run/echo.sock");
    CHECK(to_string(name) == "@echo");
}

TEST_CASE("a path of 1 to 107 bytes without a NUL is taken, every other refused before the system could cut it") {
    CHECK(local_address::path("x").value().file_name() == "x");
    CHECK(local_address::path(as_long_as_allowed).value().file_name() == as_long_as_allowed);
    CHECK(local_address::path(one_longer).error() == error(verb::parse, condition::too_long, 107));
    CHECK(local_address::path(std::string(1'000'000, 'x')).error() == condition::too_long);
    CHECK(local_address::path("").error() == error(verb::parse, condition::invalid_text, 0));
    CHECK(local_address::path("\0abstract"sv).error() == error(verb::parse, condition::invalid_text, 0));
    CHECK(local_address::path("/run/a\0b"sv).error() == error(verb::parse, condition::invalid_text, 6));
    CHECK(local_address::path("/tmp/with blank\n\xff").value().file_name() == "/tmp/with blank\n\xff");
}

TEST_CASE("an abstract name is any 0 to 107 bytes, and its NULs are part of it") {
    CHECK(local_address::abstract_name("").value().name() == "");
    CHECK(local_address::abstract_name("a\0b"sv).value().name() == "a\0b"sv);
    CHECK(local_address::abstract_name("a\0b"sv).value() != local_address::abstract_name("a").value());
    CHECK(local_address::abstract_name("a\0"sv).value() != local_address::abstract_name("a").value());
    CHECK(local_address::abstract_name(as_long_as_allowed).value().name() == as_long_as_allowed);
    CHECK(local_address::abstract_name(one_longer).error() == error(verb::parse, condition::too_long, 107));
}

TEST_CASE("an abstract name is written after an @ so that it can be read by people, and back") {
    struct row {
        std::string_view name, text;
        const char* reason;
    };
    for (auto [name, text, reason] : {
             row{"", "@", "empty"},
             {"/tmp/.X11-unix/X0", "@/tmp/.X11-unix/X0", "looks like a path"},
             {"@", "@@", "an @ of its own"},
             {"a b", "@a b", "a blank can be printed"},
             {"a\0b"sv, "@a\\x00b", "a NUL"},
             {"\0\0"sv, "@\\x00\\x00", "nothing but NULs"},
             {"a\nb", "@a\\x0ab", "a line's end"},
             {"\x7f\x80\xff", "@\\x7f\\x80\\xff", "beyond what can be printed"},
             {"a\\x00", "@a\\x5cx00", "a backslash is not taken for the beginning of one of ours"},
         }) {
        CAPTURE(reason);
        auto address = local_address::abstract_name(name).value();
        CHECK(to_string(address) == text);
        CHECK(local_address::parse(text).value() == address);
        CHECK(slow::disagreement<local_address>(text) == "");
    }
    for (int byte = 0; byte < 256; ++byte) {
        auto address = local_address::abstract_name(std::string(3, static_cast<char>(byte))).value();
        CHECK(local_address::parse(to_string(address)).value() == address);
    }
}

TEST_CASE("a text is an abstract name after an @, and a path otherwise") {
    support::accepts<local_address>({
        {"@name", "@name", "abstract"},
        {"./@name", "./@name", "a path that begins with @"},
        {"(unnamed)", "(unnamed)", "a path: no text stands for unnamed"},
        {"/run/a\\x00", "/run/a\\x00", "a backslash in a path is itself"},
        {"@\\x41", "@A", "a byte that could have been printed"},
        {"@\xc3\xa9", "@\\xc3\\xa9", "a byte that cannot be printed everywhere"},
    });
    CHECK(local_address::parse("(unnamed)").value().is_path());
    support::refuses<local_address>({
        {"", 0, "empty"},
        {"/run/\0"sv, 5, "a NUL, where a C string would end"},
        {"@a\0b"sv, 2, "a NUL is written \\x00"},
        {"@\\", 2, "ends early"},
        {"@\\n", 2, "no other escape than \\x"},
        {"@\\x", 3, "ends early"},
        {"@\\x0", 4, "one digit"},
        {"@\\x0A", 4, "upper case is not how it is written"},
        {"@\\xg0", 3, "no digit"},
    });
    CHECK(local_address::parse("@" + as_long_as_allowed).value().name() == as_long_as_allowed);
    CHECK(local_address::parse("@" + one_longer).error() == error(verb::parse, condition::too_long, 107));
    CHECK(local_address::parse(one_longer).error() == error(verb::parse, condition::too_long, 107));
}

TEST_CASE("the parser agrees with its slow twin on texts that are nearly addresses") {
    support::agrees_near<local_address>({"@a\\x00b", "@", "/run/echo.sock", "@\\xff\\x5c", "@" + as_long_as_allowed, one_longer}, "@\\x0f9a/G\x01\xff"sv);
}

TEST_CASE("local addresses are ordered by kind, then bytes, hash apart, and are never truncated") {
    auto path = [](std::string_view text) { return local_address::path(text).value(); };
    auto name = [](std::string_view text) { return local_address::abstract_name(text).value(); };
    support::are_in_order<local_address>({local_address(), path("a"), path("aa"), path("b"), name(""), name("\0"sv), name("a"), name("a\0"sv), name("aa"), name("b")});
    support::is_never_truncated(local_address());
    support::is_never_truncated(path("/run/echo.sock"));
    auto longest = name(std::string(107, '\0'));
    CHECK(to_string(longest).size() == local_address::max_text_size);
    support::is_never_truncated(longest);
}
