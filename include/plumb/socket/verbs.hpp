// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/least.hpp>
#include <plumb/dns/resolve.hpp>
#include <plumb/socket/acceptor.hpp>
#include <plumb/socket/connect.hpp>
#include <plumb/socket/options/ipv6.hpp>
#include <plumb/socket/options/socket.hpp>

// The verbs of a protocol tag. A tag is its facts and the verbs of its kind on a system: struct tcp : ip_stream_verbs<tcp,
// tcp_facts, os::native> {}; the same facts on another system are another tag, P::on<Other, System>.

namespace plumb::inline v0_1 {

namespace detail {

// What every tag has: the time, randomness and threads of its system.
template <class Facts, class System>
struct tag_verbs : Facts {
    using system = System;
    using thread = typename System::thread;
    using mutex = typename System::mutex;
    using condition = typename System::condition;

    // The moment on the clock that this protocol's deadlines are of.
    [[nodiscard]] static instant now() noexcept { return System::now(); }

    // Sleeps until a moment; signals do not cut it short.
    // Errors: condition::timed_out and condition::cancelled when limits ended it before.
    [[nodiscard]] static result<void> sleep_until(instant moment, const limit auto&... limits) {
        return os::sleep_until<System>(moment, os::patience_of<System>(limits...));
    }
    template <class Rep, class Period>
    [[nodiscard]] static result<void> sleep_for(std::chrono::duration<Rep, Period> span, const limit auto&... limits) {
        return sleep_until(within(span).starting(now()), limits...);
    }

    // Fills a buffer with random bytes, fit for keys.
    [[nodiscard]] static result<void> random(mutable_bytes into) { return System::random(into); }
};

template <class P>
[[nodiscard]] constexpr int family_number(family fallback) noexcept {
    if constexpr (requires { P::only_family; }) return os::number_of(P::only_family);
    else return os::number_of(fallback);
}

// Makes a socket, sets V6ONLY where there is such a thing, and applies the options.
template <class P, class Socket, class... Extras>
[[nodiscard]] result<Socket> open_with(family kind, const Extras&... extras) {
    auto made = P::system::open(family_number<P>(kind), os::number_of(P::type), P::number);
    if (!made) return failure(made.error());
    Socket owner(fresh{*made});
    if constexpr (stands_on<P, layer::ip> && P::type != socket_type::raw)    // a raw one has its number from the start, and refuses it
        if (kind == family::ipv6)
            if (auto outcome = set_option<P>(*made, v6_only{true}); !outcome) return failure(outcome.error());
    if (auto outcome = apply_all<P>(*made, extras...); !outcome) return failure(outcome.error());
    return owner;
}

// Makes two sockets that are connected with each other.
template <class P>
[[nodiscard]] result<std::pair<socket<P>, socket<P>>> open_pair() {
    auto made = P::system::pair(family_number<P>(family::local), os::number_of(P::type), P::number);
    if (!made) return failure(made.error());
    return std::pair(socket<P>(fresh{(*made)[0]}), socket<P>(fresh{(*made)[1]}));
}

// Checks that a foreign handle is what a type says.
template <class P>
[[nodiscard]] result<void> check_descriptor(os::handle found, bool listens) {
    auto what = P::system::describe(found);
    if (!what) return failure(what.error().during(verb::adopt));
    auto family_fits = [&] {
        if constexpr (requires { P::only_family; }) return what->family == os::number_of(P::only_family);
        else return what->family == os::number_of(family::ipv4) || what->family == os::number_of(family::ipv6);
    }();
    auto number_fits = P::number == 0 || what->number == P::number;
    if (!family_fits || !number_fits || what->type != os::number_of(P::type) || what->listens != listens)
        return failure(verb::adopt, plumb::condition::wrong_descriptor);
    if constexpr (requires { P::system::take_over(found); }) return P::system::take_over(found);
    else return {};
}

template <class P, class Address>
concept wrong_address = !std::same_as<Address, typename P::endpoint_type> &&
                                      any_of<Address, endpoint, local_address>;

// Says in one sentence which kind of address a protocol takes.
template <class P, class Address>
constexpr auto refuse_address() {
    static_assert(!std::same_as<Address, local_address>, "a protocol over IP takes an endpoint, not the address of a local socket");
    static_assert(!std::same_as<Address, endpoint>, "a local protocol takes a local_address, not an endpoint of IP");
    return failure(verb::none, std::errc::invalid_argument);
}

}  // namespace detail

// What all tags do: open, bind, connect, adopt.
template <class Self, class Facts, class System>
struct common_verbs : detail::tag_verbs<Facts, System> {
    using socket = plumb::socket<Self>;
    using async_socket = plumb::async_socket<Self>;
    using endpoint_type = typename Facts::endpoint_type;

