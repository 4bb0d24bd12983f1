// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/least.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/options.hpp>
#include <plumb/os/persist.hpp>

#include <array>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// What an option is, and which protocols it belongs to. An option is a type: `set(no_delay{true})` sets it,
// `get<no_delay>()` gives its value.

namespace plumb::inline v0_1 {

// No option of a socket, but for binding it: socket/local_verbs.hpp.
struct replace_stale_file;

// The layers that options belong to. A protocol's facts list those it stands on; `datagram` is messages over IP.
enum class layer : unsigned char { socket, ip, ipv4, ipv6, datagram, tcp, udp, local, icmp, packet };

// A type that is an option: its layer, the system's name for it, and its value as a program and as the kernel sees it.
// A program's own option is such a type too: struct mine : flag_option<layer::socket, os::option_name{1, 99}> {};
template <class T>
concept socket_option = requires(const T& option) {
    typename T::value_type;
    requires std::is_trivially_copyable_v<typename T::native_type>;
    { T::belongs_to } -> std::convertible_to<layer>;
    { option.name } -> std::convertible_to<os::option_name>;
};

// An option that can be set: to_native() gives what the kernel takes, or says why the value is none.
template <class T>
concept settable_option = socket_option<T> && requires(const T& option) {
    { option.to_native() } -> std::convertible_to<result<typename T::native_type>>;
};

namespace detail {

// The value of an option whose reading takes the size that the kernel gave, or does not.
template <class Option>
[[nodiscard]] constexpr auto value_from(const typename Option::native_type& native, std::size_t size)
    requires requires { Option::from_native(native, size); } || requires { Option::from_native(native); }
{
    if constexpr (requires { Option::from_native(native, size); }) return Option::from_native(native, size);
    else return Option::from_native(native);
}

}  // namespace detail

// An option that can be read.
template <class T>
concept gettable_option = socket_option<T> && requires(const typename T::native_type& native) {
    { T::name } -> std::convertible_to<os::option_name>;
    { detail::value_from<T>(native, sizeof native) } -> std::convertible_to<typename T::value_type>;
};

namespace detail {

template <class Protocol>
[[nodiscard]] constexpr bool has_layer(layer wanted) noexcept {
    for (auto one : Protocol::layers)
        if (one == wanted) return true;
    return false;
}

template <class Protocol, layer Layer>
inline constexpr bool stands_on = has_layer<Protocol>(Layer);

// Says in one sentence where an option belongs, when it does not belong here.
template <class Protocol, class Option>
constexpr void check_layer() {
    constexpr auto fits = stands_on<Protocol, Option::belongs_to>;
    static_assert(fits || Option::belongs_to != layer::ip, "this option belongs to protocols over IP");
    static_assert(fits || Option::belongs_to != layer::ipv4, "this option belongs to protocols over IPv4");
    static_assert(fits || Option::belongs_to != layer::ipv6, "this option belongs to protocols over IPv6");
    static_assert(fits || Option::belongs_to != layer::datagram, "this option belongs to udp, icmp_v4 and icmp_v6");
    static_assert(fits || Option::belongs_to != layer::tcp, "this option belongs to tcp");
    static_assert(fits || Option::belongs_to != layer::udp, "this option belongs to udp");
    static_assert(fits || Option::belongs_to != layer::local, "this option belongs to local sockets");
    static_assert(fits || Option::belongs_to != layer::icmp, "this option belongs to icmp_v4 and icmp_v6");
    static_assert(fits || Option::belongs_to != layer::packet, "this option belongs to packet");
}

template <class Protocol, class Option>
[[nodiscard]] result<void> set_option(os::handle socket, const Option& option) {
    const os::option_name name = option.name;
    if (name == os::no_option) return failure(verb::set, std::errc::no_protocol_option);
    const result<typename Option::native_type> native = option.to_native();
    if (!native) return failure(native.error().during(verb::set));
    auto size = sizeof *native;
    if constexpr (requires { option.native_size(); }) size = option.native_size();
    return Protocol::system::set_option(socket, name.level, name.name, bytes(&*native, size));
}

template <class Protocol, class Option>
[[nodiscard]] result<typename Option::value_type> get_option(os::handle socket) {
    constexpr os::option_name name = Option::name;
    if (name == os::no_option) return failure(verb::get, std::errc::no_protocol_option);
    typename Option::native_type native{};
    auto size = Protocol::system::get_option(socket, name.level, name.name, mutable_bytes(&native, sizeof native));
    if (!size) return failure(size.error());
    return value_from<Option>(native, *size);
}

// Sets the options among what follows an address; limits are for the waiting.
template <class Protocol, class Extra>
[[nodiscard]] result<void> apply(os::handle socket, const Extra& extra) {
    if constexpr (settable_option<Extra>) {
        check_layer<Protocol, Extra>();
        return set_option<Protocol>(socket, extra);
    } else {
        constexpr bool for_binding = std::same_as<Extra, replace_stale_file>;
        static_assert(!for_binding, "replace_stale_file is for bind and listen of local sockets, and absent on Windows");
        static_assert(limit<Extra> || for_binding, "after the address come a deadline, a stop token and options, and nothing else");
        return {};
    }
}

template <class Protocol, class... Extras>
[[nodiscard]] result<void> apply_all([[maybe_unused]] os::handle socket, const Extras&... extras) {
    result<void> outcome;
    (void)((outcome = apply<Protocol>(socket, extras)).has_value() && ...);
    return outcome;
}

// The limits among what follows an address.
template <class System>
[[nodiscard]] patience limits_among(const auto&... extras) {
    patience together;
    [[maybe_unused]] auto settle = [&](const auto& extra) {
        if constexpr (limit<std::remove_cvref_t<decltype(extra)>>) together.settle(extra, [] { return System::now(); });
    };
    (settle(extras), ...);
    return together;
}

template <class... Extras>
inline constexpr bool has_limits = (limit<Extras> || ...);

}  // namespace detail

// The kinds of options. Those called `status` can only be read, those called `command` only be set.

// On or off.
template <layer Layer, os::option_name Name>
struct flag_option {
    using value_type = bool;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    bool value = true;

