// SPDX-License-Identifier: BSL-1.0
#include <plumb/testing.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace plumb;

TEST_CASE("a memory stream gives what it holds, then the end") {
    memory_stream stream("hello");
    CHECK(stream.unread() == 5);
    CHECK(stream.read_to_end<std::string>().value() == "hello");
    char more[1];
    CHECK(stream.read(more).value() == 0);
    stream.feed("again");
    CHECK(stream.read_to_end<std::string>().value() == "again");
}

TEST_CASE("it moves no more at once than it was told") {
    memory_stream stream("hello", 2);
    std::array<char, 10> into;
    CHECK(stream.read(into).value() == 2);
    CHECK(stream.write("abc").value() == 2);
    const bytes pieces[] = {"x", "yz"};
    CHECK(stream.write(pieces).value() == 2);
    CHECK(stream.written().text() == "abxy");
    CHECK(memory_stream("hello", 0).read(into).value() == 1);    // it would never end otherwise
}

TEST_CASE("it can break instead of ending") {
    memory_stream stream("ab");
    stream.break_with({verb::none, std::errc::connection_reset});
    std::string arrived;
    auto failed = stream.read_to_end(arrived);
    CHECK(failed.error() == error(verb::read, std::errc::connection_reset, 2));
    CHECK(arrived == "ab");
}
