// SPDX-License-Identifier: BSL-1.0
#include <plumb/socket.hpp>

#include <doctest/doctest.h>

#include <sys/socket.h>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

constexpr auto somewhere = os::option_name{SOL_SOCKET, SO_PRIORITY};

struct some_flag : flag_option<layer::socket, somewhere> {};
struct some_number : number_option<layer::socket, somewhere> {};
struct some_octet : number_option<layer::socket, somewhere, std::uint8_t> {};
struct some_size : size_option<layer::socket, somewhere> {};
struct some_duration : duration_option<layer::tcp, somewhere, std::chrono::seconds> {};
struct some_limit : limit_option<layer::tcp, somewhere, std::chrono::milliseconds> {};
struct some_text : text_option<layer::tcp, somewhere, 8> {};
struct missing : flag_option<layer::socket, os::no_option> {};

template <class Option, auto Value>
concept takes = requires { Option{Value}; };

}  // namespace

TEST_CASE("what is an option, and what can be done with it, is known at compile time") {
    static_assert(settable_option<no_delay> && gettable_option<no_delay>);
    static_assert(settable_option<join_group> && !gettable_option<join_group>);
    static_assert(gettable_option<accepting> && !settable_option<accepting>);
    static_assert(gettable_option<connection_info> && !settable_option<connection_info>);
    static_assert(!socket_option<int> && !socket_option<deadline> && !socket_option<stop_token>);
}

TEST_CASE("a value that the option cannot have does not compile") {
    static_assert(takes<some_flag, true> && takes<some_flag, false>);
    static_assert(!takes<some_flag, 2>, "a flag is on or off");
    static_assert(takes<some_size, 4096> && !takes<some_size, -1>, "the kernel makes 8,388,608 of -1 without a word");
    static_assert(!takes<some_number, -1>);
    static_assert(takes<some_octet, 255> && !takes<some_octet, 256>, "a time to live is one byte");
    static_assert(!takes<some_duration, 5>, "five of what?");
    static_assert(std::is_constructible_v<duration_or_off<std::chrono::milliseconds>, std::chrono::seconds>);
    static_assert(!std::is_convertible_v<std::chrono::microseconds, duration_or_off<std::chrono::milliseconds>>, "lossy");
}

TEST_CASE("the kernel gets exactly the bytes that it wants") {
    static_assert(sizeof(no_delay::native_type) == 4 && sizeof(receive_buffer_size::native_type) == 4);
    static_assert(sizeof(mark::native_type) == 4 && sizeof(socket_cookie::native_type) == 8);
    auto socket = tcp::open(family::ipv4).value();
    char byte = 1;
    CHECK(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_KEEPALIVE, &byte, 1) == -1);    // what a bool would do in C
    CHECK(socket.set(keep_alive{true}));
    CHECK(socket.get<keep_alive>().value());
}