    // Makes a socket bound to an address: the one that others send to, or that we connect from.
    // After the address come options. Errors: address_in_use, address_not_available, permission_denied. Calls: socket, bind.
    template <class... Extras>
    [[nodiscard]] static result<socket> bind(const endpoint_type& to, const Extras&... extras) {
        auto made = detail::open_with<Self, socket>(detail::family_for<Self>(to), extras...);
        if (!made) return made;
        if (auto outcome = made->bind(to); !outcome) return failure(outcome.error());
        return made;
    }
    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static result<socket> bind(const Wrong&, const Extras&...) { return detail::refuse_address<Self, Wrong>(); }

    // Makes a socket connected to an address.
    // After the address come a deadline, a stop token and options, in any order.
    // Errors: connection_refused, host_unreachable, network_unreachable, timed_out, condition::timed_out; nothing stays open.
    // Calls: socket, setsockopt for each option, connect; with limits also fcntl, poll and getsockopt.
    template <class... Extras>
    [[nodiscard]] static result<socket> connect(const endpoint_type& to, const Extras&... extras) {
        auto made = detail::open_with<Self, socket>(detail::family_for<Self>(to), extras...);
        if (!made) return made;
        constexpr auto waits = detail::has_limits<Extras...> ? os::waiting::no : os::waiting::yes;
        auto outcome = detail::connect<Self>(made->native_handle(), to, waits, detail::limits_among<System>(extras...));
        if (!outcome) return failure(outcome.error());
        return made;
    }
    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static result<socket> connect(const Wrong&, const Extras&...) { return detail::refuse_address<Self, Wrong>(); }

    // The same in an event loop: bind gives the socket attached, connect is awaited.
    template <class... Extras>
    [[nodiscard]] static result<async_socket> bind(plumb::loop& in, const endpoint_type& to, const Extras&... extras);
    template <class... Extras>
    [[nodiscard]] static plumb::task<result<async_socket>> connect(plumb::loop& in, endpoint_type to, Extras... extras);
    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static result<async_socket> bind(plumb::loop&, const Wrong&, const Extras&...) { return detail::refuse_address<Self, Wrong>(); }
    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static plumb::task<result<async_socket>> connect(plumb::loop&, const Wrong&, const Extras&...) {
        return (void)detail::refuse_address<Self, Wrong>(), plumb::task<result<async_socket>>();
    }

    // Takes over a descriptor made elsewhere, if it is what the type says; else it stays the caller's.
    // Errors: not_a_socket, condition::wrong_descriptor. Calls: getsockopt.
    [[nodiscard]] static result<socket> adopt(os::handle found) {
        if (auto outcome = detail::check_descriptor<Self>(found, false); !outcome) return failure(outcome.error());
        return socket(detail::fresh{found});
    }
};

// What tags with connections do beside that: listen.
template <class Self, class Facts, class System>
struct connection_verbs : common_verbs<Self, Facts, System> {
    using acceptor = plumb::acceptor<Self>;
    using async_acceptor = plumb::async_acceptor<Self>;
    using endpoint_type = typename Facts::endpoint_type;

    // How many connections wait to be accepted at most: as many as the system allows.
    static constexpr int full_backlog = 0x7fff'ffff;

    // Listens for connections at an address. After it come options.
    // On POSIX the port can be taken again at once after a restart (SO_REUSEADDR); an IPv6 acceptor is for IPv6 alone.
    // Errors: address_in_use, address_not_available, permission_denied. Calls: socket, setsockopt, bind, listen.
    template <class... Extras>
    [[nodiscard]] static result<acceptor> listen(const endpoint_type& at, const Extras&... extras) {
        auto made = open_acceptor(detail::family_for<Self>(at), extras...);
        if (!made) return made;
        return start(*std::move(made), at);
    }

    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static result<acceptor> listen(const Wrong&, const Extras&...) { return detail::refuse_address<Self, Wrong>(); }

    // The same in an event loop.
    template <class... Extras>
    [[nodiscard]] static result<async_acceptor> listen(plumb::loop& in, const endpoint_type& at, const Extras&... extras);
    template <class Wrong, class... Extras>
        requires detail::wrong_address<Self, Wrong>
    [[nodiscard]] static result<async_acceptor> listen(plumb::loop&, const Wrong&, const Extras&...) { return detail::refuse_address<Self, Wrong>(); }

    // Takes over a listening descriptor, such as one handed down by a supervisor.
    [[nodiscard]] static result<acceptor> adopt_acceptor(os::handle found) {
        if (auto outcome = detail::check_descriptor<Self>(found, true); !outcome) return failure(outcome.error());
        return acceptor(detail::fresh{found});
    }

protected:
    template <class... Extras>
    [[nodiscard]] static result<acceptor> open_acceptor(family kind, const Extras&... extras) {
        if constexpr (os::listeners_reuse_address && detail::stands_on<Facts, layer::ip>)
            return detail::open_with<Self, acceptor>(kind, reuse_address{true}, extras...);
        else return detail::open_with<Self, acceptor>(kind, extras...);
    }

