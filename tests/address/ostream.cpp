// SPDX-License-Identifier: BSL-1.0
#include <plumb/address/ostream.hpp>

#include <plumb/address.hpp>

#include <doctest/doctest.h>

#include <iomanip>
#include <sstream>

using namespace plumb;

namespace {

template <class T>
void is_written_as_its_text(const T& value) {
    std::ostringstream out;
    out << value;
    CHECK(out.str() == to_string(value));
}

}  // namespace

TEST_CASE("every address is written to a stream as its text") {
    is_written_as_its_text(ipv4_address::broadcast());
    is_written_as_its_text(ipv6_address::loopback());
    is_written_as_its_text(ipv6_scope::from_number(7));
    is_written_as_its_text("fe80::1%eth0"_ip);
    is_written_as_its_text("[::1]:80"_endpoint);
    is_written_as_its_text("10.0.0.0/8"_prefix);
    is_written_as_its_text(port(8080));
    is_written_as_its_text(local_address::path("/run/echo.sock").value());
    is_written_as_its_text(local_address());
}

TEST_CASE("the stream's width, fill and side apply") {
    std::ostringstream out;
    out << '[' << std::setw(10) << std::setfill('.') << "1.2.3.4"_ip << "][" << std::left << std::setw(8) << port(80) << ']';
    CHECK(out.str() == "[...1.2.3.4][80......]");
}