    [[nodiscard]] constexpr int to_native() const noexcept { return value; }
    [[nodiscard]] static constexpr bool from_native(int native) noexcept { return native != 0; }
};

template <layer Layer, os::option_name Name>
struct flag_status {
    using value_type = bool;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    [[nodiscard]] static constexpr bool from_native(int native) noexcept { return native != 0; }
};

// A number that is never negative, unless Value is signed. More than the kernel can count is the most it can count.
template <layer Layer, os::option_name Name, class Value = unsigned, class Native = int>
struct number_option {
    using value_type = Value;
    using native_type = Native;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    Value value{};

    [[nodiscard]] constexpr Native to_native() const noexcept {
        return std::in_range<Native>(value) ? static_cast<Native>(value) : (std::numeric_limits<Native>::max)();
    }
    [[nodiscard]] static constexpr Value from_native(Native native) noexcept {
        return std::in_range<Value>(native) ? static_cast<Value>(native) : Value{};
    }
};

template <layer Layer, os::option_name Name, class Value = unsigned, class Native = int>
struct number_status {
    using value_type = Value;
    using native_type = Native;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    [[nodiscard]] static constexpr Value from_native(Native native) noexcept {
        return number_option<Layer, Name, Value, Native>::from_native(native);
    }
};

template <layer Layer, os::option_name Name, class Value = unsigned, class Native = int>
struct number_command {
    using value_type = Value;
    using native_type = Native;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    Value value{};

    [[nodiscard]] constexpr Native to_native() const noexcept {
        return number_option<Layer, Name, Value, Native>{value}.to_native();
    }
};

// Bytes in memory or on the wire.
template <layer Layer, os::option_name Name>
using size_option = number_option<Layer, Name, std::size_t>;

// One of several, or a set of bits; its numbers are the system's.
template <layer Layer, os::option_name Name, class Enum>
struct choice_option {
    using value_type = Enum;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    Enum value{};