TEST_CASE("more than the kernel can count is the most that it can count") {
    static_assert(some_size{std::size_t{1} << 40}.to_native() == 0x7fff'ffff);
    static_assert(some_number{0xffff'ffff}.to_native() == 0x7fff'ffff);
    static_assert(some_duration{std::chrono::seconds::max()}.to_native().value() == 0x7fff'ffff);
    static_assert(some_limit{std::chrono::milliseconds::max()}.to_native().value() == 0x7fff'ffff);
    static_assert(mark{0xffff'ffff}.to_native() == 0xffff'ffff);
}

TEST_CASE("zero and less are no durations, and off is said by its name") {
    struct row {
        result<int> made;
        const char* reason;
    };
    const row rows[] = {
        {some_duration{0s}.to_native(), "zero means for ever in C"},
        {some_duration{-1s}.to_native(), "the kernel takes it without an error"},
        {some_duration{std::chrono::seconds::min()}.to_native(), "the far end of the same"},
        {some_limit{0ms}.to_native(), "zero is not off"},
        {some_limit{-1ms}.to_native(), "neither is less"},
    };
    for (auto& [made, reason] : rows) {
        CAPTURE(reason);
        REQUIRE(!made);
        CHECK(made.error() == std::errc::invalid_argument);
        CHECK(made.error().operation() == verb::set);
    }
    CHECK(some_limit{off}.to_native() == 0);
    CHECK(some_limit{}.to_native() == 0);
    CHECK(some_limit{2s}.to_native() == 2000);
    CHECK(some_limit::from_native(0).is_off());
    CHECK(some_limit::from_native(2000) == duration_or_off<std::chrono::milliseconds>(2s));
    CHECK((some_limit::from_native(2000) != off));
}

TEST_CASE("a refused duration reaches no kernel") {
    auto socket = tcp::open(family::ipv4, user_timeout{700ms}).value();
    auto outcome = socket.set(user_timeout{0ms});
    REQUIRE(!outcome);
    CHECK(outcome.error().message() == "set: Invalid argument");
    CHECK(socket.get<user_timeout>().value().value() == 700ms);
}

TEST_CASE("a text is set whole or not at all") {
    CHECK(some_text{"seven77"}.to_native().value()[6] == '7');
    CHECK(some_text{"eight888"}.to_native().error() == std::errc::filename_too_long);
    CHECK(some_text{std::string_view("a\0b", 3)}.to_native().error() == std::errc::invalid_argument);
    CHECK(some_text::from_native({'a', 'b', 0, 'x'}, 4) == "ab");
    CHECK(some_text::from_native({'a', 'b', 'c', 'd'}, 2) == "ab");
    CHECK(some_text::from_native({'1', '2', '3', '4', '5', '6', '7', '8'}, 99) == "12345678");
}

TEST_CASE("an option of the program's own works like ours") {
    auto socket = udp::open(family::ipv4, some_number{3}).value();
    CHECK(socket.get<some_number>().value() == 3);
    CHECK(socket.get<priority>().value() == 3);
}

TEST_CASE("an option that the system does not have says so") {
    auto socket = udp::open(family::ipv4).value();
    CHECK(socket.set(missing{}).error() == std::errc::no_protocol_option);
    CHECK(socket.set(missing{}).error().operation() == verb::set);
    CHECK(socket.get<missing>().error() == std::errc::no_protocol_option);
    CHECK(socket.get<missing>().error().operation() == verb::get);
}

TEST_CASE("options follow an address in any order, and one that fails leaves nothing open") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, reuse_port{}, keep_alive{}, defer_accept{1s}).value();
    CHECK(server.get<reuse_port>().value());
    CHECK(server.get<keep_alive>().value());
    CHECK(server.get<defer_accept>().value().value() >= 1s);
    auto at = server.local_endpoint().value();
    CHECK(tcp::connect(at, no_delay{}, within(5s)).value().get<no_delay>().value());
    CHECK(tcp::connect(at, within(5s), no_delay{}).value().get<no_delay>().value());
    auto refused = tcp::connect(at, no_delay{}, congestion_control{"no such"});    // the descriptor count at the end tells
    REQUIRE(!refused);
    CHECK(refused.error() == std::errc::no_such_file_or_directory);
    CHECK(refused.error().operation() == verb::set);
}

TEST_CASE("an accepted connection has the options of its acceptor") {
    auto server = tcp::listen({ipv4_address::loopback(), 0}, no_delay{}, user_timeout{900ms}).value();
    auto client = tcp::connect(server.local_endpoint().value()).value();
    auto peer = server.accept().value();
    CHECK(peer.get<no_delay>().value());
    CHECK(peer.get<user_timeout>().value().value() == 900ms);
    CHECK(!client.get<no_delay>().value());
}

TEST_CASE("an option on a socket that is no more is bad_file_descriptor") {
    tcp::socket none;
    CHECK(none.set(no_delay{}).error() == std::errc::bad_file_descriptor);
    CHECK(none.get<no_delay>().error() == std::errc::bad_file_descriptor);
}
