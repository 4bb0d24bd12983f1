// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/bytes.hpp>
#include <plumb/core/result.hpp>
#include <plumb/os/options.hpp>
#include <plumb/os/persist.hpp>

#include <array>
#include <concepts>

// What an option is, and which protocols it belongs to. An option is a type: `no_delay{true}` sets it, `get<no_delay>()`
// gives its value.

namespace plumb::inline v0_1 {

// The layers that options belong to. A protocol's facts list those it stands on.
enum class layer : unsigned char { socket, ip, ipv4, ipv6, multicast, tcp, udp, local, icmp, packet, listener };

// A type that is an option: its layer, the system's name for it, the value a program sees, and the value the kernel sees.
template <class T>
concept socket_option = requires(const T& option, typename T::native_type native) {
    typename T::value_type;
    requires std::is_trivially_copyable_v<typename T::native_type>;
    { T::belongs_to } -> std::convertible_to<layer>;
    { T::name } -> std::convertible_to<os::option_name>;
};

// An option that can be set, and one that can be read.
template <class T>
concept settable_option = socket_option<T> && requires(const T& option) {
    { option.to_native() } -> std::same_as<typename T::native_type>;
};
template <class T>
concept gettable_option = socket_option<T> && requires(typename T::native_type native) {
    { T::from_native(native) } -> std::same_as<typename T::value_type>;
};

namespace detail {

template <class Protocol, layer Layer>
inline constexpr bool stands_on = [] {
    for (auto one : Protocol::layers)
        if (one == Layer) return true;
    return false;
}();

// Says in one sentence where an option belongs, when it does not belong here.
template <class Protocol, class Option>
constexpr void check_layer() {
    constexpr auto fits = stands_on<Protocol, Option::belongs_to>;
    static_assert(fits || Option::belongs_to != layer::ip, "this option belongs to protocols over IP");
    static_assert(fits || Option::belongs_to != layer::ipv4, "this option belongs to protocols over IPv4");
    static_assert(fits || Option::belongs_to != layer::ipv6, "this option belongs to protocols over IPv6");
    static_assert(fits || Option::belongs_to != layer::multicast, "this option belongs to udp");
    static_assert(fits || Option::belongs_to != layer::tcp, "this option belongs to tcp");
    static_assert(fits || Option::belongs_to != layer::udp, "this option belongs to udp");
    static_assert(fits || Option::belongs_to != layer::local, "this option belongs to local sockets");
    static_assert(fits || Option::belongs_to != layer::icmp, "this option belongs to icmp_v4 and icmp_v6");
    static_assert(fits || Option::belongs_to != layer::packet, "this option belongs to packet");
    static_assert(fits || Option::belongs_to != layer::listener, "this option belongs to acceptors");
}

template <class Protocol, class Option>
[[nodiscard]] result<void> set_option(os::handle socket, const Option& option) {
    constexpr os::option_name name = Option::name;
    if (name.level == -1) return failure(verb::set, std::errc::no_protocol_option);
    auto native = option.to_native();
    return Protocol::system::set_option(socket, name.level, name.name, bytes(&native, sizeof native));
}

template <class Protocol, class Option>
[[nodiscard]] result<typename Option::value_type> get_option(os::handle socket) {
    constexpr os::option_name name = Option::name;
    if (name.level == -1) return failure(verb::get, std::errc::no_protocol_option);
    typename Option::native_type native{};
    auto size = Protocol::system::get_option(socket, name.level, name.name, mutable_bytes(&native, sizeof native));
    if (!size) return failure(size.error());
    return Option::from_native(native);
}

// Sets the options among what follows an address; limits are for the waiting.
template <class Protocol, class Extra>
[[nodiscard]] result<void> apply(os::handle socket, const Extra& extra) {
    if constexpr (settable_option<Extra>) {
        check_layer<Protocol, Extra>();
        return set_option<Protocol>(socket, extra);
    } else {
        static_assert(limit<Extra>, "after the address come a deadline, a stop token and options, and nothing else");
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

// An option that is on or off.
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

// An option that is a number.
template <layer Layer, os::option_name Name>
struct number_option {
    using value_type = int;
    using native_type = int;
    static constexpr layer belongs_to = Layer;
    static constexpr os::option_name name = Name;

    int value = 0;

    [[nodiscard]] constexpr int to_native() const noexcept { return value; }
    [[nodiscard]] static constexpr int from_native(int native) noexcept { return native; }
};

}  // namespace plumb