    [[nodiscard]] static result<acceptor> start(acceptor made, const endpoint_type& at) {
        auto native = to_sockaddr(at);
        if (!native) return failure(native.error().during(verb::listen));
        if (auto outcome = System::bind(made.native_handle(), *native); !outcome) return failure(outcome.error());
        if (auto outcome = System::listen(made.native_handle(), full_backlog); !outcome) return failure(outcome.error());
        return made;
    }
};

namespace detail {

// The share of a deadline that one of several addresses may use: an equal part, but no less than two seconds if there are.
template <class System>
[[nodiscard]] patience share_of(const patience& limits, std::size_t left) {
    if (limits.until == forever) return limits;
    auto now = System::now();
    auto remaining = greatest(limits.until - now, timeline::duration::zero());
    auto share = greatest(remaining / static_cast<int>(left), least(remaining, std::chrono::seconds(2)));
    return {now + share, limits.sleeper};
}

}  // namespace detail

// What tags over IP do beside that: find hosts by their names, and open sockets of a family.
template <class Self, class Verbs>
struct over_ip : Verbs {
    using Verbs::connect;
    using typename Verbs::socket;
    using typename Verbs::system;

    // Makes a socket of a family that is neither bound nor connected. Options follow.
    template <class... Extras>
    [[nodiscard]] static result<socket> open(family kind, const Extras&... extras) {
        return detail::open_with<Self, socket>(kind, extras...);
    }

    // Connects to "host:port" or "host:service", trying every address of the host in the resolver's order until one answers.
    // One deadline holds over the lookup and all attempts; each address gets its share. Otherwise as for an endpoint.
    // Errors: those of resolve; else those of the last attempt.
    template <class... Extras>
    [[nodiscard]] static result<socket> connect(std::string_view host_and_port, const Extras&... extras) {
        if (auto known = endpoint::parse(host_and_port)) return connect(*known, extras...);
        auto parts = split_host_port(host_and_port);
        if (!parts) return failure(parts.error());
        return connect_any(parts->host, parts->service, extras...);
    }

    // The same in an event loop. The text must live until the end.
    template <class... Extras>
    [[nodiscard]] static plumb::task<result<plumb::async_socket<Self>>> connect(plumb::loop& in, std::string_view host_and_port,
                                                                               Extras... extras);

private:
    template <class... Extras>
    [[nodiscard]] static result<socket> connect_any(std::string_view host, std::string_view service, const Extras&... extras) {
        constexpr auto limited = detail::has_limits<Extras...>;
        auto limits = detail::limits_among<system>(extras...);
        auto found = [&] {
            constexpr auto over = Self::type == socket_type::stream ? transport::tcp : transport::udp;
            if constexpr (limited) return resolve<system>(host, service, over, limits);
            else return resolve<system>(host, service, over);
        }();
        if (!found) return failure(found.error());
        result<socket> last = failure(verb::connect, lookup::no_address);
        for ([[maybe_unused]] auto left = found->size(); auto& to : *found) {
            if constexpr (limited) last = attempt(to, detail::share_of<system>(limits, left--), extras...);
            else last = connect(to, extras...);
            if (last || last.error() == condition::cancelled) break;
            if (limited && !os::check<system>(verb::connect, limits)) break;
        }
        return last;
    }

    template <class... Extras>
    [[nodiscard]] static result<socket> attempt(const endpoint& to, const patience& share, const Extras&... extras) {
        auto made = detail::open_with<Self, socket>(detail::family_for<Self>(to), extras...);
        if (!made) return made;
        if (auto outcome = made->connect(to, share); !outcome) return failure(outcome.error());
        return made;
    }
};

// The verbs of a tag of datagrams over IP, such as udp.
template <class Self, class Facts, class System>
struct ip_datagram_verbs : over_ip<Self, common_verbs<Self, Facts, System>> {
    // The same protocol on another system, as the tag Other.
    template <class Other, class OtherSystem>
    using on = ip_datagram_verbs<Other, Facts, OtherSystem>;
};

// The verbs of a tag of connections over IP, such as tcp.
template <class Self, class Facts, class System>
struct ip_connection_verbs : over_ip<Self, connection_verbs<Self, Facts, System>> {
    template <class Other, class OtherSystem>
    using on = ip_connection_verbs<Other, Facts, OtherSystem>;

    using connection_verbs<Self, Facts, System>::listen;
    using acceptor = plumb::acceptor<Self>;

    // Listens at a port of every local interface, for IPv6 and IPv4 alike: one acceptor, to which an IPv4 peer has a mapped
    // address (::ffff:192.0.2.1). For IPv4 alone where the system has no IPv6.
    template <class... Extras>
    [[nodiscard]] static result<acceptor> listen(plumb::port at, const Extras&... extras) {
        auto made = ip_connection_verbs::open_acceptor(family::ipv6, v6_only{false}, extras...);
        if (made) return ip_connection_verbs::start(*std::move(made), endpoint(ipv6_address::any(), at));
        if (made.error() != std::errc::address_family_not_supported) return made;
        return listen(endpoint(ipv4_address::any(), at), extras...);
    }
    template <class... Extras>
    [[nodiscard]] static result<plumb::async_acceptor<Self>> listen(plumb::loop& in, plumb::port at, const Extras&... extras);
};

}  // namespace plumb