    [[nodiscard]] constexpr int to_native() const noexcept { return static_cast<int>(value); }
    [[nodiscard]] static constexpr Enum from_native(int native) noexcept { return static_cast<Enum>(native); }
};

namespace detail {

// A duration in the kernel's int: longer ones are the longest; zero and less are none.
template <class Duration>
[[nodiscard]] constexpr os::answer<int> counted(Duration span) noexcept {
    if (span <= span.zero()) return failure(verb::set, std::errc::invalid_argument);
    return number_option<layer::socket, os::no_option, typename Duration::rep>{span.count()}.to_native();
}

}  // namespace detail

// A duration, rounded by nobody: a finer one than the kernel's does not compile. Zero and less are invalid_argument.
template <layer Layer, os::option_name Name, class Duration>
struct duration_option {
    using value_type = Duration;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    Duration value{};

    [[nodiscard]] constexpr os::answer<int> to_native() const noexcept { return detail::counted(value); }
    [[nodiscard]] static constexpr Duration from_native(int native) noexcept { return Duration(native); }
};

namespace detail {

struct switched_off {};

}  // namespace detail

// What a limit is that there is none of: user_timeout{off}.
inline constexpr detail::switched_off off{};

// A duration, or off.
template <class Duration>
class duration_or_off {
public:
    constexpr duration_or_off(detail::switched_off = off) noexcept {}
    template <std::convertible_to<Duration> Span>
    constexpr duration_or_off(const Span& span) noexcept : span_(span), is_off_(false) {}

    [[nodiscard]] constexpr bool is_off() const noexcept { return is_off_; }
    // The duration; zero where it is off.
    [[nodiscard]] constexpr Duration value() const noexcept { return span_; }

    friend constexpr bool operator==(const duration_or_off&, const duration_or_off&) noexcept = default;

private:
    Duration span_{};
    bool is_off_ = true;
};

// A duration that can be switched off. Zero and less are invalid_argument: zero is never for ever.
template <layer Layer, os::option_name Name, class Duration>
struct limit_option {
    using value_type = duration_or_off<Duration>;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    duration_or_off<Duration> value;

    [[nodiscard]] constexpr os::answer<int> to_native() const noexcept {
        return value.is_off() ? os::answer<int>(0) : detail::counted(value.value());
    }
    [[nodiscard]] static constexpr value_type from_native(int native) noexcept {
        return native <= 0 ? value_type(off) : value_type(Duration(native));
    }
};

// A name. It is looked at while it is set, and not kept. Too long is filename_too_long, never a shorter one.
template <layer Layer, os::option_name Name, std::size_t Room = 16>
struct text_option {
    using value_type = std::string;
    using native_type = std::array<char, Room>;    // the text and a NUL
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    std::string_view value;

    [[nodiscard]] constexpr os::answer<native_type> to_native() const noexcept {
        if (value.size() >= Room) return failure(verb::set, std::errc::filename_too_long);
        if (value.find('\0') != value.npos) return failure(verb::set, std::errc::invalid_argument);
        native_type native{};
        value.copy(native.data(), Room);
        return native;
    }
    [[nodiscard]] constexpr std::size_t native_size() const noexcept { return value.size() + 1; }
    [[nodiscard]] static std::string from_native(const native_type& native, std::size_t size) {
        std::string_view text(native.data(), detail::least(size, Room));
        return std::string(text.substr(0, text.find('\0')));
    }
};

template <layer Layer, os::option_name Name, std::size_t Room = 16>
struct text_status {
    using value_type = std::string;
    using native_type = std::array<char, Room>;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    [[nodiscard]] static std::string from_native(const native_type& native, std::size_t size) {
        return text_option<Layer, Name, Room>::from_native(native, size);
    }
};

template <layer Layer, os::option_name Name>
struct flag_command {
    using value_type = bool;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    bool value = true;

    [[nodiscard]] constexpr int to_native() const noexcept { return value; }
};

}  // namespace plumb
